"""Takes out of a text what looks like a secret, for a file that somebody may send to others.

The types that are recorded hold no secret of ours. But a log line is any program's free text, and a
command line may have been given a password: what has the form of a token or a key, and what stands
behind a telling name, is left out. A secret that looks like an ordinary word cannot be told from
one, so whoever sends a recording away looks through it first: it is plain text.
"""

from __future__ import annotations

import re

WITHHELD = "(withheld)"
LONGEST = 16 * 1024
"""Characters of one text that are recorded."""

_NAMES = (
    r"[a-z0-9_.-]{0,30}(?:password|passwd|passphrase|secret|assertion|api[_-]?key|private[_-]?key)"
    r"|(?:access|refresh|id|bearer|auth|session)[_-]?token|token|authorization|cookie"
    r"|device[_-]?code|user[_-]?code|code[_-]?verifier|proof|pin|pwd"
)
_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}-----|\Z)", re.S
)
_SHAPES = re.compile(
    r"\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}"  # a JWT: its header begins with {"
    r"|(?<![A-Za-z0-9_/+.-])[01]\.A[A-Za-z0-9_.-]{40,}"  # Entra's refresh tokens and codes
    r"|(?<![A-Za-z0-9_/+=.-])[A-Za-z0-9_+=-]{80,}(?:\.[A-Za-z0-9_+=-]+)*"  # long and opaque
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.I)
# `token:agent:grant` is the name of an item: a colon alone, with text right behind it, is no value.
_NAMED = re.compile(
    r"(?<![a-z0-9_])((?:" + _NAMES + r")\\?[\"']?"
    r"(?:\s{0,4}=\s{0,4}|\s{0,4}:\s{1,4}|\s{0,4}:\s{0,4}(?=\\?[\"']))\\?[\"']?)"
    r"(?!\(withheld\))([^\s\"'\\,;&}]+)",
    re.I,
)
_OPTION = re.compile(
    r"(--(?:[a-z0-9-]{0,30}-)?(?:password|passwd|secret|token|pin|key)[ =])(\S+)", re.I
)
_HINTS = (
    *("pass", "pwd", "secret", "assertion", "key", "token", "authoriz", "cookie", "code", "proof"),
    *("pin", "bearer", "basic"),
)
"""One of these is in every text that the expressions below could find something in."""
# What a client shows to the person who decides, or Entra to whoever signs in.
_CODE = re.compile(r"\b((?:your|the) code\b[^.\n]{0,40}?(?: is|:) )([A-Z0-9-]{2,12})\b", re.I)
_PIN = re.compile(r"\b(pin\W{1,3})(\d{4,12})\b", re.I)


def withhold(text: str) -> str:
    """Return the text with each secret that can be told as one replaced by WITHHELD."""
    if len(text) < 5:
        return text
    text = _SHAPES.sub(WITHHELD, _KEY.sub(WITHHELD, text))
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text  # as are nearly all lines, and a flood of them must not hold the panel up
    text = _BEARER.sub(rf"\1 {WITHHELD}", text)
    text = _NAMED.sub(rf"\1{WITHHELD}", text)
    text = _OPTION.sub(rf"\1{WITHHELD}", text)
    text = _CODE.sub(rf"\1{WITHHELD}", text)
    return _PIN.sub(rf"\1{WITHHELD}", text)


class Door:
    """What every text of a recording goes through.

    Beside secrets it takes the folder of a pretend Mac out of paths: whoever replays has none.
    """

    def __init__(self, root: str = "") -> None:
        self._root = root
        self._paths = re.compile(rf"{re.escape(root)}(?:/|(?![A-Za-z0-9_.-]))")

    def text(self, text: str) -> str:
        """Return a text as it may be recorded."""
        if self._root and self._root in text:
            text = self._paths.sub("/", text)
        return withhold(text if len(text) <= LONGEST else f"{text[:LONGEST]} (cut)")

    def value(self, value: object) -> object:
        """Return builtins (as `msgspec.to_builtins` makes them) with every text let through."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(held) for key, held in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(held) for held in value]
        return value

"""Text for the clipboard of whoever sits at the terminal, as the bytes that ask for it. Pure.

OSC 52 is xterm's (ctlseqs, "Manipulate Selection Data"). tmux takes it with `set-clipboard on`,
and passes it on in `DCS tmux;` with `allow-passthrough on` (tmux(1)). GNU screen passes on what
stands in a DCS, at most 768 bytes of it at a time (MAXSTR in its screen.h).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

MOST = 74_994
"""Bytes of text: more than 100,000 bytes of a sequence is what terminals throw away."""
_PART = 512
"""Bytes of base64 in one of GNU screen's parts."""
_ESC = "\x1b"
_END = f"{_ESC}\\"


def fitting(text: str) -> str:
    """Return as much of a text as a terminal takes, whole characters alone."""
    return text.encode("utf-8", "replace")[:MOST].decode("utf-8", "ignore")


def sequence(text: str, environment: Mapping[str, str]) -> str:
    """Return what to write to the terminal so that it takes `text`, which `fitting` has cut."""
    told = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    plain = f"{_ESC}]52;c;{told}\a"
    term = environment.get("TERM", "")
    if environment.get("TMUX") or term.startswith("tmux"):
        doubled = plain.replace(_ESC, _ESC * 2)
        return f"{plain}{_ESC}Ptmux;{doubled}{_END}"
    if environment.get("STY") or term.startswith("screen"):
        # tmux may say `screen` as well, on another machine: it takes the plain one.
        inner = [told[n : n + _PART] for n in range(0, len(told), _PART)] or [""]
        parts = [f"{_ESC}]52;c;", *inner, "\a"]
        return plain + "".join(f"{_ESC}P{part}{_END}" for part in parts)
    return plain


def told(what: str, text: str, environment: Mapping[str, str]) -> str:
    """Return what was done with `text`, in a sentence that promises nothing."""
    if len(text.encode("utf-8", "replace")) > MOST:
        return f"Sent the first {MOST:,} bytes of {what}: a terminal takes no more."
    if environment.get("TMUX"):
        return f"Sent {what} to the terminal; tmux needs `set -g set-clipboard on` to take it."
    return f"Sent {what} to the terminal's clipboard."

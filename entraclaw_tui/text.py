"""The one door for text that we did not write.

Names, reasons, paths, log lines and tool outputs come from programs that may want to deceive: an
escape code that clears the screen, a bidirectional override that turns a name around, a newline
that pushes a fact out of sight. Everything passes here before any screen, log or file. What comes
out has no control, format, private or unassigned character left: each stands as visible text.

`Shown` marks text that has passed; widgets, logs and printers take nothing else.
"""

from __future__ import annotations

import unicodedata
from typing import NewType

Shown = NewType("Shown", str)
"""Text with nothing in it that a terminal could act on."""

LINE_LIMIT = 500
"""Characters that one cleaned line may have unless the caller says otherwise."""

# Unicode's general categories: controls, formats, surrogates, private use, unassigned,
# line and paragraph separators. (Unicode 15, section 4.5)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ELLIPSIS = "\u2026"


class _Visible(dict[int, "int | str"]):
    """A translation table that learns each character the first time it is met."""

    def __missing__(self, codepoint: int) -> int | str:
        character = chr(codepoint)
        category = unicodedata.category(character)
        visible: int | str = codepoint
        if (
            category in _UNSEEN
            or _is_variation_selector(codepoint)
            or (category == "Zs" and character != " ")
        ):
            visible = f"<U+{codepoint:04X}>"
        self[codepoint] = visible
        return visible


def _is_variation_selector(codepoint: int) -> bool:
    return 0xFE00 <= codepoint <= 0xFE0F or 0xE0100 <= codepoint <= 0xE01EF


_LINE = _Visible()
_BLOCK = _Visible({0x0A: 0x0A, 0x09: "    "})


def clean(text: str, limit: int = LINE_LIMIT) -> Shown:
    """Return `text` as one visible line of at most `limit` characters.

    Cleaning cleaned text changes nothing. Longer text ends with an ellipsis, so a cut is seen.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return Shown(text)
    return _cut(unicodedata.normalize("NFC", text[: limit + 1]).translate(_LINE), limit)


def clean_block(text: str, limit: int = 20_000) -> Shown:
    """Return `text` with its line breaks kept and everything else made visible."""
    whole = text[: limit + 1].replace("\r\n", "\n")
    return _cut(unicodedata.normalize("NFC", whole).translate(_BLOCK), limit)


def clean_bytes(data: bytes, limit: int = LINE_LIMIT) -> Shown:
    """Return output of unknown encoding as one visible line, odd bytes visible."""
    return clean(data[: limit * 4].decode("utf-8", "backslashreplace"), limit)


def cells(text: str) -> int:
    """Return how many columns a terminal gives to cleaned text (Unicode TR 11, wide counts two)."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def shorten(text: Shown, width: int) -> Shown:
    """Return `text` in at most `width` columns, with an ellipsis where something was cut."""
    if cells(text) <= width:
        return text
    if width <= 0:
        return Shown("")
    kept, used = [], 0
    for character in text:
        used += _width(character)
        if used > width - 1:
            break
        kept.append(character)
    return Shown("".join(kept) + _ELLIPSIS)


def shorten_path(path: Shown, width: int) -> Shown:
    """Return a path in at most `width` columns, keeping its end, which tells the most."""
    if cells(path) <= width:
        return path
    kept, used = [], 0
    for character in reversed(path):
        used += _width(character)
        if used > width - 1:
            break
        kept.append(character)
    return Shown(_ELLIPSIS + "".join(reversed(kept))) if width > 0 else Shown("")


def oddities(text: str) -> tuple[str, ...]:
    """Return what a person should be warned about in a name, in words; empty for a plain one."""
    found = []
    if any(unicodedata.category(c) in _UNSEEN or _is_variation_selector(ord(c)) for c in text):
        found.append("hidden characters")
    scripts = {script for c in text if c.isalpha() and (script := _script(c))}
    if len(scripts) > 1:
        found.append("letters of several scripts")
    if any(unicodedata.combining(c) for c in unicodedata.normalize("NFC", text)):
        found.append("combining marks")
    return tuple(found)


def _cut(text: str, limit: int) -> Shown:
    return Shown(text if len(text) <= limit else text[: limit - 1] + _ELLIPSIS)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _script(character: str) -> str:
    # The first word of a letter's name is its script ("CYRILLIC SMALL LETTER A"); the standard
    # library has no script property.
    return unicodedata.name(character, "").partition(" ")[0]

"""What a program is entitled to: `codesign -d --entitlements -`, in each form it has had.

Since macOS 12 it prints `[Key]` and `[Value]` lines, with `--xml` a property list; older ones
print the property list behind eight bytes of blob header. Real outputs carry chatter before it.
"""

from __future__ import annotations

import plistlib
import re
from typing import TypeAlias
from xml.parsers.expat import ExpatError

Entitlement: TypeAlias = bool | int | str | list["Entitlement"] | dict[str, "Entitlement"]

_LINE = re.compile(r"(\t*)\[(Key|Value|Bool|String|Int|Array|Dict|Data|Date|Real)\]( .*)?")
_DEEPEST = 32

HARDENED_PYTHON = (
    "com.apple.security.cs.allow-jit",
    "com.apple.security.cs.allow-unsigned-executable-memory",
    "com.apple.security.cs.disable-library-validation",
)
"""What an interpreter with the hardened runtime needs to load extension modules of others."""


def parse_entitlements(data: bytes) -> dict[str, Entitlement] | None:
    """Return the entitlements, {} where there are none, None for text that is not of them."""
    start = data.find(b"<?xml")
    start = data.find(b"<plist") if start < 0 else start
    if start >= 0:
        return _from_plist(data[start:])
    lines = [
        found
        for line in data.decode("utf-8", "backslashreplace").splitlines()
        if (found := _LINE.fullmatch(line.rstrip()))
    ]
    if not lines:
        return {} if not data.strip() else None
    value, _ = _read(lines, 0, 0)
    return value if isinstance(value, dict) else None


def _from_plist(data: bytes) -> dict[str, Entitlement] | None:
    end = data.find(b"</plist>")
    if end < 0:
        return None
    try:
        value = plistlib.loads(data[: end + len(b"</plist>")])
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError, RecursionError):
        return None
    plain = _plain(value, 0)
    return plain if isinstance(plain, dict) else None


def _plain(value: object, depth: int) -> Entitlement:
    if isinstance(value, dict) and depth < _DEEPEST:
        return {str(key): _plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list) and depth < _DEEPEST:
        return [_plain(inner, depth + 1) for inner in value]
    return value if isinstance(value, bool | int | str) else str(value)


def _read(lines: list[re.Match[str]], at: int, depth: int) -> tuple[Entitlement, int]:
    """Read the value that starts on a line; return it and the line behind it."""
    indent, word, text = lines[at].groups(default="")
    at += 1
    inside = len(indent) + 1
    if word == "Dict":
        entries: dict[str, Entitlement] = {}
        while at < len(lines) and len(lines[at][1]) >= inside:
            if lines[at][2] != "Key":
                at += 1
                continue
            key = (lines[at][3] or "").strip()
            at += 1
            if at < len(lines) and lines[at][2] == "Value":
                at += 1
            if depth >= _DEEPEST or at >= len(lines):
                break
            entries[key], at = _read(lines, at, depth + 1)
        return entries, at
    if word == "Array":
        items: list[Entitlement] = []
        while at < len(lines) and len(lines[at][1]) >= inside and depth < _DEEPEST:
            item, at = _read(lines, at, depth + 1)
            items.append(item)
        return items, at
    return _scalar(word, text.strip()), at


def _scalar(word: str, text: str) -> Entitlement:
    if word == "Bool":
        return text == "true"
    if word == "Int" and re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    return text

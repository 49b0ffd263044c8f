"""Code requirements, from their compiled form to the requirement language.

A requirement is magic, length and kind, then an expression in prefix order; integers are
big-endian, data is length, bytes and padding to four. Opcodes, matches and the printed form are
those of Apple's Security sources (requirement.h, reqdumper.cpp).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

MAGIC = 0xFADE0C00
EXPRESSION = 1
LIGHTWEIGHT = 2
"""A lightweight code requirement: another language (DER), not read here."""

_MAX_DEPTH = 200
_PRIMARY, _AND, _OR, _TOP = range(4)
# An opcode we do not know carries its own length if one of these bits is set.
_GENERIC_FALSE, _GENERIC_SKIP = 0x80000000, 0x40000000
_WORDS = (
    "guest host designated library plugin or and always true never false identifier cdhash "
    "platform notarized legacy anchor apple generic certificate cert trusted info entitlement "
    "exists absent leaf root timestamp"
)
_KEYWORDS = frozenset(_WORDS.split(" "))
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_PATTERNS = {
    1: " = {}",
    2: " ~ {}",
    3: " = {}*",
    4: " = *{}",
    5: " < {}",
    6: " > {}",
    7: " <= {}",
    8: " >= {}",
}
_DATES = {9: "=", 10: "<", 11: ">", 12: "<=", 13: ">="}


class RequirementError(ValueError):
    """The bytes are no requirement that can be read. The message says why."""


def decompile(blob: bytes) -> str:
    """Return a compiled requirement as text. Raises RequirementError."""
    if len(blob) < 12:
        raise RequirementError("too short for a requirement")
    magic, length, kind = struct.unpack_from(">III", blob)
    if magic != MAGIC:
        raise RequirementError("not a requirement")
    if length > len(blob) or length < 12:
        raise RequirementError("cut short")
    if kind == LIGHTWEIGHT:
        raise RequirementError("a lightweight requirement")
    if kind != EXPRESSION:
        raise RequirementError(f"of an unknown kind ({kind})")
    return _Printer(blob[12:length]).expression(_TOP, 0)


class _Printer:
    """Reads one expression from left to right."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._simple: dict[int, Callable[[], str]] = {
            0: lambda: "never",
            1: lambda: "always",
            2: lambda: f"identifier {self._value()}",
            3: lambda: "anchor apple",
            4: lambda: f"certificate{self._slot()} = {self._hash()}",
            5: lambda: f"info[{self._key()}] = {self._value()}",
            8: lambda: f"cdhash {self._hash()}",
            10: lambda: f"info[{self._key()}]{self._match()}",
            11: lambda: f"certificate{self._slot()}[{self._key()}]{self._match()}",
            # No blank here: Apple prints it so.
            12: lambda: f"certificate{self._slot()}trusted",
            13: lambda: "anchor trusted",
            14: lambda: f"certificate{self._slot()}[field.{self._oid()}]{self._match()}",
            15: lambda: "anchor apple generic",
            16: lambda: f"entitlement[{self._key()}]{self._match()}",
            17: lambda: f"certificate{self._slot()}[policy.{self._oid()}]{self._match()}",
            18: lambda: f"anchor apple {self._value()}",
            19: lambda: f"({self._value()})",
            20: lambda: f"platform = {self._number()}",
            21: lambda: "notarized",
            22: lambda: f"certificate{self._slot()}[timestamp.{self._oid()}]{self._match()}",
            23: lambda: "legacy",
        }

    def expression(self, level: int, depth: int) -> str:
        """Return the next expression, in parentheses where it binds weaker than its place."""
        if depth > _MAX_DEPTH:
            raise RequirementError("nested too deeply")
        code = self._number()
        operation = code & 0x00FFFFFF
        if operation in (6, 7):
            own, word = (_AND, "and") if operation == 6 else (_OR, "or")
            left = self.expression(own, depth + 1)
            right = self.expression(own, depth + 1)
            text = f"{left} {word} {right}"
            return f"({text})" if level < own else text
        if operation == 9:
            return f"! {self.expression(_PRIMARY, depth + 1)}"
        if operation in self._simple:
            return self._simple[operation]()
        return self._unknown(code, operation)

    def _unknown(self, code: int, operation: int) -> str:
        if code & _GENERIC_FALSE:
            self._bytes()
            return f" false /* opcode {operation} */"
        if code & _GENERIC_SKIP:
            self._bytes()
            return f" /* opcode {operation} */"
        raise RequirementError(f"with an unknown operation ({operation})")

    def _number(self) -> int:
        return self._unpack(">I", 4)

    def _unpack(self, layout: str, size: int) -> int:
        if self._at + size > len(self._data):
            raise RequirementError("cut short")
        (number,) = struct.unpack_from(layout, self._data, self._at)
        self._at += size
        return int(number)

    def _bytes(self) -> bytes:
        length = self._number()
        if self._at + length > len(self._data):
            raise RequirementError("cut short")
        data = self._data[self._at : self._at + length]
        self._at += length + (-length % 4)
        return data

    def _value(self) -> str:
        return _quoted(self._bytes(), dots=False)

    def _key(self) -> str:
        return _quoted(self._bytes(), dots=True)

    def _hash(self) -> str:
        return f'H"{self._bytes().hex()}"'

    def _oid(self) -> str:
        return _dotted(self._bytes())

    def _slot(self) -> str:
        slot = self._unpack(">i", 4)
        return {0: " leaf", -1: " root"}.get(slot, f" {slot}")

    def _match(self) -> str:
        kind = self._number()
        if kind == 0:
            return " /* exists */"
        if kind == 14:
            return " absent "
        if kind in _DATES:
            return f" {_DATES[kind]} {_date(self._unpack('>q', 8))}"
        if kind in _PATTERNS:
            return _PATTERNS[kind].format(self._value())
        raise RequirementError(f"with an unknown match ({kind})")


def _quoted(data: bytes, *, dots: bool) -> str:
    """Return data bare, in quotes or as hex, whichever of these Apple's printer would take."""
    text = data.decode("latin-1")
    if not all(32 <= byte < 127 or byte in b" \t\n\r\v\f" for byte in data):
        return f"0x{data.hex()}"
    bare = all(c.isalnum() or (c == "." and dots) for c in text)
    if bare and not text[:1].isdigit() and text not in _KEYWORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _dotted(data: bytes) -> str:
    """Return an object identifier in its dotted form (X.690, 8.19)."""
    numbers: list[int] = []
    value = 0
    for byte in data:
        value = value << 7 | (byte & 0x7F)
        if byte & 0x80:
            continue
        if numbers:
            numbers.append(value)
        else:
            first = min(value // 40, 2)
            numbers += [first, value - 40 * first]
        value = 0
    return ".".join(map(str, numbers))


def _date(seconds: int) -> str:
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"<{seconds} s after 2001>"
    return moment.strftime("<%Y-%m-%d %H:%M:%S +0000>")

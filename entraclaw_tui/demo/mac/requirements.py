"""Code requirements as macOS stores them, for the kinds of programs a story needs.

The bytes follow the published format (Security.framework, requirement.h): big-endian words, an
expression in prefix order, strings padded to four bytes.
"""

from __future__ import annotations

import struct

_MAGIC = 0xFADE0C00
_EXPRESSION = 1
_IDENT, _APPLE_ANCHOR, _AND, _CDHASH, _CERT_FIELD, _CERT_GENERIC, _APPLE_GENERIC = (
    2, 3, 6, 8, 11, 14, 15,
)  # fmt: skip
_EXISTS, _EQUAL = 0, 1
_KEYWORDS = (
    " guest host designated library plugin or and always true never false identifier cdhash "
    "platform notarized legacy anchor apple generic certificate cert trusted info entitlement "
    "exists absent leaf root timestamp "
)

# DER of the marks of Developer ID certificates: 1.2.840.113635.100.6.2.6 in the authority's,
# 1.2.840.113635.100.6.1.13 in the leaf.
_AUTHORITY_MARK = bytes.fromhex("2a864886f76364060206")
_LEAF_MARK = bytes.fromhex("2a864886f7636406010d")


class Requirement:
    """One requirement in its two forms."""

    __slots__ = ("blob", "text")

    def __init__(self, text: str, expression: bytes) -> None:
        self.text = text
        """In the requirement language, as codesign prints it."""
        self.blob = struct.pack(">III", _MAGIC, 12 + len(expression), _EXPRESSION) + expression
        """As it stands in a TCC database."""


def cdhash(digest: str) -> Requirement:
    """Return the requirement of ad-hoc code: this very build and no other."""
    return Requirement(f'cdhash H"{digest}"', _word(_CDHASH) + _data(bytes.fromhex(digest)))


def apple(identifier: str) -> Requirement:
    """Return the requirement of a program of the system."""
    return Requirement(
        f"identifier {_quoted(identifier)} and anchor apple",
        _word(_AND) + _word(_IDENT) + _data(identifier.encode()) + _word(_APPLE_ANCHOR),
    )


def developer_id(identifier: str, team: str) -> Requirement:
    """Return the requirement of a program signed with a team's Developer ID."""
    text = (
        f"identifier {_quoted(identifier)} and anchor apple generic and "
        "certificate 1[field.1.2.840.113635.100.6.2.6] /* exists */ and "
        "certificate leaf[field.1.2.840.113635.100.6.1.13] /* exists */ and "
        f"certificate leaf[subject.OU] = {_quoted(team)}"
    )
    parts = [
        _word(_IDENT) + _data(identifier.encode()),
        _word(_APPLE_GENERIC),
        _word(_CERT_GENERIC) + _word(1) + _data(_AUTHORITY_MARK) + _word(_EXISTS),
        _word(_CERT_GENERIC) + _word(0) + _data(_LEAF_MARK) + _word(_EXISTS),
        _word(_CERT_FIELD) + _word(0) + _data(b"subject.OU") + _word(_EQUAL) + _data(team.encode()),
    ]
    # `a and b and c` hangs to the left: and(and(a, b), c).
    return Requirement(text, _word(_AND) * (len(parts) - 1) + b"".join(parts))


def _word(number: int) -> bytes:
    return struct.pack(">I", number)


def _data(data: bytes) -> bytes:
    return _word(len(data)) + data + b"\0" * (-len(data) % 4)


def _quoted(word: str) -> str:
    # A word of letters and digits that begins with a letter stands bare in the language.
    bare = word.isascii() and word.isalnum() and not word[0].isdigit()
    return word if bare and f" {word} " not in _KEYWORDS else f'"{word}"'

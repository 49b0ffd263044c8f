"""What is typed of a code or a PIN: digits alone, shown as dots, forgotten when taken."""

from __future__ import annotations

LONGEST = 32
CODE_DIGITS = 2
PIN_DIGITS = 6
"""The fewest digits of a PIN."""


class Digits:
    """The digits typed so far. Holds no other character, and no `repr` shows them."""

    __slots__ = ("_typed",)

    def __init__(self) -> None:
        self._typed = ""

    def __len__(self) -> int:
        return len(self._typed)

    def __repr__(self) -> str:
        return "Digits(***)"

    def add(self, character: str) -> bool:
        """Take one more digit; return whether it was one and there was room."""
        fits = len(character) == 1 and character in "0123456789" and len(self._typed) < LONGEST
        if fits:
            self._typed += character
        return fits

    def back(self) -> None:
        """Forget the last one."""
        self._typed = self._typed[:-1]

    def clear(self) -> None:
        """Forget all."""
        self._typed = ""

    def take(self) -> str:
        """Return what was typed and forget it."""
        typed, self._typed = self._typed, ""
        return typed

    def dots(self, wanted: int) -> str:
        """Return a dot for each digit and a gap for each that is missing of `wanted`."""
        gaps = max(0, wanted - len(self._typed))
        return " ".join(["\u25cf"] * len(self._typed) + ["_"] * gaps)

"""A value that may be somebody's secret: it travels, and is not printed by accident.

`launchctl print` repeats the environment of the whole login session in every job, whatever
programs have put there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

MASK: Final = "(hidden)"


class Hidden:
    """Text that shows itself only when asked by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Whoever calls this was asked to, for this one value."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a hidden value is not written anywhere")


def shown(values: Mapping[str, Hidden], names: Iterable[str]) -> dict[str, str]:
    """Return values as they may be printed: those of `names` in clear, the others masked."""
    open_ones = frozenset(names)
    return {name: value.reveal() if name in open_ones else MASK for name, value in values.items()}

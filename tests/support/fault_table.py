"""The one table of the fault forms: check, figure reached, figure asked."""

from __future__ import annotations

from collections.abc import Iterable

Row = tuple[str, str, str]
PROPERTY = "fault row"
"""The name under which a test's report carries its rows, also from one process to another."""
_HEAD: Row = ("check", "reached", "asked")


def lines(rows: Iterable[Row]) -> list[str]:
    """Return the table, aligned, its head first."""
    table = [_HEAD, *rows]
    first, second, third = (max(len(row[column]) for row in table) for column in range(3))
    return [
        f"{check:<{first}}  {reached:>{second}}  {asked:>{third}}".rstrip()
        for check, reached, asked in table
    ]


class Rows:
    """What one test adds to the table."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def __call__(self, check: str, reached: object, asked: object = "") -> None:
        """Add a row. A figure that has no bound of its own is asked nothing."""
        self._properties.append((PROPERTY, [check, _figure(reached), _figure(asked)]))


def rows_of(properties: Iterable[tuple[str, object]]) -> list[Row]:
    """Return the rows that a test's report carries."""
    found = [value for name, value in properties if name == PROPERTY]
    return [(str(v[0]), str(v[1]), str(v[2])) for v in found if isinstance(v, list | tuple)]


def _figure(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

"""Where the panes go, by the size of the window alone: what arrives moves nothing."""

from __future__ import annotations

import msgspec

LEFT = ("requests", "findings", "grants")
RIGHT = ("job", "keychain", "privacy", "tokens")
PANES = (*LEFT, *RIGHT, "logs")
"""In the order of their numbers, 1 to 8. What needs a person comes first."""

WIDE = (100, 30)
SMALLEST = (60, 15)
BARS = 3
"""Rows of the status line, the note and the footer."""


class Plan(msgspec.Struct, frozen=True):
    """Which panes are shown and how many rows each gets; None for what is left over."""

    tabs: bool
    rows: dict[str, int | None] = msgspec.field(default_factory=dict)
    preview: bool = False
    """Whether the request under the cursor is told below the list."""

    @property
    def too_small(self) -> bool:
        """Whether nothing fits."""
        return not self.rows


def plan(width: int, height: int, active: str, zoomed: bool) -> Plan:
    """Return the plan for a window of this size with this pane in focus."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Plan(tabs=False)
    if zoomed:
        return Plan(tabs=True, rows={active: None})
    if width >= WIDE[0] and height >= WIDE[1]:
        return Plan(tabs=False, rows=_wide(height - BARS))
    rows: dict[str, int | None] = {active: None}
    if active != "logs" and height >= 22:
        rows["logs"] = 5 if height < 28 else 8
    return Plan(tabs=True, rows=rows, preview=active == "requests" and height >= 22)


def _wide(rows: int) -> dict[str, int | None]:
    """Both columns as high as each other; a quarter to a third of the window is for the logs."""
    top = max(20, min(rows * 2 // 3, 30))
    third, quarter = top * 3 // 10, top // 4
    return {
        "requests": top - 2 * third,
        "findings": third,
        "grants": third,
        "job": top - 3 * quarter + 1,
        "keychain": quarter,
        "privacy": quarter,
        "tokens": quarter - 1,
        "logs": None,
    }

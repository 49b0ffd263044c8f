"""What is typed for the logs: what to search for, and which time to go to."""

from __future__ import annotations

from collections.abc import Callable

from entraclaw_tui.dashboard.widgets.filter_input import FilterInput
from entraclaw_tui.dashboard.widgets.pane import Pane
from entraclaw_tui.macos.moments import HOW
from entraclaw_tui.text import clean


class SearchInput(FilterInput):
    """Lights up hits while it is typed; Enter goes to the nearest, alone to those of before."""

    KEYS = (("Enter", "search"), ("Esc", "stop"))

    def __init__(
        self, pane: Pane, seek: Callable[[str], None], first_hit: Callable[[], None], last: str
    ) -> None:
        self._seek = seek
        self._first_hit = first_hit
        self._last = last
        """What was searched for before."""
        super().__init__(pane)

    def hint(self, pane: Pane) -> str:
        """Return what the search is followed by."""
        if self._last:
            return f'search; Enter alone searches for "{clean(self._last, 40)}" again'
        down, up = (pane.desk.keys.shown(id) for id in ("logs.next", "logs.previous"))
        return f"search; then {down} and {up} go from hit to hit"

    def before(self, pane: Pane) -> str:
        """Return nothing: each search begins anew."""
        return ""

    def typed(self, text: str) -> None:
        """Light the hits up."""
        self._seek(text)

    def kept(self) -> None:
        """Go to the nearest hit."""
        self._seek(self.value or self._last)
        self._first_hit()

    def stopped(self) -> None:
        """Light nothing up."""
        self._seek("")


class TimeInput(FilterInput):
    """Goes to a time once Enter is pressed."""

    KEYS = (("Enter", "go there"), ("Esc", "stay"))
    HINT = HOW

    def __init__(self, pane: Pane, go_to: Callable[[str], None]) -> None:
        self._go_to = go_to
        super().__init__(pane)

    def before(self, pane: Pane) -> str:
        """Return nothing."""
        return ""

    def typed(self, text: str) -> None:
        """Wait until it is whole."""

    def kept(self) -> None:
        """Go there."""
        if self.value.strip():
            self._go_to(self.value)

    def stopped(self) -> None:
        """Stay."""

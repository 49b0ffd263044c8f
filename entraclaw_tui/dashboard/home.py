"""The panes on one screen, laid out by the size of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widgets import Static

from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.layout import LEFT, PANES, RIGHT, SMALLEST, Plan, plan
from entraclaw_tui.dashboard.panes.findings import FindingsPane
from entraclaw_tui.dashboard.panes.grants import GrantsPane
from entraclaw_tui.dashboard.panes.job import JobPane
from entraclaw_tui.dashboard.panes.keychain import KeychainPane
from entraclaw_tui.dashboard.panes.logs import LogsPane
from entraclaw_tui.dashboard.panes.privacy import PrivacyPane
from entraclaw_tui.dashboard.panes.requests import RequestsPane
from entraclaw_tui.dashboard.panes.tokens import TokensPane
from entraclaw_tui.dashboard.widgets.box import Column, Columns
from entraclaw_tui.dashboard.widgets.key_footer import KeyFooter
from entraclaw_tui.dashboard.widgets.note_line import NoteLine
from entraclaw_tui.dashboard.widgets.pane import Pane
from entraclaw_tui.dashboard.widgets.preview import Preview
from entraclaw_tui.dashboard.widgets.status_line import StatusLine
from entraclaw_tui.dashboard.widgets.tab_bar import TabBar

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.widgets.filter_input import FilterInput


class Home(Screen[None], inherit_bindings=False):
    """Status line, panes, message line, keys."""

    AUTO_FOCUS = "#requests"
    virtual_size = Reactive(Size(0, 0), layout=False)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.requests = RequestsPane(desk)
        self.grants = GrantsPane(desk)
        self.panes: dict[str, Pane] = {
            pane.NAME: pane
            for pane in (
                self.requests,
                FindingsPane(desk),
                self.grants,
                JobPane(desk),
                KeychainPane(desk),
                PrivacyPane(desk),
                TokensPane(desk),
                LogsPane(desk),
            )
        }
        self.active = PANES[0]
        self.zoomed = False
        self.note = NoteLine(desk)
        self.preview = Preview(self.requests)
        self._status = StatusLine(desk)
        self._tabs = TabBar(list(self.panes.values()), lambda: self.active)
        self.keys = KeyFooter(lambda: self.pane)
        self._left = Column(*(self.panes[name] for name in LEFT), id="left")
        self._right = Column(*(self.panes[name] for name in RIGHT), id="right")
        self._top = Columns(self._left, self._right, id="top")
        self._small = Static(id="small", markup=False)
        self._plan: Plan | None = None

    def compose(self) -> ComposeResult:
        """Place everything but what only some windows show; `place` adds that where it fits."""
        self.place()  # before the first picture, or it would be painted twice
        yield self._status
        if self._tabs.display:
            yield self._tabs
        if self.preview.display:
            self._left.compose_add_child(self.preview)
        yield self._top
        yield self.panes["logs"]
        yield self.note
        yield self.keys
        if self._small.display:
            yield self._small

    @property
    def pane(self) -> Pane:
        """The pane in focus."""
        return self.panes[self.active]

    def go(self, name: str) -> None:
        """Put the focus on a pane."""
        self.active = name
        self.place()
        # At once, not with the next message: a key that follows fast is for this pane.
        self.set_focus(self.pane, scroll_visible=False)
        self.bars()

    async def ask_filter(self) -> None:
        """Let the person type what the pane is filtered by, where the message line stands."""
        from entraclaw_tui.dashboard.widgets.filter_input import FilterInput

        await self.ask(FilterInput(self.pane))

    async def ask(self, bar: FilterInput) -> None:
        """Let the person type, where the message line stands.

        Awaited, the next key finds the focus here.
        """
        await self.mount(bar, after=self.note)
        self.note.display = False
        self.keys.typing(bar.KEYS)
        self.set_focus(bar, scroll_visible=False)

    def on_filter_input_left(self) -> None:
        """Take the message line back."""
        self.note.display = True
        self.keys.typing(())
        self.bars()

    def zoom(self, on: bool) -> None:
        """Give one pane the whole window, or end that."""
        self.zoomed = self.pane.zoomed = on
        self.place()
        self.pane.reload()

    def place(self) -> None:
        """Show the panes that fit, in the rows that the plan gives them."""
        size = self.app.size
        now = plan(size.width, size.height, self.active, self.zoomed)
        if now == self._plan:
            return
        was, self._plan = self._plan, now
        for part, wanted, add in (
            (self._small, now.too_small, self.mount),
            (self._tabs, now.tabs, lambda tabs: self.mount(tabs, after=self._status)),
            (self.preview, now.preview, self._left.mount),
        ):
            part.display = wanted
            if wanted and self.is_mounted and not part.is_attached:
                add(part)
        if now.too_small:
            words = f"This window is too small: make it {SMALLEST[0]} x {SMALLEST[1]} or larger."
            self._small.update(Content(words))
        for bar in (self._status, self.note, self.keys):
            bar.display = not now.too_small
        for name, pane in self.panes.items():
            pane.display = name in now.rows
            rows = now.rows.get(name)
            pane.styles.height = "1fr" if rows is None else rows
        left, right = (any(n in now.rows for n in side) for side in (LEFT, RIGHT))
        self._left.display = left
        self._right.display = right
        self._top.display = left or right
        heights = [now.rows[n] for n in LEFT if n in now.rows]
        fixed = [h for h in heights if h is not None]
        self._top.styles.height = sum(fixed) if len(fixed) == len(LEFT) else "1fr"
        if was is not None and was.too_small and self.focused is None:
            # It lost the focus when it was hidden: without one no cursor shows and j goes nowhere.
            self.set_focus(self.pane, scroll_visible=False)

    def bars(self) -> None:
        """Paint what changed in the bars."""
        for bar in (self._status, self._tabs, self.note, self.keys):
            bar.repaint()
        if self.preview.display:
            self.preview.repaint()

    def on_screen_suspend(self) -> None:
        """A sheet has the keys now."""
        self.pane.looked_away()
        self.keys.repaint()

    def on_screen_resume(self) -> None:
        """The panes have the keys again."""
        self.bars()

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self.place()

    def on_descendant_focus(self) -> None:
        """Follow a focus that a click moved."""
        focused = self.focused
        name = focused.id if focused is not None else None
        if name in self.panes and name != self.active:
            self.go(str(name))
        else:
            self.bars()

"""What the keys that work everywhere do."""

from __future__ import annotations

from entraclaw_tui.dashboard.actions import action
from entraclaw_tui.dashboard.hearing import Hearing
from entraclaw_tui.dashboard.layout import PANES
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.panes.findings import FindingsPane
from entraclaw_tui.dashboard.panes.requests import RequestsPane
from entraclaw_tui.dashboard.widgets.key_footer import KeyFooter


class PanelKeys(Hearing, inherit_bindings=False):
    """The part of the panel that answers the keys."""

    async def on_key_footer_pressed(self, message: KeyFooter.Pressed) -> None:
        """Do what the clicked key does."""
        where = self if message.action.where == "app" else self.home.pane
        await self.run_action(message.action.run, where)

    def action_messages(self) -> None:
        """Show the last messages."""
        from entraclaw_tui.dashboard.details import DetailSheet

        note = self.home.note
        self.push_screen(DetailSheet("Messages", note.history))

    def action_pane(self, number: int) -> None:
        """Go to a pane by its number."""
        self.go(PANES[number - 1])

    def action_next_pane(self) -> None:
        """Go to the next pane."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Go to the previous pane."""
        self._step(-1)

    def _step(self, by: int) -> None:
        self.go(PANES[(PANES.index(self.home.active) + by) % len(PANES)])

    def go(self, name: str) -> None:
        """Go to a pane, out of another that has the window."""
        if self.home.zoomed:
            self.home.zoom(False)
        self.home.go(name)

    def action_open(self) -> None:
        """Open the selected row, or give the pane the window."""
        pane = self.home.pane
        if pane.opens():
            return
        if isinstance(pane, RequestsPane):
            if pane.selected is not None:
                pane.post_message(RequestsPane.Wanted(pane.selected))
        elif isinstance(pane, FindingsPane):
            if pane.chosen is not None:
                from entraclaw_tui.dashboard.open_sheets import open_finding

                open_finding(self, pane.chosen)
        elif (facts := pane.inspect()) is not None:
            from entraclaw_tui.dashboard.details import DetailSheet

            self.push_screen(DetailSheet(pane.TITLE, facts))
        elif not pane.selects:
            self.home.zoom(not self.home.zoomed)

    async def action_back(self) -> None:
        """End the filter, or the zoom."""
        pane = self.home.pane
        if not pane.widen() and self.home.zoomed and not pane.climb():
            self.home.zoom(False)
        self.home.bars()

    async def action_filter(self) -> None:
        """Ask what to filter by."""
        await self.home.ask_filter()

    def action_jump(self) -> None:
        """Put a letter before each row that can be seen."""
        from entraclaw_tui.dashboard.jump import Jump

        self.jump = Jump(self.home)
        begun = self.jump.begin()
        words = "A letter goes to its row, a number to its pane; any other key stays here."
        self.say(words if begun else "There is no row to jump to.", Tone.PLAIN)

    def action_refresh_all(self) -> None:
        """Ask every source at once."""
        self.feeds.refresh()
        self.say("Reading everything again.", Tone.PLAIN)

    def action_unlock(self) -> None:
        """Ask for the PIN."""
        from entraclaw_tui.dashboard.open_sheets import unlock

        if self._may("unlock"):
            unlock(self)

    def action_lock(self) -> None:
        """Close the session."""
        from entraclaw_tui.dashboard.open_sheets import lock

        if self._may("lock"):
            lock(self)

    def action_clients(self) -> None:
        """Show who may ask, and who may not."""
        from entraclaw_tui.dashboard.open_sheets import open_clients

        if self._may("clients"):
            open_clients(self)

    def action_pause_agent(self) -> None:
        """Take no requests for now, or take them again."""
        from entraclaw_tui.dashboard.open_sheets import pause

        if self._may("pause"):
            pause(self)

    def action_policy(self) -> None:
        """Show the person's policy."""
        from entraclaw_tui.dashboard.open_sheets import open_policy

        if self._may("policy"):
            open_policy(self)

    def action_command_palette(self) -> None:
        """Find any command by its name."""
        from entraclaw_tui.dashboard.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_help(self) -> None:
        """Show the keys of the pane in focus."""
        from entraclaw_tui.dashboard.open_sheets import show_help

        show_help(self)

    async def action_quit(self) -> None:
        """Leave; the worker goes on."""
        self.exit(return_code=0)

    def _may(self, id: str) -> bool:
        reason = self.home.pane.refusal(action(id))
        if reason:
            self.say(reason, Tone.LOOK)
        return not reason

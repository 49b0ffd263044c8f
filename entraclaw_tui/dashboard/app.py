"""The panel: one screen of panes, the sheets above it, and what happens between them."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen

from entraclaw_tui.dashboard import news, signals, theme
from entraclaw_tui.dashboard.actions import action, bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.feeds import Feeds, feeds_for
from entraclaw_tui.dashboard.home import Home
from entraclaw_tui.dashboard.layout import PANES
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.messages import LinkChanged, StoreChanged
from entraclaw_tui.dashboard.palette import ActionProvider
from entraclaw_tui.dashboard.panes.findings import FindingsPane
from entraclaw_tui.dashboard.panes.grants import GrantsPane
from entraclaw_tui.dashboard.panes.job import JobPane
from entraclaw_tui.dashboard.panes.keychain import KeychainPane
from entraclaw_tui.dashboard.panes.logs import LogsPane
from entraclaw_tui.dashboard.panes.requests import RequestsPane
from entraclaw_tui.dashboard.panes.tokens import TokensPane
from entraclaw_tui.dashboard.sources import Sources
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.dashboard.widgets.pane import Pane
from entraclaw_tui.dashboard.widgets.tab_bar import TabBar
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places

TICK = 5.0
"""Seconds between two looks at ages. They are coarse: most looks change nothing."""


class Panel(App[None], inherit_bindings=False):
    """The dashboard. `run` it; its return code is 0, or 128 plus the signal that ended it."""

    TITLE = "entraclaw"
    CSS_PATH = "styles/panel.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {ActionProvider}
    NOTIFICATION_TIMEOUT = 0.0

    def __init__(
        self,
        host: Host,
        places: Places,
        *,
        banner: str = "",
        readonly: bool = False,
        theme: str = "",
        clock: Callable[[], float] = time.time,
        sources: Sources | None = None,
        link: WorkerLink | None = None,
        feeds: Feeds | None = None,
        symbols: Symbols | None = None,
    ) -> None:
        super().__init__()
        self._wear(theme)
        self.animation_level = "none"
        self.feeds = feeds or feeds_for(host, places, clock, sources=sources, link=link)
        self.desk = Desk(host, self.feeds, clock, symbols or Symbols(), banner, readonly)
        self._view = WorkerView()
        self._restore: Callable[[], None] = lambda: None

    # -- life

    def get_default_screen(self) -> Screen[object]:
        """Return the screen with the panes."""
        return Home(self.desk)  # type: ignore[return-value]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own variables, for the moments before a theme of ours is in force."""
        return dict(theme.DARK.variables)

    def _wear(self, name: str) -> None:
        """Put on the looks before the first picture, so that it is painted once."""
        for looks in theme.THEMES:
            self.register_theme(looks)
        self.theme = theme.chosen(name)

    def on_mount(self) -> None:
        """Begin: signals, sources."""
        self._restore = signals.catch(self._signalled)
        self.app_suspend_signal.subscribe(self, lambda _: self.feeds.pause())
        self.app_resume_signal.subscribe(self, lambda _: self._resumed())
        self.feeds.store.listen(self._heard_source)
        self.feeds.link.listen(self._heard_worker)
        self.feeds.start_first()
        self._take_link()
        # The other sources' tools would compete with the first picture for the processor.
        self.call_after_refresh(self._shown)
        self.set_interval(TICK, self.tick)

    def _shown(self) -> None:
        """Begin with what may come after the first picture."""
        gc.freeze()
        gc.enable()
        self.feeds.start()

    async def on_unmount(self) -> None:
        """End the sources and give the signals back."""
        self._restore()
        await self.feeds.stop()

    def _resumed(self) -> None:
        """Come back from the shell, which has written over the screen."""
        self.refresh(layout=True)
        self.feeds.resume()

    def _signalled(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def _fatal_error(self) -> None:
        """Show where it broke and nothing more: local values may be a PIN on its way."""
        signals.forget_locals(self)

    # -- what changes

    @property
    def home(self) -> Home:
        """The screen with the panes."""
        screen = self.screen_stack[0]
        assert isinstance(screen, Home)  # noqa: S101 - the default screen, never replaced
        return screen

    def _heard_source(self, name: str) -> None:
        self.post_message(StoreChanged())

    def _heard_worker(self, view: WorkerView) -> None:
        self.post_message(LinkChanged())

    def on_store_changed(self) -> None:
        """Show what sources say now."""
        self._reload()

    def on_link_changed(self) -> None:
        """Show what the worker says now."""
        self._take_link()

    def _take_link(self) -> None:
        now, before = self.feeds.link.view, self._view
        self._view = now
        if told := news.between(before, now, os.getpid()):
            self.say(told.text, told.tone)
        self._reload()
        for screen in self.screen_stack[1:]:
            changed = getattr(screen, "view_changed", None)
            if changed is not None:
                changed()

    def _reload(self) -> None:
        if not self.screen_stack or not self.home.is_mounted:
            return
        for pane in self.home.panes.values():
            if pane.NAME != "logs":
                pane.reload()
        self.home.bars()

    def tick(self) -> None:
        """Tell ages anew; end where the terminal went without a word."""
        if not self.is_headless and signals.terminal_gone():
            self._signalled(signal.SIGHUP)
            return
        for pane in self.home.panes.values():
            if pane.display:
                pane.tick()
        self.home.bars()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Put a sentence on the message line."""
        self.home.note.say(text, tone)

    async def on_event(self, event: events.Event) -> None:
        """Tell the worker at each key that somebody is here, then go on as usual."""
        if isinstance(event, events.Key) and self.feeds.link.view.unlocked:
            # The function and no coroutine of it: at the end nobody would run that any more.
            touch = self.feeds.link.touch
            self.run_worker(touch, group="touch", exit_on_error=False)  # type: ignore[arg-type]
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Take a letter that was on its way to a pane when something to type in was opened.

        Without that a quick `/d` could mean "filter", and then "deny".
        """
        bar = self.home.typed_in
        if bar is not None and not bar.done and event.is_printable and event.character:
            event.prevent_default()
            bar.insert_text_at_cursor(event.character)

    # -- messages of panes

    def on_pane_said(self, message: Pane.Said) -> None:
        """Pass a pane's sentence on."""
        self.say(message.text, message.tone)
        self.home.bars()

    def on_pane_opened(self) -> None:
        """Open what was clicked twice."""
        self.action_open()

    def on_pane_moved(self) -> None:
        """Let the bars follow the selection."""
        self.home.bars()

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        """Go to the clicked tab."""
        self._go(message.name)

    def on_requests_pane_wanted(self, message: RequestsPane.Wanted) -> None:
        """Open a request's sheet."""
        from entraclaw_tui.dashboard.open_sheets import open_reason, open_request

        (open_reason if message.reason else open_request)(self, message.request)

    def on_job_pane_finding_wanted(self, message: JobPane.FindingWanted) -> None:
        """Tell a finding in full."""
        from entraclaw_tui.dashboard.open_sheets import open_finding

        open_finding(self, message.finding)

    def on_logs_pane_wanted(self, message: LogsPane.Wanted) -> None:
        """Copy, save, or show the sources."""
        from entraclaw_tui.dashboard.logs.doing import do

        logs = self.home.panes["logs"]
        if isinstance(logs, LogsPane):
            do(self, logs, message)

    def on_keychain_pane_state_wanted(self) -> None:
        """Tell whether the keychain is open, and how it is unlocked."""
        from entraclaw_tui.dashboard.open_keychain import open_state

        open_state(self, KeychainPane.TITLE)

    def on_requests_pane_together(self, message: RequestsPane.Together) -> None:
        """Open the sheet of several requests, or ask before they are denied."""
        from entraclaw_tui.dashboard.open_sheets import deny_together, open_together

        (deny_together if message.deny else open_together)(self, message.requests)

    def on_tokens_pane_changed(self, message: TokensPane.Changed) -> None:
        """Renew or forget a grant's token."""
        from entraclaw_tui.dashboard.open_sheets import renew

        renew(self, message.token, forget=message.forget)

    def on_tokens_pane_sign_in_wanted(self) -> None:
        """Show who is signed in, and the way in or out."""
        from entraclaw_tui.dashboard.open_sheets import open_sign_in

        open_sign_in(self)

    def on_grants_pane_revoked(self, message: GrantsPane.Revoked) -> None:
        """End a grant, or all after a question."""
        from entraclaw_tui.dashboard.open_sheets import revoke

        revoke(self, message.grant)

    # -- actions

    def action_pane(self, number: int) -> None:
        """Go to a pane by its number."""
        self._go(PANES[number - 1])

    def action_next_pane(self) -> None:
        """Go to the next pane."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Go to the previous pane."""
        self._step(-1)

    def _step(self, by: int) -> None:
        self._go(PANES[(PANES.index(self.home.active) + by) % len(PANES)])

    def _go(self, name: str) -> None:
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

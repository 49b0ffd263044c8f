"""The panel: one screen of panes, the sheets above it, and what happens between them."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.command import Provider
from textual.reactive import Initialize, Reactive
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget

from entraclaw_tui.dashboard import news, signals
from entraclaw_tui.dashboard import theme as looks
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.feeds import Feeds, feeds_for
from entraclaw_tui.dashboard.home import Home
from entraclaw_tui.dashboard.key_order import KeyOrder, Passed
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.messages import LinkChanged, StoreChanged
from entraclaw_tui.dashboard.panel_keys import PanelKeys
from entraclaw_tui.dashboard.panel_settings import PanelSettings
from entraclaw_tui.dashboard.sources import Sources
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.dashboard.widgets.pane import Pane
from entraclaw_tui.dashboard.widgets.tab_bar import TabBar
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places

TICK = 5.0
"""Seconds between two looks at ages. They are coarse: most looks change nothing."""


def _commands() -> type[Provider]:
    from entraclaw_tui.dashboard.palette import ActionProvider

    return ActionProvider


class Panel(PanelKeys, inherit_bindings=False):
    """The dashboard. `run` it; its return code is 0, or 128 plus the signal that ended it."""

    TITLE = "entraclaw"
    CSS_PATH = "styles/panel.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    NOTIFICATION_TIMEOUT = 0.0

    def _chosen(self) -> str:
        return self._looks

    # In force from the start: the styles would be parsed a second time for a theme put on later.
    theme = Reactive[str](Initialize(_chosen))

    def __init__(
        self,
        host: Host,
        places: Places,
        *,
        banner: str | Callable[[], str] = "",
        readonly: bool = False,
        theme: str = "",
        clock: Callable[[], float] = time.time,
        sources: Sources | None = None,
        link: WorkerLink | None = None,
        feeds: Feeds | None = None,
        symbols: Symbols | None = None,
        settings: PanelSettings | None = None,
    ) -> None:
        self._looks = looks.chosen(theme)
        super().__init__()
        self.animation_level = "none"
        self.feeds = feeds or feeds_for(host, places, clock, sources=sources, link=link)
        self.settings = settings or PanelSettings()
        keys, compact = self.settings.keys, self.settings.compact
        self.desk = Desk(
            host, self.feeds, clock, symbols or Symbols(), banner, readonly, keys, compact
        )
        self._view = WorkerView()
        self._in_order = KeyOrder(self, self._take_key)
        self._behind = False
        """Something was said before the panes could show it."""
        self._restore: Callable[[], None] = lambda: None

    # -- life

    def get_default_screen(self) -> Screen[object]:
        """Return the screen with the panes."""
        return Home(self.desk)  # type: ignore[return-value]

    @property
    def available_themes(self) -> dict[str, Theme]:
        """The looks there are: ours alone."""
        return {theme.name: theme for theme in looks.THEMES}

    def on_mount(self) -> None:
        """Begin: signals, sources."""
        self.set_keymap(dict(self.settings.keys.keys))
        self._restore = signals.catch(self._signalled, last_resort=not self.is_headless)
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
        if told := self.settings.told:
            more = f" And {len(told) - 1} more: `entraclaw-tui doctor`." if told[1:] else ""
            self.say(told[0] + more, Tone.LOOK)
        if self._behind:
            self._reload()
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
        if self.settings.bell and news.asks(before, now):
            self.bell()
        self._reload()
        for screen in self.screen_stack[1:]:
            changed = getattr(screen, "view_changed", None)
            if changed is not None:
                changed()

    def _stands(self) -> bool:
        return bool(self.screen_stack) and self.home.is_mounted

    def _reload(self) -> None:
        if not self._stands():
            self._behind = True  # panes that stand already may have looked too early
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
        from entraclaw_tui.dashboard import closed_pictures

        closed_pictures.forget()

    async def on_event(self, event: events.Event) -> None:
        """Take keys in their order, and the mouse where it is asked for."""
        if isinstance(event, events.MouseEvent) and not self.settings.mouse:
            return  # not asked for: typed, pasted or sent by something else than a mouse
        if not isinstance(event, (events.Key, events.Paste)):
            await super().on_event(event)
        elif not event.is_forwarded:
            await self._in_order.add(event)
        elif self.screen_stack:  # there is none any more in the moment of leaving
            await super().on_event(event)
            await self._in_order.came_back(event)

    async def on_passed(self, message: Passed) -> None:
        """Take the next key: the one before it has had its effect."""
        message.stop()
        await self._in_order.passed(message.turn)

    async def _take_key(self, event: events.Event) -> None:
        """Tell the worker at each key that somebody is here, then go on as usual."""
        if isinstance(event, events.Key) and self.jump is not None:
            jump, self.jump = self.jump, None
            jump.take(event.key)
            if not event.key.isdigit():
                return
        if isinstance(event, events.Key) and self.feeds.link.view.unlocked:
            # The function and no coroutine of it: at the end nobody would run that any more.
            touch = self.feeds.link.touch
            self.run_worker(touch, group="touch", exit_on_error=False)  # type: ignore[arg-type]
        await super().on_event(event)

    @property
    def key_target(self) -> Widget | None:
        """The widget that the next key goes to; None where the last screen is gone."""
        return self.focused or self.screen if self.screen_stack else None

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
        self.go(message.name)

"""The way in: make the environment harmless, start the sources, and only then import Textual."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import os
import sys
import time
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from entraclaw_tui.dashboard import last_resort, panel_settings
from entraclaw_tui.dashboard.feeds import feeds_for
from entraclaw_tui.dashboard.symbols import symbols_for
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.app import Panel
    from entraclaw_tui.dashboard.feeds import Feeds
    from entraclaw_tui.dashboard.replay.recording import Recording

THEMES = panel_settings.THEMES
"""What `--theme` takes."""

_KEPT = frozenset({"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FPS", "TEXTUAL_DISABLE_KITTY_KEY"})
"""The only settings of Textual's that may come from the environment: none feeds keys or code."""

_GRACE = 5.0
"""Seconds that readers have to end once the panel is gone."""


def start(
    host: Host,
    places: Places,
    *,
    banner: str = "",
    readonly: bool = False,
    theme: str = "",
    mouse: bool = True,
    record: Path | None = None,
) -> int:
    """Show the panel until the person leaves; return the exit code.

    `theme` is one of THEMES, or empty. The caller has made sure of a terminal that can place text.
    `record` is a file to be made, for what the sources say. Raises OSError where it cannot be.
    """
    disarm(os.environ)
    # What is imported now stays; looking through it for garbage only delays the first picture.
    gc.disable()
    with contextlib.ExitStack() as left, asyncio.Runner() as runner:
        code = 1
        try:
            code = runner.run(_run(host, places, banner, readonly, theme, mouse, record))
            return code
        finally:
            # What hangs in a thread must not hold who leaves; the terminal is restored already.
            left.callback(last_resort.leave_within(_GRACE, code))


def disarm(environment: MutableMapping[str, str]) -> None:
    """Take away what could press keys, load code, write files or hide text through Textual.

    `TEXTUAL_PRESS=a` would press a key of a consent panel; it is read when Textual is imported.
    """
    for name in [n for n in environment if n.startswith("TEXTUAL") and n not in _KEPT]:
        del environment[name]
    # A size that is not the terminal's own would lay facts out where nobody sees them.
    for name in ("COLUMNS", "LINES"):
        environment.pop(name, None)
    # Read at import as well; over SSH each costs bytes.
    environment["TEXTUAL_ANIMATIONS"] = "none"
    environment["TEXTUAL_SMOOTH_SCROLL"] = "0"


async def _run(
    host: Host,
    places: Places,
    banner: str,
    readonly: bool,
    theme: str,
    mouse: bool,
    record: Path | None,
) -> int:
    clock = time.time
    settings = panel_settings.read(places.config)
    settings = msgspec.structs.replace(settings, mouse=mouse and settings.mouse)
    feeds = feeds_for(host, places, clock)
    recording = _record(record, host, clock, feeds) if record is not None else None
    feeds.start_first()
    # The tools answer while Textual is imported: the first picture has data in it.
    await asyncio.to_thread(importlib.import_module, "entraclaw_tui.dashboard.app")
    from entraclaw_tui.dashboard.app import Panel

    panel: Panel = Panel(
        host,
        places,
        banner=banner
        if recording is None
        else lambda: "; ".join(filter(None, (str(recording), banner))),
        readonly=readonly,
        theme=theme or settings.theme,
        clock=clock,
        feeds=feeds,
        symbols=symbols_for(os.environ, sys.stdout.encoding or ""),
        settings=settings,
    )
    try:
        await panel.run_async(mouse=settings.mouse)
    finally:
        await feeds.stop()
        if recording is not None:
            recording.close()
    return panel.return_code or 0


def _record(path: Path, host: Host, clock: Callable[[], float], feeds: Feeds) -> Recording:
    from entraclaw_tui.dashboard.replay.recording import Recording

    try:
        size = tuple(os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1))
    except (OSError, ValueError):
        size = (80, 24)
    recording = Recording.of_panel(path, host, clock, (size[0], size[1]))
    recording.follow(feeds)
    return recording

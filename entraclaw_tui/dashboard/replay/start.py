"""The way in to a replay."""

from __future__ import annotations

import asyncio
import os
import pwd
import sys
from pathlib import Path

from entraclaw_tui.dashboard.replay.feeds import ReplayFeeds
from entraclaw_tui.dashboard.replay.reading import Checked
from entraclaw_tui.dashboard.start import disarm
from entraclaw_tui.dashboard.symbols import symbols_for


def start(recorded: Checked, *, speed: float = 1.0, theme: str = "", mouse: bool = True) -> int:
    """Show a recording until the person leaves; return the exit code."""
    disarm(os.environ)
    return asyncio.run(_run(recorded, speed, theme, mouse))


async def _run(recorded: Checked, speed: float, theme: str, mouse: bool) -> int:
    from entraclaw_tui.dashboard.replay.panel import ReplayPanel

    feeds = ReplayFeeds(recorded, speed)
    signs = symbols_for(os.environ, sys.stdout.encoding or "")
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    panel = ReplayPanel(feeds, home, theme=theme, symbols=signs)
    try:
        await panel.run_async(mouse=mouse)
    finally:
        await feeds.stop()
    return panel.return_code or 0

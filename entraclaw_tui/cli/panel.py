"""The way to the dashboard: a Mac, a terminal that can show it, then Textual."""

from __future__ import annotations

import os
import sys

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host


def open_panel(settings: Settings) -> int:
    """Open the dashboard and return its exit code. Raises Stop where it cannot be shown."""
    host = open_host(settings)
    need_terminal()
    from entraclaw_tui.dashboard.start import start
    from entraclaw_tui.macos.places import Places

    return start(
        host,
        Places.of(host),
        readonly=settings.readonly,
        theme=settings.theme,
        mouse=settings.mouse,
    )


def need_terminal() -> None:
    """Raise Stop where the dashboard cannot be drawn, and name what works there."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Stop(
            "The dashboard needs a terminal. Without one, `entraclaw-tui status --plain` and "
            "`--json` tell the same.",
            exits.USAGE,
        )
    if os.environ.get("TERM", "dumb") in ("", "dumb", "unknown"):
        raise Stop(
            "This terminal cannot show the dashboard (TERM is dumb). `entraclaw-tui status "
            "--plain` and `--json` tell the same.",
            exits.USAGE,
        )

"""The way to the dashboard: a Mac, a terminal that can show it, then Textual."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.text import clean


def open_panel(settings: Settings) -> int:
    """Open the dashboard and return its exit code. Raises Stop where it cannot be shown."""
    host = open_host(settings)
    need_terminal()
    from entraclaw_tui.dashboard.start import start
    from entraclaw_tui.macos.places import Places

    with no_recording(settings):
        return start(
            host,
            Places.of(host),
            readonly=settings.readonly,
            theme=settings.theme,
            mouse=settings.mouse,
            record=settings.record,
        )


@contextlib.contextmanager
def no_recording(settings: Settings) -> Iterator[None]:
    """Turn a recording's file that cannot be made into Stop."""
    try:
        yield
    except OSError as error:
        if settings.record is None or str(error.filename) != str(settings.record):
            raise
        name = clean(settings.record.name, 80)
        why = (
            "it exists already; name another file"
            if isinstance(error, FileExistsError)
            else error.strerror
        )
        raise Stop(f"{name} cannot be written: {why}.", exits.USAGE) from None


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

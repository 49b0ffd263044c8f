"""The way to the dashboard: a Mac, a terminal that can show it, then Textual."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.text import clean

_EXISTS = "it exists already; name another file"


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
        why = _EXISTS if isinstance(error, FileExistsError) else error.strerror or "no reason told"
        raise _unwritable(settings.record, why) from None


def need_new_recording(settings: Settings) -> None:
    """Raise Stop where a recording's file exists, before anything is begun that would be in vain.

    Whoever makes the file finds out for certain.
    """
    if settings.record is not None and os.path.lexists(settings.record):
        raise _unwritable(settings.record, _EXISTS)


def _unwritable(record: Path, why: str) -> Stop:
    return Stop(f"{clean(record.name, 80)} cannot be written: {why}.", exits.USAGE)


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

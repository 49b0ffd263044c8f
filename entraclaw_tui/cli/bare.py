"""The panel without any option but a root: the commonest start needs no parser.

The command line's library and the table of commands would be imported before the first picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from entraclaw_tui.cli.context import Settings, Stop
from entraclaw_tui.cli.panel import open_panel


def settings(arguments: Sequence[str]) -> Settings | None:
    """Return what a bare start asks for; None where the arguments say more than that."""
    match arguments:
        case []:
            return Settings()
        case ["--root", root] if not root.startswith("-"):
            return Settings(Path(root))
        case _:
            return None


def run(wanted: Settings) -> int:
    """Open the panel and return its exit code; say on standard error what went wrong."""
    try:
        return open_panel(wanted)
    except Stop as stop:
        stop.show()
        return stop.code
    except KeyboardInterrupt:
        return 130

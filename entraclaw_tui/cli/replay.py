"""Show a recording again: the panel as it was, from the file alone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json, print_table

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.replay.reading import Checked

_ENDS = {
    "left": "the person left the panel",
    "full": "it was full",
    "killed": "the panel was killed",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--speed", type=click.FloatRange(0.01, 1000), default=1.0, help="N times as fast.")
@json_option
@click.pass_obj
def replay(settings: Settings, file: Path, speed: float, as_json: bool, plain: bool) -> int:
    """Show what a panel recorded with --record FILE. It only looks; `p` pauses and `.` steps.

    With --json or --plain: what the recording is, without showing it.
    """
    from entraclaw_tui.dashboard.replay.reading import Damaged, check
    from entraclaw_tui.text import clean

    try:
        recorded = check(file)
    except Damaged as error:
        raise Stop(str(error), exits.ERRORS) from None
    except OSError as error:
        name = clean(str(file), 200)
        raise Stop(f"{name} cannot be read: {error.strerror}.", exits.ERRORS) from None
    if as_json or plain:
        _describe(recorded, as_json)
        return exits.FINE
    from entraclaw_tui.cli.panel import need_terminal

    need_terminal()
    from entraclaw_tui.dashboard.replay.start import start

    return start(recorded, speed=speed, theme=settings.theme, mouse=settings.mouse)


def _describe(recorded: Checked, as_json: bool) -> None:
    header = recorded.header
    facts = {
        "program": f"entraclaw-tui {header.program}",
        "mac": f"{header.user}@{header.host}",
        "macos": header.macos or "-",
        "kind": "a pretend Mac" if header.pretend else "a real Mac",
        "window": f"{header.columns} x {header.rows}",
        "from": _moment(recorded.header.at),
        "to": _moment(recorded.last),
        "entries": str(recorded.entries),
        "ended": _ENDS.get(recorded.why, recorded.why),
    }
    if as_json:
        print_json(
            {
                "header": header,
                "entries": recorded.entries,
                "last": recorded.last,
                "why": recorded.why,
            }
        )
    else:
        print_table(("recording", ""), list(facts.items()), "")


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))

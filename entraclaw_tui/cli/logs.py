"""The newest log lines of worker, job and launchd, merged by time."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from pathlib import Path

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import look, print_line
from entraclaw_tui.model.log import LogLine

ORIGINS = ("worker", "launchd", "out", "err")


@click.command()
@click.option("-n", "limit", default=40, type=click.IntRange(1, 100_000), help="How many lines.")
@click.option("-f", "--follow", is_flag=True, help="Go on with new lines until ctrl+c.")
@click.option(
    "--from", "origin", type=click.Choice(ORIGINS), help="One log alone; all are merged otherwise."
)
@json_option
@click.pass_obj
def logs(
    settings: Settings, limit: int, follow: bool, origin: str | None, as_json: bool, plain: bool
) -> int:
    """The newest log lines, oldest first. With --json one object a line."""
    from entraclaw_tui.macos import logs as reading
    from entraclaw_tui.macos.places import Places

    places = Places.of(open_host(settings))

    def plain_line(name: str) -> Callable[[str], LogLine]:
        return lambda line: LogLine(None, name, "info", line)

    sources: dict[str, tuple[Path, Callable[[str], LogLine]]] = {
        "worker": (places.worker_log, reading.parse_worker_line),
        "launchd": (places.launchd_log, reading.parse_launchd_line),
        "out": (places.agent_out, plain_line("agent out")),
        "err": (places.agent_err, plain_line("agent err")),
    }
    chosen = {origin: sources[origin]} if origin else sources

    def show(lines: list[LogLine]) -> None:
        for line in lines:
            if as_json:
                print_json_line(line)
            else:
                print_line(_words(line))

    async def newest() -> int:
        lines = [
            parse(line)
            for path, parse in chosen.values()
            if path.exists()
            for line in reading.last_lines(path, limit)
        ]
        lines.sort(key=lambda line: line.at or 0.0)
        show(lines[-limit:])
        return exits.FINE

    async def one(path: Path, parse: Callable[[str], LogLine]) -> None:
        async for batch in reading.follow(path):
            show([parse(line) for line in batch])

    async def on_and_on() -> int:
        await newest()
        await asyncio.gather(*(one(path, parse) for path, parse in chosen.values()))
        return exits.FINE

    return look(on_and_on if follow else newest, watch=False)


def print_json_line(line: LogLine) -> None:
    """Print one line of a log as one line of JSON."""
    import msgspec

    click.echo(msgspec.json.encode(line).decode())


def _words(line: LogLine) -> str:
    when = datetime.datetime.fromtimestamp(line.at).strftime("%H:%M:%S") if line.at else " " * 8
    level = "" if line.level == "info" else f"{line.level}: "
    return f"{when} {line.origin:<9} {level}{line.message}"

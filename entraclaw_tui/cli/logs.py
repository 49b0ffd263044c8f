"""The logs of worker, job, launchd, macOS and audit, merged by time."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import look, now, print_line

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.logs.ring import Kept

SOURCES = {
    "worker": "worker",
    "launchd": "launchd",
    "out": "agent out",
    "err": "agent err",
    "audit": "audit",
    "system": "system",
}
"""The names of the logs, with what the panel calls them."""
_LEVELS = {"all": 0, "warning": 1, "error": 2}


@click.command()
@click.option("-n", "limit", default=40, type=click.IntRange(1, 100_000), help="How many lines.")
@click.option(
    "-f", "--follow", "--watch", "follow", is_flag=True, help="Go on with new lines until ctrl+c."
)
@click.option(
    "--source",
    "--from",
    "sources",
    multiple=True,
    type=click.Choice(list(SOURCES)),
    help="Only this log; may be given several times. `system` is macOS's own log of the job: it "
    "needs an administrator, and is read only if it is named or followed.",
)
@click.option("--since", metavar="TIME", help="From then on: 14:03, 2026-05-12 14:03, or 5m, 2h.")
@click.option("--grep", metavar="TEXT", default="", help="Only lines with it; !TEXT: without it.")
@click.option("--level", type=click.Choice(list(_LEVELS)), default="all", help="This or worse.")
@json_option
@click.pass_obj
def logs(
    settings: Settings,
    limit: int,
    follow: bool,
    sources: tuple[str, ...],
    since: str | None,
    grep: str,
    level: str,
    as_json: bool,
    plain: bool,
) -> int:
    """The newest log lines, oldest first. With --json one object a line."""
    from entraclaw_tui.cli.log_lines import MOST, LogReader, Wanted
    from entraclaw_tui.dashboard.logs.sieve import Sieve
    from entraclaw_tui.macos.moments import HOW, read_moment

    at = read_moment(since, now()) if since is not None else None
    if since is not None and at is None:
        raise Stop(f"{since!r} is no time; try {HOW}.", exits.USAGE)
    named = sources or tuple(name for name in SOURCES if follow or name != "system")
    source = click.get_current_context().get_parameter_source("limit")
    chosen = source is click.core.ParameterSource.COMMANDLINE
    wanted = Wanted(
        tuple(SOURCES[name] for name in named),
        Sieve(grep, level=_LEVELS[level]),
        at,
        MOST if at is not None and not chosen else limit,
    )
    host = open_host(settings)
    reader = LogReader(host, wanted, lambda text: click.echo(f"entraclaw-tui: {text}", err=True))

    def show(lines: list[Kept]) -> None:
        for kept in lines:
            _print_json(kept) if as_json else print_line(_words(kept))
        sys.stdout.flush()

    async def newest() -> int:
        found = await reader.newest(now())
        show(found)
        if not found and not as_json:
            narrow = at is not None or not wanted.sieve.open
            like = f"No line like that among the last {MOST:,} of each log."
            click.echo(like if narrow else "These logs have no line.", err=True)
        return exits.FINE

    async def on_and_on() -> int:
        await reader.begin()
        show(await reader.newest(now()))
        async for lines in reader.follow(now):
            show(lines)
        return exits.FINE

    return look(on_and_on if follow else newest, watch=False)


def _print_json(kept: Kept) -> None:
    """Print one line of a log as one line of JSON."""
    import msgspec

    from entraclaw_tui.macos.logs import fields_of

    log = kept.log
    fields = dict(fields_of(log))
    line = {"at": log.at, "origin": log.origin, "level": log.level, "message": log.message}
    click.echo(msgspec.json.encode({**line, "fields": fields}).decode())


def _words(kept: Kept) -> str:
    log = kept.log
    when = time.localtime(kept.at)
    day = "" if when[:3] == time.localtime(now())[:3] else time.strftime("%Y-%m-%d ", when)
    clock = time.strftime("%H:%M:%S", when) if log.at is not None else " " * 8
    level = "" if log.level in ("info", "notice") else f"{log.level}: "
    return f"{day}{clock} {log.origin:<9} {level}{log.message}"

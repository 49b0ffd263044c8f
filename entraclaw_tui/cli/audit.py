"""The audit: what was asked, decided and done."""

from __future__ import annotations

import datetime
import json

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option, watch_option
from entraclaw_tui.cli.output import look, print_json, print_line, print_table


@click.group(invoke_without_command=True)
@click.option("-n", "limit", default=30, type=click.IntRange(1, 500), help="How many entries.")
@json_option
@watch_option
@click.pass_context
def audit(ctx: click.Context, limit: int, as_json: bool, plain: bool, watch: bool) -> int:
    """The newest entries, oldest first."""
    if ctx.invoked_subcommand is not None:
        return exits.FINE
    settings: Settings = ctx.obj
    from entraclaw_tui.cli.link import control
    from entraclaw_tui.ipc.messages import AuditTail, AuditTailResult

    host = open_host(settings)

    async def once() -> int:
        async with control(host) as connection:
            result = await connection.call("audit.tail", AuditTail(limit), AuditTailResult)
        if as_json:
            print_json(result.entries)
            return exits.FINE
        rows = [
            (
                str(entry.seq),
                datetime.datetime.fromtimestamp(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
                entry.event,
                entry.subject[:12],
                " ".join(f"{key}={value}" for key, value in entry.detail.items()),
            )
            for entry in result.entries
        ]
        print_table(("seq", "when", "event", "about", "detail"), rows, "The audit is empty.")
        return exits.FINE

    return look(once, watch=watch, as_json=as_json)


@audit.command("verify")
@json_option
@click.pass_obj
def verify(settings: Settings, as_json: bool, plain: bool) -> int:
    """Check that no entry was changed, removed or moved."""
    from entraclaw_tui.cli.link import control
    from entraclaw_tui.ipc.messages import AuditVerifyResult, Nothing

    host = open_host(settings)

    async def once() -> int:
        async with control(host) as connection:
            result = await connection.call("audit.verify", Nothing(), AuditVerifyResult, quiet=60.0)
        if as_json:
            print_json(result)
        else:
            print_line(
                f"{result.entries} entries, unbroken." if result.ok else f"Broken: {result.problem}"
            )
        return exits.FINE if result.ok else exits.ERRORS

    return look(once, watch=False)


@audit.command("export")
@click.pass_obj
@json_option
def export(settings: Settings, as_json: bool, plain: bool) -> int:
    """Print the whole audit, one JSON object a line, oldest first; no worker needed."""
    import msgspec

    from entraclaw_tui.macos.places import Places
    from entraclaw_tui.macos.plain_files import lines_of, open_plain
    from entraclaw_tui.model.consent import AuditEntry

    unreadable = 0
    for path in sorted(Places.of(open_host(settings)).audit_dir.glob("????-??-??.jsonl")):
        try:
            with open_plain(path) as file:
                for line in lines_of(file):
                    try:
                        entry = msgspec.json.decode(line, type=AuditEntry)
                    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                        unreadable += 1
                        continue
                    click.echo(json.dumps(msgspec.to_builtins(entry), separators=(",", ":")))
        except OSError as error:
            raise Stop(
                f"{path.name} cannot be read further: {error.strerror}.", exits.ERRORS
            ) from None
    if unreadable:
        told = "1 line is no entry" if unreadable == 1 else f"{unreadable} lines are no entries"
        raise Stop(f"{told}; `audit verify` names the first break.", exits.ERRORS)
    return exits.FINE

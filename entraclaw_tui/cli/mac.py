"""What is read from the Mac itself: jobs, Keychain, privacy, signature. No worker is needed."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, open_host
from entraclaw_tui.cli.options import json_option, watch_option
from entraclaw_tui.cli.output import (
    age,
    explain,
    look,
    now,
    outcome,
    print_json,
    print_line,
    print_table,
)


@click.command()
@click.option("--all", "every", is_flag=True, help="Every job of the domain.")
@click.argument("label", required=False)
@json_option
@watch_option
@click.pass_obj
def jobs(
    settings: Settings, every: bool, label: str | None, as_json: bool, plain: bool, watch: bool
) -> int:
    """The agent's launchd job, the job LABEL, or all jobs of the domain."""
    from entraclaw_tui.macos.jobs import read_domain, read_job
    from entraclaw_tui.macos.places import LABEL
    from entraclaw_tui.model.source import Loaded

    host = open_host(settings)

    async def domain() -> int:
        source = await read_domain(host)
        if as_json:
            print_json(source)
        elif isinstance(source, Loaded):
            rows = [
                (str(row.pid or "-"), row.status or "-", "off" if row.disabled else "", row.label)
                for row in source.value.rows
            ]
            print_table(("pid", "status", "", "label"), rows, "This domain has no jobs.")
        else:
            explain(source)
        return outcome(source)

    async def one() -> int:
        source = await read_job(host, label or LABEL)
        if as_json:
            print_json(source)
        elif isinstance(source, Loaded):
            job = source.value
            facts = {
                "label": job.label,
                "domain": job.domain,
                "state": job.state,
                "pid": str(job.pid or "-"),
                "runs": str(job.runs if job.runs is not None else "-"),
                "last exit": job.last_signal or job.last_reason or job.last_exit,
                "program": host.shown(job.program),
                "plist": host.shown(job.path),
            }
            print_table(("job", ""), list(facts.items()), "")
        else:
            explain(source)
        return outcome(source)

    return look(domain if every else one, watch=watch)


@click.command()
@json_option
@click.pass_obj
def keychain(settings: Settings, as_json: bool, plain: bool) -> int:
    """The agent's Keychain items, without their secrets."""
    from entraclaw_tui.macos.keychain import read_keychain
    from entraclaw_tui.model.source import Loaded

    host = open_host(settings)

    async def once() -> int:
        source = await read_keychain(host)
        if as_json:
            print_json(source)
        elif isinstance(source, Loaded):
            rows = [
                (
                    item.account,
                    item.service,
                    age(item.created_at, now()),
                    age(item.modified_at, now()),
                )
                for item in source.value.items
            ]
            print_table(
                ("account", "service", "created", "changed"), rows, "The agent has no items."
            )
            print_line(f"{source.value.others} items of other programs are not shown.")
        else:
            explain(source)
        return outcome(source)

    return look(once, watch=False)


@click.command()
@json_option
@click.pass_obj
def privacy(settings: Settings, as_json: bool, plain: bool) -> int:
    """What macOS has allowed or denied (TCC)."""
    from entraclaw_tui.macos.privacy import read_privacy
    from entraclaw_tui.model.source import Loaded

    host = open_host(settings)

    async def once() -> int:
        source = await read_privacy(host)
        if as_json:
            print_json(source)
        elif isinstance(source, Loaded):
            rows = [
                (
                    grant.name,
                    grant.state,
                    host.shown(grant.client) if grant.client_is_path else grant.client,
                    grant.target,
                    grant.scope,
                )
                for grant in source.value.grants
            ]
            print_table(
                ("what", "state", "program", "target", "database"), rows, "No grants were found."
            )
            if source.value.user_database != "read":
                print_line(f"Your own privacy database: {source.value.user_database}.")
            if source.value.system_database != "read":
                print_line(f"The system's privacy database: {source.value.system_database}.")
        else:
            explain(source)
        return outcome(source)

    return look(once, watch=False)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def signature(settings: Settings, path: Path, as_json: bool, plain: bool) -> int:
    """The code signature of the program PATH, as a path of the Mac."""
    from entraclaw_tui.macos.signature import read_signature

    host = open_host(settings)
    place = path if str(path).startswith(str(host.root)) else host.path(str(path.absolute()))

    async def once() -> int:
        found = await read_signature(host, place)
        if as_json:
            print_json(found)
        else:
            facts = {
                field: ", ".join(value) if isinstance(value, tuple) else str(value)
                for field, value in msgspec.structs.asdict(found).items()
            }
            facts["path"] = host.shown(found.path)
            print_table(("signature", ""), [(k, v or "-") for k, v in facts.items()], "")
        return exits.FINE if found.status == "valid" else exits.WARNED

    return look(once, watch=False)

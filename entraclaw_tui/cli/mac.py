"""What is read from the Mac itself: Keychain and privacy. No worker is needed."""

from __future__ import annotations

import click

from entraclaw_tui.cli.context import Settings, open_host
from entraclaw_tui.cli.options import json_option
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

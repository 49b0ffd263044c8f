"""The agent's Keychain items, the keychain's state, and, where asked, who can read the items."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from entraclaw_tui.macos.keychain_readers import Readers
    from entraclaw_tui.model.keychain import Keychain, KeychainState


@click.group(invoke_without_command=True)
@json_option
@watch_option
@click.pass_context
def keychain(ctx: click.Context, as_json: bool, plain: bool, watch: bool) -> int:
    """The agent's Keychain items, without their secrets."""
    from entraclaw_tui.macos.keychain import read_keychain
    from entraclaw_tui.macos.keychain_state import read_state
    from entraclaw_tui.model.source import Loaded

    if ctx.invoked_subcommand is not None:
        return exits.FINE
    host = open_host(ctx.obj)

    async def once() -> int:
        source, state = await asyncio.gather(read_keychain(host), read_state(host))
        if isinstance(source, Loaded):
            whole = msgspec.structs.replace(source.value, state=state)
            if as_json:
                print_json(_told(whole, source.at))
            else:
                _print(whole, state)
        elif as_json:
            print_json(source)
        else:
            explain(source)
        return outcome(source)

    return look(once, watch=watch, as_json=as_json)


@keychain.command()
@click.argument("account", required=False)
@json_option
@click.pass_obj
def readers(settings: Settings, account: str | None, as_json: bool, plain: bool) -> int:
    """Who can read the agent's items, or the one filed under ACCOUNT.

    macOS may ask for a password at the Mac's screen while this runs. Exit code 1: there is one
    that the agent's own program cannot read.
    """
    from entraclaw_tui.macos.keychain_access import WARNING
    from entraclaw_tui.macos.keychain_readers import read_readers
    from entraclaw_tui.model.source import Empty, Loaded

    host = open_host(settings)

    async def once() -> int:
        if not as_json:
            click.echo(WARNING, err=True)
        source = await read_readers(host)
        if isinstance(source, Loaded) and account is not None:
            chosen = tuple(one for one in source.value if one.item.account == account)
            source = Loaded(chosen, source.at) if chosen else Empty(f"No item is {account}.")
        if as_json:
            print_json(source)
        elif isinstance(source, Loaded):
            _print_readers(source.value)
        else:
            explain(source)
        if isinstance(source, Loaded):
            foreign = any(one.agent_reads is False for one in source.value)
            return exits.WARNED if foreign else exits.FINE
        return exits.ERRORS if account is not None else outcome(source)

    return look(once, watch=False)


@keychain.command()
@click.option("--ask", is_flag=True, help="Ask even where a locked one answers with a dialog.")
@json_option
@watch_option
@click.pass_obj
def state(settings: Settings, ask: bool, as_json: bool, plain: bool, watch: bool) -> int:
    """Whether the login keychain is open, when it locks, which keychains are searched.

    Exit code 1: it is locked.
    """
    from entraclaw_tui.macos.keychain_state import read_state

    host = open_host(settings)

    async def once() -> int:
        found = await read_state(host, asked=ask)
        if as_json:
            print_json(found)
        else:
            _print_state(found)
        return exits.WARNED if found.locked else exits.FINE

    return look(once, watch=watch, as_json=as_json)


def _told(keychain: Keychain, at: float) -> dict[str, Any]:
    """Return the keychain as JSON, each item with what its account's name tells."""
    from entraclaw_tui.macos.keychain_names import named

    value: dict[str, Any] = msgspec.to_builtins(keychain)
    for item in value["items"]:
        item["secret"] = msgspec.to_builtins(named(item["account"]))
    return {"type": "loaded", "value": value, "at": at}


def _print(keychain: Keychain, state: KeychainState) -> None:
    from entraclaw_tui.macos.keychain_names import named

    rows = []
    for item in keychain.items:
        name = named(item.account)
        rows.append(
            (
                name.kind or item.kind,
                name.agent or "-",
                item.account,
                age(item.created_at, now()),
                age(item.modified_at, now()),
            )
        )
    print_table(
        ("secret", "agent", "account", "created", "written"), rows, "The agent has no items."
    )
    print_line(f"{keychain.others} items of other programs are not shown.")
    _print_state(state)


def _print_state(state: KeychainState) -> None:
    from entraclaw_tui.macos.keychain_state import UNLOCK, words

    unknown = "Whether the login keychain is open is not known."
    print_line(unknown if state.locked is None else f"The login keychain is {words(state)}.")
    if state.note:
        print_line(state.note)
    if state.locked:
        print_line(f"Next: `{UNLOCK}`, which opens it for the session it runs in.")
    for number, path in enumerate(state.search, start=1):
        print_line(f"searched {number}: {path}")


def _print_readers(found: tuple[Readers, ...]) -> None:
    for one in found:
        print_line(f"{one.item.account}: {one.verdict}")
        for line in one.lines:
            print_line(f"    {line}")
        if one.maker:
            print_line(f"    made by {one.maker}")

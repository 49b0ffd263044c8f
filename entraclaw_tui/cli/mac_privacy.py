"""What macOS has allowed (TCC): each row, whether it fits what runs now, where it is changed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click
import msgspec

from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option, watch_option
from entraclaw_tui.cli.output import age, explain, look, now, outcome, print_json, print_line
from entraclaw_tui.cli.output import print_table as print_rows
from entraclaw_tui.model.source import Empty, Failed, Loaded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.macos.tcc_match import Match
    from entraclaw_tui.model.privacy import Privacy, PrivacyGrant


@click.command()
@json_option
@watch_option
@click.pass_obj
def privacy(settings: Settings, as_json: bool, plain: bool, watch: bool) -> int:
    """What macOS has allowed or denied (TCC), and whether that is about what runs now."""
    from entraclaw_tui.macos.tcc_match import read_matches

    host = open_host(settings)

    async def once() -> int:
        source = await _read(host)
        if not isinstance(source, Loaded):
            if as_json:
                print_json(source)
            else:
                explain(source)
            return outcome(source)
        matches = await read_matches(host, source.value.grants)
        if as_json:
            print_json(_told(source.value, matches, source.at))
        else:
            await _print(host, source.value, matches)
        return outcome(source)

    return look(once, watch=watch, as_json=as_json)


async def _read(host: Host) -> Loaded[Privacy] | Empty | Failed:
    from entraclaw_tui.macos import privacy, privacy_asking, system

    return await privacy_asking.read(
        lambda: privacy.read_privacy(host),
        lambda: _of_worker(host),
        lambda: _program(host),
        over_ssh=system.over_ssh(),
    )


async def _of_worker(host: Host) -> Loaded[Privacy] | Empty | Failed | None:
    from entraclaw_tui.cli.link import control
    from entraclaw_tui.ipc.errors import ConnectionLost, WireError
    from entraclaw_tui.ipc.messages import Nothing, PrivacyResult

    with contextlib.suppress(Stop, WireError, ConnectionLost):
        async with control(host) as connection:
            return (await connection.call("privacy.read", Nothing(), PrivacyResult)).privacy
    return None


async def _program(host: Host) -> str:
    from entraclaw_tui.macos.job_story import read_program

    found = await read_program(host)
    return found.value.real if isinstance(found, Loaded) else ""


def _told(privacy: Privacy, matches: Sequence[Match], at: float) -> dict[str, Any]:
    """Return the rows as JSON, each with its meaning, its place in System Settings, and its fit."""
    from entraclaw_tui.macos import privacy_words
    from entraclaw_tui.macos.tcc_services import settings_url

    value: dict[str, Any] = msgspec.to_builtins(privacy)
    for row, grant, match in zip(value["grants"], privacy.grants, matches, strict=True):
        row["meaning"] = privacy_words.meaning(grant)
        row["settings"] = {
            "place": privacy_words.settings_place(grant.service),
            "url": settings_url(grant.service),
        }
        row["match"] = msgspec.to_builtins(match)
    return {"type": "loaded", "value": value, "at": at}


async def _print(host: Host, privacy: Privacy, matches: Sequence[Match]) -> None:
    from entraclaw_tui.macos import privacy_words, system
    from entraclaw_tui.macos.tcc_rows import DENIED, READ

    rows = [_row(host, grant, match) for grant, match in zip(privacy.grants, matches, strict=True)]
    head = ("what", "state", "fits", "program", "target", "since", "because", "database")
    print_rows(head, rows, "macOS has been asked nothing.")
    for grant, match in zip(privacy.grants, matches, strict=True):
        if match.fits is False:
            print_line(f"{grant.name}: {match.words}")
    if privacy.read_by:
        print_line("The worker read them: this terminal may not.")
    for whose, state in (
        ("Your own privacy database", privacy.user_database),
        ("The system's privacy database", privacy.system_database),
    ):
        if state != READ:
            print_line(f"{whose}: {privacy_words.database(state)}.")
    if privacy.note:
        print_line(privacy.note)
    if DENIED in (privacy.user_database, privacy.system_database):
        step = privacy_words.next_step(
            privacy,
            await _program(host),
            by_worker=await _of_worker(host) is not None,
            over_ssh=system.over_ssh(),
        )
        print_line(f"Next: {step}")


def _row(host: Host, grant: PrivacyGrant, match: Match) -> tuple[str, ...]:
    from entraclaw_tui.macos import privacy_words

    return (
        grant.name,
        grant.state,
        {True: "yes", False: "no", None: "-"}[match.fits],
        host.shown(grant.client) if grant.client_is_path else grant.client,
        grant.target or "-",
        age(grant.changed_at, now()),
        privacy_words.reason(grant),
        grant.scope,
    )

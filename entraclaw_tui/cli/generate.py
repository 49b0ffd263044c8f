"""Files for an administrator: printed, never installed."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json

if TYPE_CHECKING:
    from entraclaw_tui.cli.generating.made import Made
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.model.privacy import Signature


@click.group()
def generate() -> None:
    """Print a file for an administrator, with what to do with it. Nothing is installed."""


@generate.command()
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="NAME",
    help="What to allow, by Apple's name (AddressBook, say); Full Disk Access without it.",
)
@click.option(
    "--automate",
    "receivers",
    multiple=True,
    metavar="BUNDLE",
    help="An application of Apple's that it may control: com.apple.mail, say.",
)
@json_option
@click.pass_obj
def pppc(
    settings: Settings,
    services: tuple[str, ...],
    receivers: tuple[str, ...],
    as_json: bool,
    plain: bool,
) -> int:
    """A configuration profile that allows the agent's program what it needs, for your MDM."""
    from entraclaw_tui.cli.generating import pppc as room
    from entraclaw_tui.cli.generating.made import Refused

    program, signature = asyncio.run(_program(open_host(settings)))
    wanted = services or (() if receivers else room.NEEDED)
    try:
        return _print(room.profile(program, signature, wanted, receivers), as_json)
    except Refused as error:
        raise Stop(str(error), exits.ERRORS) from None


@generate.command()
@json_option
@click.pass_obj
def seatbelt(settings: Settings, as_json: bool, plain: bool) -> int:
    """A sandbox profile for the worker: what it does not allow is denied. Not tried on a Mac."""
    import entraclaw_tui
    from entraclaw_tui.cli.generating.made import Refused
    from entraclaw_tui.cli.generating.seatbelt import Ground, profile
    from entraclaw_tui.macos.places import Places

    host = open_host(settings)
    places = Places.of(host)
    package = os.path.realpath(os.path.dirname(entraclaw_tui.__file__))  # noqa: PTH120
    code = (*(os.path.realpath(p) for p in (sys.prefix, sys.base_prefix)), package)
    ground = Ground(
        host.shown(host.home),
        host.shown(places.config_dir),
        host.shown(places.run_dir),
        os.path.realpath(sys.executable),
        code,
    )
    try:
        return _print(profile(ground), as_json)
    except Refused as error:
        raise Stop(str(error), exits.ERRORS) from None


@generate.command()
@click.option("--automation", is_flag=True, help="Let it send Apple events too.")
@json_option
def entitlements(automation: bool, as_json: bool, plain: bool) -> int:
    """The entitlements of a signed launcher. What to do with them goes to standard error."""
    from entraclaw_tui.cli.generating.launcher import entitlements as make

    return _print(make(automation=automation), as_json)


@generate.command()
@json_option
@click.pass_obj
def newsyslog(settings: Settings, as_json: bool, plain: bool) -> int:
    """Lines for /etc/newsyslog.d, which rotate what launchd catches of the job's output."""
    from entraclaw_tui.cli.generating.made import Refused
    from entraclaw_tui.cli.generating.newsyslog import lines
    from entraclaw_tui.macos.places import Places

    host = open_host(settings)
    places = Places.of(host)
    paths = [host.shown(path) for path in (places.agent_out, places.agent_err)]
    try:
        return _print(lines(paths, host.uid), as_json)
    except Refused as error:
        raise Stop(str(error), exits.ERRORS) from None


@generate.command()
@click.option("--no-desktop", is_flag=True, help="For an account without a desktop login.")
@json_option
@click.pass_obj
def plist(settings: Settings, no_desktop: bool, as_json: bool, plain: bool) -> int:
    """The job's definition, as `agent install` writes it."""
    from entraclaw_tui.cli.generating.made import Made, as_plist
    from entraclaw_tui.macos.agent_plist import DefinitionError, definition
    from entraclaw_tui.macos.places import LABEL, Places

    host = open_host(settings)
    try:
        job = definition(host, sys.executable, desktop=not no_desktop)
    except DefinitionError as error:
        raise Stop(str(error), exits.ERRORS) from None
    place = host.shown(Places.of(host).plist)
    notes = (
        f"The agent's job. `entraclaw-tui agent install` puts it in its place, {place}, with the "
        "folders that it needs, and loads it.",
        f"By hand: mode 0644, then `launchctl bootstrap {host.domain} {place}`, and "
        f"`launchctl print {host.domain}/{LABEL}` to look.",
    )
    return _print(Made("plist", as_plist(job), notes, "<!--"), as_json)


async def _program(host: Host) -> tuple[str, Signature]:
    """Return the agent's program that macOS judges, and its real signature. Raises Stop."""
    from entraclaw_tui.macos.interpreter import find_program, on_disk
    from entraclaw_tui.macos.job_story import read_program
    from entraclaw_tui.macos.signature import read_signature
    from entraclaw_tui.model.source import Loaded

    found = await read_program(host)
    program = (
        found.value
        if isinstance(found, Loaded)
        else await asyncio.to_thread(find_program, host, [sys.executable])
    )
    if program is None or not program.there:
        raise Stop("The agent's program is not there. See `entraclaw-tui doctor`.", exits.ERRORS)
    signature = await read_signature(host, on_disk(host, program.real))
    return program.real, signature


def _print(made: Made, as_json: bool) -> int:
    if as_json:
        print_json({"kind": made.kind, "text": made.text, "notes": made.notes})
        return exits.FINE
    click.echo(str(made), nl=False)
    if not made.comment:
        for note in made.notes:
            click.echo(f"# {note}", err=True)
    return exits.FINE

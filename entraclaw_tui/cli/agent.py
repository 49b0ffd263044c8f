"""The agent's launchd job: install, start, stop. A dry run unless --yes is said."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.agent_credential import credential
from entraclaw_tui.cli.agent_setup import setup
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json

if TYPE_CHECKING:
    from entraclaw_tui.macos.agent_driver import Driver
    from entraclaw_tui.macos.agent_seen import Seen
    from entraclaw_tui.macos.agent_steps import Outcome, Plan
    from entraclaw_tui.macos.host import Host

    Planner = Callable[[Host, Seen], Awaitable[Plan]]

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def agent() -> None:
    """The agent's launchd job. Each command says what it would do, and does it with --yes."""


agent.add_command(credential)
agent.add_command(setup)


def _options(function: F) -> F:
    function = click.option("--yes", is_flag=True, help="Do it; without, it is a dry run.")(
        function
    )
    return json_option(function)


@agent.command()
@_options
@click.pass_obj
def install(settings: Settings, yes: bool, as_json: bool, plain: bool) -> int:
    """Write the job's definition and start the job from it."""

    async def plan(host: Host, seen: Seen) -> Plan:
        from entraclaw_tui.macos import agent_plans
        from entraclaw_tui.macos.agent_plist import DefinitionError, definition

        try:
            wanted = definition(host, sys.executable, desktop=seen.desktop)
        except DefinitionError as error:
            raise Stop(str(error), exits.ERRORS) from None
        record, changed = await asyncio.to_thread(_record, host, sys.executable)
        return agent_plans.install(seen, wanted, sys.executable, record=record, changed=changed)

    return _carry_out(settings, "install", plan, yes=yes, as_json=as_json)


@agent.command()
@click.option("--delete-settings", is_flag=True, help="Settings, grants, audit and logs too.")
@click.option("--delete-keychain", is_flag=True, help="The agent's Keychain items too.")
@_options
@click.pass_obj
def uninstall(
    settings: Settings,
    delete_settings: bool,
    delete_keychain: bool,
    yes: bool,
    as_json: bool,
    plain: bool,
) -> int:
    """Stop the job and remove its definition; settings and Keychain items stay unless told."""

    async def plan(host: Host, seen: Seen) -> Plan:
        from entraclaw_tui.macos import agent_plans
        from entraclaw_tui.macos.places import Places

        return agent_plans.uninstall(
            seen,
            items=await _items(host) if delete_keychain else None,
            keychain=str(Places.of(host).login_keychain),
            folder=_settings(host) if delete_settings else None,
        )

    return _carry_out(settings, "uninstall", plan, yes=yes, as_json=as_json)


@agent.command()
@_options
@click.pass_obj
def start(settings: Settings, yes: bool, as_json: bool, plain: bool) -> int:
    """Load and start the job, now and at every login."""
    return _simple(settings, "start", yes=yes, as_json=as_json)


@agent.command()
@_options
@click.pass_obj
def stop(settings: Settings, yes: bool, as_json: bool, plain: bool) -> int:
    """Stop the job, and keep it from starting at the next login."""
    return _simple(settings, "stop", yes=yes, as_json=as_json)


@agent.command()
@_options
@click.pass_obj
def restart(settings: Settings, yes: bool, as_json: bool, plain: bool) -> int:
    """Start the job anew; a changed definition is loaded anew."""
    return _simple(settings, "restart", yes=yes, as_json=as_json)


@agent.command()
@_options
@click.pass_obj
def enable(settings: Settings, yes: bool, as_json: bool, plain: bool) -> int:
    """Let launchd load the job again. Starts nothing."""
    return _simple(settings, "enable", yes=yes, as_json=as_json)


@agent.command()
@_options
@click.pass_obj
def disable(settings: Settings, yes: bool, as_json: bool, plain: bool) -> int:
    """Keep launchd from loading the job from now on. Stops nothing."""
    return _simple(settings, "disable", yes=yes, as_json=as_json)


def _simple(settings: Settings, verb: str, *, yes: bool, as_json: bool) -> int:
    async def plan(_: Host, seen: Seen) -> Plan:
        from entraclaw_tui.macos import agent_plans

        plans: dict[str, Callable[[Seen], Plan]] = {
            "start": agent_plans.start,
            "stop": agent_plans.stop,
            "restart": agent_plans.restart,
            "enable": agent_plans.enable,
            "disable": agent_plans.disable,
        }
        return plans[verb](seen)

    return _carry_out(settings, verb, plan, yes=yes, as_json=as_json)


async def _items(host: Host) -> tuple[str, ...]:
    """Return the accounts of the agent's Keychain items. Raises Stop where they stay unknown."""
    from entraclaw_tui.macos.keychain import read_keychain
    from entraclaw_tui.model.source import Empty, Failed

    source = await read_keychain(host)
    if isinstance(source, Empty):
        return ()
    if isinstance(source, Failed):
        raise Stop(f"{source.reason} {source.hint}".strip(), exits.ERRORS)
    return tuple(sorted({item.account for item in source.value.items}))


def _record(host: Host, python: str) -> tuple[str | None, str]:
    """Return where to record the program, None where it is recorded; and what changed since."""
    from entraclaw_tui.macos import install_record
    from entraclaw_tui.macos.places import Places

    found = install_record.look(host)
    place = str(Places.of(host).install_record)
    if found is None or not install_record.fits(found.record, python):
        return place, ""
    if not found.changes:
        return None, ""
    parts = " and the ".join(change.what for change in found.changes)
    return place, f"The {parts} changed since the agent was installed."


def _settings(host: Host) -> str:
    """Return the folder of everything of ours, empty where there is none."""
    from entraclaw_tui.macos.places import Places

    places = Places.of(host)
    folder = places.config_dir
    # Our own lock may be all that is in it.
    kept = folder.is_dir() and any(path != places.agent_lock for path in folder.iterdir())
    return str(folder) if kept else ""


def _carry_out(settings: Settings, verb: str, planner: Planner, *, yes: bool, as_json: bool) -> int:
    """Look, plan, tell; with `yes` do it, one command at a time. Returns the exit code."""
    from entraclaw_tui.cli.agent_words import Lines
    from entraclaw_tui.macos.agent_driver import INTERRUPTED, Driver, foreseen
    from entraclaw_tui.macos.agent_lock import AgentLock, Busy
    from entraclaw_tui.macos.agent_seen import look
    from entraclaw_tui.macos.agent_steps import Outcome, Verb
    from entraclaw_tui.macos.places import Places
    from entraclaw_tui.model.source import Failed

    host = open_host(settings)
    if yes and settings.readonly:
        raise Stop("--readonly changes nothing; leave out --yes.", exits.USAGE)
    if not host.pretend and host.uid == 0:
        raise Stop("The agent belongs to a person: run this as yourself, not as root.", exits.USAGE)
    lines = Lines(host, silent=as_json)
    driver: Driver | None = None
    plan: Plan | None = None

    async def work() -> Outcome:
        nonlocal driver, plan
        seen = await look(host)
        if isinstance(seen, Failed):
            return Outcome(exits.TRY_AGAIN, seen.reason, seen.hint)
        plan = await planner(host, seen)
        lines.head(plan)
        if not yes:
            lines.steps(plan)
            return foreseen(plan)
        driver = Driver(host, plan, lines)
        return await driver.carry_out()

    lock = AgentLock(Places.of(host), Verb(verb)) if yes else contextlib.nullcontext()
    try:
        with lock:
            outcome = asyncio.run(work())
    except Busy as error:
        outcome = Outcome(exits.TRY_AGAIN, str(error), "Run this again once it has ended.")
    except OSError as error:
        what = host.shown(error.filename or "")
        outcome = Outcome(exits.ERRORS, f"{what}: {error.strerror or error}.")
    except KeyboardInterrupt:
        nothing = Outcome(INTERRUPTED, "Interrupted before anything was changed.")
        outcome = driver.interrupted() if driver else nothing
    if as_json:
        print_json({"dry_run": not yes, "plan": plan, "outcome": outcome})
    else:
        lines.outcome(outcome)
    return outcome.exit

"""Findings on the command line, worst first; with --fix, what can be mended by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json, print_line

if TYPE_CHECKING:
    from entraclaw_tui.doctor.evidence import WorkerWord
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.model.finding import Finding

ANSWER_SECONDS = 3.0


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be undone and needs nobody.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask before it begins.")
@json_option
@click.pass_obj
def doctor(settings: Settings, fix: bool, yes: bool, as_json: bool, plain: bool) -> int:
    """Why something does not work. Exit code 0: nothing found; 1: warnings; 2: errors.

    `--fix` shows which repairs it would run, asks, runs them, looks again after each, and says
    what is left.
    """
    from entraclaw_tui.doctor.findings import examine, ordered

    host = open_host(settings)
    if yes and not fix:
        raise Stop("--yes goes with --fix.", exits.USAGE)
    if fix:
        if settings.readonly:
            raise Stop("--readonly changes nothing; leave out --fix.", exits.USAGE)
        from entraclaw_tui.cli.doctor_fix import mend

        return asyncio.run(mend(host, yes=yes, as_json=as_json))
    found = asyncio.run(examine(host, ask=lambda: ask_worker(host)))
    found = ordered([*found, *of_the_panel(host)])
    if as_json:
        print_json(found)
    else:
        print_findings(host, found)
    return exit_code(found)


def of_the_panel(host: Host) -> list[Finding]:
    """Return what is wrong with the panel's own settings."""
    from entraclaw_tui.dashboard import settings_findings
    from entraclaw_tui.macos.places import Places

    config = Places.of(host).config
    return settings_findings.found(config, host.shown(config))


async def ask_worker(host: Host) -> WorkerWord:
    """Ask the worker how it is."""
    from entraclaw_tui.cli.link import snapshot
    from entraclaw_tui.doctor.evidence import WorkerWord

    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            told = (await snapshot(host)).worker
    except Stop as error:
        return WorkerWord(False, reason=error.message)
    except TimeoutError:
        return WorkerWord(False, reason=f"no answer within {ANSWER_SECONDS:g} s")
    return WorkerWord(
        True,
        told.keychain,
        told.storage,
        told.paused,
        told.note,
        waits_for=told.waits_for,
        certificates=told.certificates,
    )


def exit_code(found: list[Finding]) -> int:
    """Return the exit code for findings; notes are no trouble."""
    severities = {finding.severity.value for finding in found}
    if "error" in severities:
        return exits.ERRORS
    return exits.WARNED if "warning" in severities else exits.FINE


def print_findings(host: Host, found: list[Finding]) -> None:
    """Print what was found, or that nothing was."""
    if not found:
        print_line("Nothing is wrong that can be seen from here.")
    for finding in found:
        print_line(f"{finding.severity.value}: {finding.sentence}")
        for line in finding.evidence:
            print_line(f"    saw   {host.shown(line)}")
        print_line(f"    why   {finding.explanation}")
        if finding.repair is not None:
            print_line(f"    mend  {finding.repair.words}")
            if finding.repair.command:
                from entraclaw_tui.doctor.repairs import shell

                print_line(f"          {shell(host, finding.repair)}")

"""Findings on the command line, worst first; with --fix, what can be mended by itself."""

from __future__ import annotations

import asyncio

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.doctor_look import exit_code, look
from entraclaw_tui.cli.doctor_report import print_findings
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json


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
    host = open_host(settings)
    if yes and not fix:
        raise Stop("--yes goes with --fix.", exits.USAGE)
    if fix:
        if settings.readonly:
            raise Stop("--readonly changes nothing; leave out --fix.", exits.USAGE)
        from entraclaw_tui.cli.doctor_fix import mend

        return asyncio.run(mend(host, yes=yes, as_json=as_json))
    found = asyncio.run(look(host))
    if as_json:
        print_json(found)
    else:
        print_findings(host, found)
    return exit_code(found)

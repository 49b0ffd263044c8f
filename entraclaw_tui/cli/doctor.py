"""Findings on the command line, worst first."""

from __future__ import annotations

import shlex

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import look, print_json, print_line


@click.command()
@json_option
@click.pass_obj
def doctor(settings: Settings, as_json: bool, plain: bool) -> int:
    """Why something does not work. Exit code 0: nothing found; 1: warnings; 2: errors."""
    from entraclaw_tui.doctor.findings import examine
    from entraclaw_tui.model.finding import Severity

    host = open_host(settings)
    order = list(Severity)

    async def once() -> int:
        found = sorted(await examine(host), key=lambda finding: order.index(finding.severity))
        if as_json:
            print_json(found)
        for finding in [] if as_json else found:
            print_line(f"{finding.severity.value}: {finding.sentence}")
            for line in finding.evidence:
                print_line(f"    saw   {host.shown(line)}")
            print_line(f"    why   {finding.explanation}")
            if finding.repair is not None:
                print_line(f"    mend  {finding.repair.words}")
                if finding.repair.command:
                    print_line(f"          {shlex.join(finding.repair.command)}")
        if not found and not as_json:
            print_line("Nothing is wrong that can be seen from here.")
        worst = min((order.index(finding.severity) for finding in found), default=len(order))
        return {0: exits.ERRORS, 1: exits.WARNED}.get(worst, exits.FINE)

    return look(once, watch=False)

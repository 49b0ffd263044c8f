"""Findings as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entraclaw_tui.cli.output import print_line

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.model.finding import Finding


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

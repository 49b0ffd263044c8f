"""Looking for what is wrong: on the Mac, in the worker's own word, in the panel's settings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Stop

if TYPE_CHECKING:
    from entraclaw_tui.doctor.evidence import WorkerWord
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.model.finding import Finding

ANSWER_SECONDS = 3.0


async def look(host: Host) -> list[Finding]:
    """Return all findings, worst first."""
    from entraclaw_tui.doctor.findings import examine, ordered

    found = await examine(host, ask=lambda: ask_worker(host))
    return ordered([*found, *_of_the_panel(host)])


def _of_the_panel(host: Host) -> list[Finding]:
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

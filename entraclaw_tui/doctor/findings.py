"""All checks, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from entraclaw_tui.doctor import definition, files, grants, job, secrets
from entraclaw_tui.doctor.evidence import Evidence, gather
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.finding import Finding, Severity

Check = Callable[[Evidence], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    definition.missing,
    definition.unreadable,
    definition.wrong_mode,
    definition.tilde,
    definition.program_missing,
    definition.stale,
    definition.socket_path,
    job.not_told,
    job.disabled,
    job.not_loaded,
    job.not_running,
    job.pended,
    job.config_exit,
    job.crash_loop,
    job.program_changed,
    files.open_to_others,
    files.owned_by_others,
    secrets.not_told,
    secrets.key_missing,
    secrets.pin_missing,
    secrets.duplicates,
    grants.not_readable,
    grants.gone,
    grants.changed,
    grants.once_only,
)


async def examine(host: Host) -> list[Finding]:
    """Look at the Mac and return what does not work, the worst first."""
    return judge(await gather(host))


def judge(evidence: Evidence, checks: Iterable[Check] = CHECKS) -> list[Finding]:
    """Return what the checks find in evidence that was gathered, the worst first."""
    found = [finding for check in checks for finding in check(evidence)]
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))

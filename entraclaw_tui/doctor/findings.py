"""All checks, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from entraclaw_tui.doctor import (
    certificate,
    contents,
    deaths,
    definition,
    files,
    grants,
    installed,
    job,
    program,
    records,
    secrets,
    session,
    settings,
    worker,
)
from entraclaw_tui.doctor.evidence import AskWorker, Evidence, gather
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Loaded

Check = Callable[[Evidence], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    definition.missing,
    definition.unreadable,
    definition.wrong_mode,
    definition.tilde,
    definition.program_missing,
    definition.stale,
    definition.socket_path,
    contents.relative,
    contents.other_label,
    contents.never_starts,
    contents.loads_code,
    contents.holds_secrets,
    contents.protected_place,
    contents.wrong_session,
    contents.open_sockets,
    job.not_told,
    job.disabled,
    job.not_loaded,
    job.not_running,
    job.ending,
    job.pended,
    job.config_exit,
    job.crash_loop,
    job.program_changed,
    deaths.library_missing,
    deaths.not_executable,
    deaths.killed_by_privacy,
    deaths.killed_by_guard,
    deaths.killed_for_memory,
    worker.silent,
    worker.waits,
    worker.keychain_refused,
    worker.storage_degraded,
    worker.paused,
    worker.items_foreign,
    worker.entitlements_missing,
    session.login_items_off,
    session.throttled,
    session.code_requirement_old,
    session.sockets_missing,
    session.socket_blocked,
    session.disk_full,
    session.home_elsewhere,
    session.clock_back,
    session.clock_refused,
    session.certificate_refused,
    certificate.ending,
    session.secrets_in_session,
    session.unprotected,
    session.keychain_locked,
    session.keychain_locks,
    program.damaged,
    program.unsigned,
    program.quarantined,
    program.shim,
    program.adhoc,
    program.versioned,
    program.two_pythons,
    installed.changed,
    settings.unreadable,
    settings.incomplete,
    settings.foreign_authority,
    settings.missing,
    records.folders_missing,
    records.folders_locked,
    records.database_damaged,
    records.audit_damaged,
    records.logs_grown,
    records.links,
    files.open_to_others,
    files.owned_by_others,
    secrets.not_told,
    secrets.key_missing,
    secrets.pin_missing,
    secrets.duplicates,
    secrets.orphaned,
    secrets.keyring_chosen,
    grants.not_readable,
    grants.gone,
    grants.changed,
    grants.once_only,
    grants.unreadable,
    grants.of_the_terminal,
    grants.bound_to_a_build,
    grants.automation_denied,
    grants.moved,
)


async def examine(
    host: Host, privacy: Loaded[Privacy] | None = None, ask: AskWorker | None = None
) -> list[Finding]:
    """Look at the Mac and return what does not work, the worst first.

    `privacy` are grants that somebody has read already, who may be allowed more than this program;
    `ask` asks the worker, where it runs.
    """
    return judge(await gather(host, privacy, ask))


def judge(evidence: Evidence, checks: Iterable[Check] = CHECKS) -> list[Finding]:
    """Return what the checks find in evidence that was gathered, the worst first."""
    return ordered(finding for check in checks for finding in check(evidence))


def ordered(found: Iterable[Finding]) -> list[Finding]:
    """Return findings with the worst first."""
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))

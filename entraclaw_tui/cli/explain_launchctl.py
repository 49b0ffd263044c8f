"""Saved outputs of launchctl."""

from __future__ import annotations

import io

from entraclaw_tui.cli import explain_jobs
from entraclaw_tui.cli.explain_report import (
    Capture,
    Report,
    Unreadable,
    as_raw,
    fields,
    worst_first,
)
from entraclaw_tui.macos import launchctl_keys, launchctl_print
from entraclaw_tui.macos.hidden import shown
from entraclaw_tui.macos.jobs import parse_disabled, parse_domain, parse_login_items, parse_service
from entraclaw_tui.macos.launchctl_capture import tidied
from entraclaw_tui.macos.launchctl_dump import parse_dumpstate
from entraclaw_tui.macos.launchctl_environment import environments
from entraclaw_tui.macos.launchctl_list import parse_list, parse_listed, wait_status
from entraclaw_tui.macos.launchctl_refusals import parse_refusal
from entraclaw_tui.model.job import Domain, Job


def service(capture: Capture) -> Report:
    """`launchctl print DOMAIN/LABEL`."""
    text = tidied(capture.text)
    job = parse_service(text)
    if not job.label:
        return _without_block(capture, text)
    hidden = environments(text)
    typed = {
        **fields(job, "raw"),
        "alive": job.alive,
        "throttled": job.throttled,
        "needs_reload": job.needs_reload,
        "details": _details(job.raw),
        "environments": {kind: shown(values, capture.show) for kind, values in hidden.items()},
    }
    return Report(
        capture.kind, typed, as_raw(job.raw), worst_first(explain_jobs.of_job(job, hidden))
    )


def domain(capture: Capture) -> Report:
    """`launchctl print DOMAIN`."""
    text = tidied(capture.text)
    found = parse_domain(text)
    if not found.name:
        return _without_block(capture, text)
    hidden = environments(text)
    typed = {
        **fields(found, "raw"),
        "on_demand_only": found.on_demand_only,
        "details": _details(found.raw),
        "environments": {kind: shown(values, capture.show) for kind, values in hidden.items()},
    }
    return Report(
        capture.kind, typed, as_raw(found.raw), worst_first(explain_jobs.of_domain(found, hidden))
    )


def listing(capture: Capture) -> Report:
    """`launchctl list`, or `launchctl list LABEL`."""
    text = capture.text.replace("\r\n", "\n")
    if job := parse_listed(text):
        if not job.raw:
            raise Unreadable(_not_of(capture))
        ended = "" if job.wait_status is None else wait_status(job.wait_status)
        typed = {**fields(job, "raw"), "alive": job.pid is not None, "ended": ended}
        return Report(
            capture.kind, typed, as_raw(job.raw), worst_first(explain_jobs.of_listed(job))
        )
    rows = parse_list(text)
    if not rows:
        return _refused(capture, text)
    raw = [(row.label, f"{row.pid or '-'}\t{row.status}") for row in rows]
    return Report(
        capture.kind, {"jobs": rows}, as_raw(raw), worst_first(explain_jobs.of_rows(rows))
    )


def overrides(capture: Capture) -> Report:
    """`launchctl print-disabled DOMAIN`."""
    text = tidied(capture.text)
    block = launchctl_print.parse(text).block("disabled services")
    if block is None:
        return _refused(capture, text)
    disabled, login_items = parse_disabled(text), parse_login_items(text)
    return Report(
        capture.kind,
        {"disabled": disabled, "login_items": login_items, "complete": block.ended},
        as_raw(block.pairs()),
        worst_first(explain_jobs.of_overrides(disabled, login_items)),
    )


def dumpstate(capture: Capture) -> Report:
    """`launchctl dumpstate`: counts, and the jobs that something is wrong with."""
    jobs, domains, alive, cut = 0, 0, 0, 0
    findings = []
    for found in parse_dumpstate(io.StringIO(capture.text)):
        cut += not found.complete
        if isinstance(found, Domain):
            domains += 1
            findings += [f for f in explain_jobs.of_domain(found, {}) if f.id == "on-demand-only"]
        elif isinstance(found, Job) and found.label:
            jobs += 1
            alive += found.alive
            findings += explain_jobs.of_job(found, {})
    if not jobs and not domains:
        raise Unreadable(_not_of(capture))
    typed: dict[str, object] = {"domains": domains, "jobs": jobs, "alive": alive, "cut": cut}
    return Report(capture.kind, typed, {}, worst_first(findings))


def refusal(capture: Capture) -> Report:
    """What launchctl wrote to standard error."""
    return _refused(capture, capture.text)


def _without_block(capture: Capture, text: str) -> Report:
    """Explain a text without the line that names a service or domain: a refusal or an excerpt."""
    if rows := parse_list(text):
        return Report(
            capture.kind, {"complete": False, "jobs": rows}, {}, (explain_jobs.excerpt(),)
        )
    lines = [
        (key, value)
        for key, value in launchctl_print.parse(text).scalars()
        if launchctl_keys.known(key)
    ]
    if not lines:
        return _refused(capture, text)
    # Whose lines they are is not told, so nothing is said of a process.
    typed: dict[str, object] = {"complete": False, "details": _details(tuple(lines))}
    return Report(capture.kind, typed, as_raw(lines), (explain_jobs.excerpt(),))


def _refused(capture: Capture, text: str) -> Report:
    found = parse_refusal(text)
    if found is None:
        raise Unreadable(_not_of(capture))
    words, hint = found.words
    typed: dict[str, object] = {
        "refusal": found.code,
        "said": found.said,
        "target": found.target,
        "means": words,
        "next_step": hint,
    }
    return Report(capture.kind, typed, {}, (explain_jobs.refused(found),))


def _not_of(capture: Capture) -> str:
    if not capture.data.strip():
        return "The capture is empty; launchctl writes its refusals to standard error."
    return f"This does not look like an output of the kind {capture.kind}."


def _details(raw: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """Return what is printed under known keys, in the form that each has."""
    return {
        key: launchctl_keys.typed(key, value)
        for key, value in reversed(raw)
        if launchctl_keys.known(key)
    }

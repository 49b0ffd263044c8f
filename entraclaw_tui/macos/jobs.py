"""launchd's jobs and domains, read by `launchctl print`."""

from __future__ import annotations

import re
import time

from entraclaw_tui.macos import launchctl_errors, launchctl_print
from entraclaw_tui.macos.host import Host, Ran, ToolError
from entraclaw_tui.macos.launchctl_keys import exit_status, number, signal_number
from entraclaw_tui.macos.launchctl_print import Block
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.job import Domain, Job, JobRow
from entraclaw_tui.model.source import Empty, Failed, Loaded

LAUNCHCTL = "/bin/launchctl"

_DOMAIN_CAP = 16 * 1024 * 1024
# A full target; up to 10.15 `print` shows the bare label.
_TARGET = re.compile(r"(system|(?:gui|user|login|session|pid)/-?\d+)/(.*)", re.DOTALL)


def parse_service(text: str) -> Job:
    """Return the job that `launchctl print DOMAIN/LABEL` describes.

    Text that describes no job gives one without a label. Where the output was cut, `complete` is
    False and what is missing is unknown.
    """
    tree = launchctl_print.parse(text)
    body = next(tree.blocks(), None)
    if body is None or body.depth != 0 or body.name[:1].isspace():
        return Job(label="", domain="", complete=False)
    target = _TARGET.fullmatch(body.name)
    raw = tuple(body.scalars())
    first = dict(reversed(raw))
    exit_code, exit_name = exit_status(first.get("last exit code", ""))
    return Job(
        label=target[2] if target else body.name,
        domain=target[1] if target else first.get("domain", "").partition(" ")[0],
        state=first.get("state", ""),
        pid=_pid(raw),
        kind=first.get("type", ""),
        exit_code=exit_code,
        exit_name=exit_name,
        signal=signal_number(first.get("last terminating signal", "")),
        spawn_filter=first.get("spawn reason filter", ""),
        job_state=first.get("job state", ""),
        successive_crashes=number(first.get("successive crashes")),
        run_interval_seconds=number(first.get("run interval")),
        managed_by=first.get("managed_by", ""),
        path=first.get("path", ""),
        program=first.get("program") or first.get("program identifier", ""),
        arguments=tuple(_lines(body, "arguments")),
        runs=number(first.get("runs")),
        last_exit=first.get("last exit code", ""),
        last_signal=first.get("last terminating signal", ""),
        last_reason=first.get("last exit reason", ""),
        immediate_reason=first.get("immediate reason", ""),
        pended=first.get("pended nondemand spawn") or first.get("pended spawn", ""),
        throttle_seconds=number(first.get("minimum runtime")),
        exit_timeout_seconds=number(first.get("exit timeout")),
        stdout_path=first.get("stdout path", ""),
        stderr_path=first.get("stderr path", ""),
        spawn_type=first.get("spawn type", ""),
        properties=_properties(body, first),
        sockets=_socket_names(body),
        semaphores=_pairs(body, "semaphores"),
        raw=raw,
        complete=body.ended,
    )


def parse_domain(text: str) -> Domain:
    """Return the domain that `launchctl print DOMAIN` describes, with its services."""
    tree = launchctl_print.parse(text)
    body = next(tree.blocks(), None)
    if body is None or body.depth != 0 or body.name[:1].isspace():
        return Domain(name="", complete=False)
    raw = tuple(body.scalars())
    first = dict(reversed(raw))
    services = body.block("services")
    disabled = _overrides(body.block("disabled services"))
    return Domain(
        name=body.name,
        kind=first.get("type", ""),
        session=first.get("session", ""),
        on_demand_count=number(first.get("on-demand count")),
        rows=tuple(_rows(services.lines(), disabled)) if services else (),
        complete=services is not None and services.ended,
        raw=raw,
        disabled=disabled,
    )


def parse_disabled(text: str) -> dict[str, bool]:
    """Return the overrides of `launchctl print-disabled`: label to whether it is disabled.

    A label without a line has no override. The block of login items behind it, which looks the
    same, is left alone.
    """
    return _overrides(launchctl_print.parse(text).block("disabled services"))


def parse_login_items(text: str) -> dict[str, bool]:
    """Return the second block of `print-disabled`: helpers of apps, and whether one is off."""
    return _overrides(launchctl_print.parse(text).block("login item associations"))


async def read_job(host: Host, label: str, domain: str = "") -> Loaded[Job] | Empty | Failed:
    """Return one job, from `domain` or from where an agent of this user can be."""
    text = await read_print(host, label, domain)
    if not isinstance(text, str):
        return text
    job = parse_service(text)
    if not job.label or not job.complete:
        return Failed("launchctl's answer was cut short or is not one.", "Try again in a moment.")
    return Loaded(job, time.time())


async def read_print(host: Host, label: str, domain: str = "") -> str | Empty | Failed:
    """Return what `launchctl print` says of a job, as it is; it may hold secrets.

    Without a `domain` that is the desktop's, or the user's own where nobody is logged in at the
    screen (the way of a Mac that is only reached over SSH).
    """
    domains = (domain,) if domain else (host.domain, f"user/{host.uid}")
    statuses: list[Ran] = []
    for candidate in domains:
        try:
            ran = await host.run(LAUNCHCTL, "print", f"{candidate}/{label}")
        except ToolError as error:
            return Failed(str(error), "Try again; if it stays so, restart the Mac.")
        if ran.exit == 0:
            return _text(ran)
        statuses.append(ran)
    absent = (launchctl_errors.NOT_LOADED, launchctl_errors.NO_DOMAIN)
    told = next((ran for ran in statuses if ran.exit not in absent), None)
    if told is not None:
        return launchctl_errors.failure(told)
    if all(ran.exit == launchctl_errors.NO_DOMAIN for ran in statuses):
        return launchctl_errors.failure(statuses[0])
    return Empty(f"launchd does not know this job (looked in {' and '.join(domains)}).")


async def read_domain(host: Host, domain: str = "") -> Loaded[Domain] | Empty | Failed:
    """Return a domain with its services; without a name the one that `choose_domain` names."""
    try:
        name = domain or await choose_domain(host)
        ran = await host.run(LAUNCHCTL, "print", name, cap=_DOMAIN_CAP)
    except ToolError as error:
        return Failed(str(error), "Try again; if it stays so, restart the Mac.")
    if ran.exit != 0:
        return launchctl_errors.failure(ran)
    found = parse_domain(_text(ran))
    if not found.name or not found.complete:
        return Failed("launchctl's answer was cut short or is not one.", "Try again in a moment.")
    if not found.rows:
        return Empty(f"{found.name} has no jobs.")
    return Loaded(found, time.time())


async def read_disabled(host: Host, domain: str = "") -> dict[str, bool] | Failed:
    """Return which labels are disabled or enabled by an override that survives a restart."""
    try:
        ran = await host.run(LAUNCHCTL, "print-disabled", domain or host.domain)
    except ToolError as error:
        return Failed(str(error))
    return parse_disabled(_text(ran)) if ran.exit == 0 else launchctl_errors.failure(ran)


async def choose_domain(host: Host) -> str:
    """Return the domain of this user's agents: the desktop's, or the user's own without one.

    `launchctl managername` tells the caller's session and not the account's, so it would be wrong
    over SSH; a job's print says by 112 that there is no desktop login. Raises ToolError.
    """
    ran = await host.run(LAUNCHCTL, "print", f"{host.domain}/{LABEL}")
    return f"user/{host.uid}" if ran.exit == launchctl_errors.NO_DOMAIN else host.domain


def _text(ran: Ran) -> str:
    return ran.stdout.decode("utf-8", "backslashreplace")


def _pid(raw: tuple[tuple[str, str], ...]) -> int | None:
    """Return the pid, if there is exactly one and it stands behind `runs`, as launchd prints it.

    Anything else comes from text that a job's definition smuggled in.
    """
    keys = [key for key, _ in raw]
    if keys.count("pid") != 1:
        return None
    at = keys.index("pid")
    if "runs" in keys[at:]:
        return None
    return number(raw[at][1]) or None


def _lines(body: Block, name: str) -> list[str]:
    block = body.block(name)
    return block.lines() if block else []


def _properties(body: Block, first: dict[str, str]) -> tuple[str, ...]:
    """Return the flags: ` | ` between them, or up to 10.15 a block of `flag = 1`."""
    if block := body.block("properties"):
        return tuple(flag for flag, value in block.scalars() if value == "1")
    return tuple(flag for flag in first.get("properties", "").split(" | ") if flag)


def _socket_names(body: Block) -> tuple[str, ...]:
    block = body.block("sockets")
    return tuple(inner.name for inner in block.blocks()) if block else ()


def _pairs(body: Block, name: str) -> tuple[tuple[str, str], ...]:
    block = body.block(name)
    return tuple(block.pairs()) if block else ()


def _rows(lines: list[str], disabled: dict[str, bool]) -> list[JobRow]:
    rows = []
    for line in lines:
        columns = line.split(None, 2)
        if len(columns) == 3 and (columns[0].isdecimal() or columns[0] == "-"):
            label = columns[2]
            pid = number(columns[0]) or None
            rows.append(JobRow(label, pid, columns[1], disabled.get(label, False)))
    return rows


def _overrides(block: Block | None) -> dict[str, bool]:
    """Return label to disabled: `true`/`false` up to macOS 12, the words since."""
    if block is None:
        return {}
    words = {"disabled": True, "true": True, "enabled": False, "false": False}
    return {label: words[value] for label, value in block.pairs() if value in words}

"""`launchctl print` of a domain, `print-disabled` and both kinds of `list`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from entraclaw_tui.demo.mac.launchd.domain import Domain
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.job import Job
from entraclaw_tui.demo.mac.launchd.print_service import assignments
from entraclaw_tui.demo.mac.lean import ASID


def print_domain(domain: Domain, ground: Ground) -> str:
    """Return everything launchd says of a domain."""
    lines = [f"{domain.name} = {{", *_head(domain, ground), ""]
    if domain.kind == "gui":
        lines += assignments("environment", ground.environment)
    lines.append("\tservices = {")
    for job in domain.jobs.values():
        lines.append(f"\t\t{job.pid or 0:8d} {_status(job):>6s} \t{job.label}")
    lines += ["\t}", ""]
    for name in ("unmanaged processes", "endpoints", "externally-hosted endpoints"):
        lines += [f"\t{name} = {{", "\t}", ""]
    lines += ["\ttask-special ports = {"]
    service = f"com.apple.xpc.launchd.domain.{domain.name.replace('/', '.')}"
    lines += [f"\t\t\t{0x2B03:#8x} {4:<4d} {'bootstrap':>12s}  {service}", "\t}", ""]
    lines += ["\tdisabled services = {", *_overrides(domain), "\t}", ""]
    properties = {"gui": "gui | gui login", "system": "uncorked | audit check done"}
    lines += [f"\tproperties = {properties.get(domain.kind, '')}", "}"]
    return "\n".join(lines) + "\n"


def print_disabled(domain: Domain, ground: Ground) -> str:
    """Return the overrides the way macOS 13 and later print them."""
    rows = ["", "\tdisabled services = {", *_overrides(domain), "\t}"]
    if domain.kind != "system":
        off = [f'\t\t"{label}" => disabled' for label in sorted(ground.switched_off)]
        rows += ["", "\tlogin item associations = {", *off, "\t}"]
    return "\n".join(rows) + "\n"


def list_services(domain: Domain) -> str:
    """Return the three columns of `launchctl list`."""
    rows = [
        f"{job.pid or '-'}\t{job.last.number if job.last else 0}\t{job.label}"
        for job in domain.jobs.values()
    ]
    return "\n".join(["PID\tStatus\tLabel", *rows]) + "\n"


def list_service(job: Job, session: str) -> str:
    """Return the old form of one service, with the raw wait status."""
    definition = job.definition
    lines = ["{"]
    for key, text in (("StandardOutPath", definition.stdout), ("StandardInPath", definition.stdin)):
        if text:
            lines.append(f'\t"{key}" = "{text}";')
    lines.append(f'\t"LimitLoadToSessionType" = "{session}";')
    if definition.stderr:
        lines.append(f'\t"StandardErrorPath" = "{definition.stderr}";')
    lines.append(f'\t"Label" = "{job.label}";')
    lines.append('\t"OnDemand" = true;')
    lines.append(f'\t"LastExitStatus" = {job.last.wait_status if job.last else 0};')
    if job.pid is not None:
        lines.append(f'\t"PID" = {job.pid};')
    lines.append(f'\t"Program" = "{definition.program}";')
    if definition.raw.get("ProgramArguments"):
        lines.append('\t"ProgramArguments" = (')
        lines += [f'\t\t"{argument}";' for argument in definition.arguments]
        lines.append("\t);")
    lines.append("};")
    return "\n".join(lines) + "\n"


def _head(domain: Domain, ground: Ground) -> Iterator[str]:
    running = sum(job.pid is not None for job in domain.jobs.values())
    handle = {"gui": ASID, "user": domain.uid}.get(domain.kind, 0)
    creator = "loginwindow" if domain.kind == "gui" else "launchd"
    yield f"\ttype = {'login' if domain.kind == 'gui' else domain.kind}"
    yield f"\thandle = {handle}"
    yield f"\tactive count = {len(domain.jobs) + 1}"
    yield f"\tservice count = {len(domain.jobs)}"
    yield f"\tactive service count = {running}"
    if ground.on_demand:
        yield "\ton-demand count = 1"
    yield f"\tcreator = {creator}[{os.getpid()}]"
    yield "\tcreator euid = 0"
    yield f"\tsession = {domain.session}"
    if domain.kind == "gui":
        yield f"\tendpoint destination = com.apple.xpc.launchd.domain.user.{domain.uid}"
        yield "\tauxiliary bootstrapper = com.apple.xpc.otherbsd (complete)"
    yield "\tsecurity context = {"
    yield f"\t\tuid = {domain.uid}" if domain.kind != "system" else "\t\tuid unset"
    yield f"\t\tasid = {ASID if domain.kind == 'gui' else 0}"
    yield "\t}"
    yield ""
    yield f"\tbringup time = {domain.bringup_ms} ms"
    yield "\tdeath port = 0x14503"


def _status(job: Job) -> str:
    return job.last.column if job.last else "-"


def _overrides(domain: Domain) -> list[str]:
    return [
        f'\t\t"{label}" => {"disabled" if off else "enabled"}'
        for label, off in domain.overrides.entries.items()
    ]

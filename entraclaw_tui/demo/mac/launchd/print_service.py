"""`launchctl print` of a service, in the layout of macOS 26."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from entraclaw_tui.demo.mac.launchd.environment import PATH, own
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.job import Job
from entraclaw_tui.demo.mac.launchd.limits import shown
from entraclaw_tui.demo.mac.launchd.listening import Listening
from entraclaw_tui.demo.mac.launchd.print_triggers import event_triggers
from entraclaw_tui.demo.mac.lean import ASID

_SPAWN_TYPES = {
    "Interactive": "interactive (4)",
    "Background": "background (5)",
    "Adaptive": "adaptive (6)",
}


def print_service(job: Job, ground: Ground) -> str:
    """Return everything launchd says of a job."""
    lines = [f"{job.domain}/{job.label} = {{"]
    for part in (_what, _environment, _numbers, _process, _conditions, _sockets, _limits):
        lines += part(job, ground)
    lines += [f"\tproperties = {' | '.join(_flags(job))}", "}"]
    return "\n".join(lines) + "\n"


def assignments(title: str, values: Mapping[str, str]) -> list[str]:
    """Return a block of `KEY => VALUE` lines and the blank line after it."""
    rows = [f"\t\t{key} => {value}" for key, value in values.items()]
    return [f"\t{title} = {{", *rows, "\t}", ""]


def _what(job: Job, _: Ground) -> Iterator[str]:
    definition = job.definition
    yield f"\tactive count = {int(job.pid is not None)}"
    yield f"\tpath = {definition.path}"
    yield f"\ttype = {'LaunchDaemon' if job.domain == 'system' else 'LaunchAgent'}"
    yield f"\tstate = {job.state}"
    yield ""
    yield f"\tprogram = {definition.program}"
    if definition.raw.get("ProgramArguments"):
        yield "\targuments = {"
        for argument in definition.arguments:
            yield f"\t\t{argument}"
        yield "\t}"
        yield ""
    if definition.working_directory:
        yield f"\tworking directory = {definition.working_directory}"
        yield ""
    paths = (definition.stdin, definition.stdout, definition.stderr)
    for name, path in zip(("stdin", "stdout", "stderr"), paths, strict=True):
        if path:
            yield f"\t{name} path = {path}"


def _environment(job: Job, ground: Ground) -> Iterator[str]:
    if job.domain != "system" and ground.environment:
        yield from assignments("inherited environment", ground.environment)
    yield from assignments("default environment", {"PATH": PATH})
    yield from assignments("environment", own(job.definition))


def _numbers(job: Job, ground: Ground) -> Iterator[str]:
    definition = job.definition
    gui = job.domain.startswith("gui/")
    yield f"\tdomain = {job.domain}" + (f" [{ASID}]" if gui else "")
    if gui:
        yield f"\tasid = {ASID}"
    if job.domain == "system":
        yield f"\tusername = {ground.host.user}"
    if definition.umask is not None:
        yield f"\tumask = {definition.umask:o}"
    yield f"\tminimum runtime = {definition.throttle}"
    yield f"\texit timeout = {definition.exit_timeout}"
    if definition.nice is not None:
        yield f"\tnice = {definition.nice}"
    yield f"\truns = {job.runs}"
    if job.successive_crashes:
        yield f"\tsuccessive crashes = {job.successive_crashes}"


def _process(job: Job, _: Ground) -> Iterator[str]:
    if job.pid is not None:
        yield f"\tpid = {job.pid}"
        yield f"\timmediate reason = {job.reason}"
        yield "\tforks = 0"
        yield "\texecs = 1"
        yield f"\tinitialized = {int(job.state != 'xpcproxy')}"
        yield f"\ttrampolined = {int(job.state != 'xpcproxy')}"
        yield "\tstarted suspended = 0"
        yield "\tproxy started suspended = 0"
        yield "\tchecked allocations = 0 (queried = 1)"
        yield "\tchecked allocations reason = no host"
        yield "\tchecked allocations flags = 0x0"
    elif job.pended:
        yield f"\tpended nondemand spawn = {job.pended}"
    yield "\t" + (job.last.line if job.last else "last exit code = (never exited)")
    yield ""


def _conditions(job: Job, _: Ground) -> Iterator[str]:
    definition = job.definition
    semaphores = {
        "successful exit": definition.successful_exit,
        "after crash": definition.crashed,
        **{f"other job enabled ({label})": on for label, on in definition.other_jobs.items()},
    }
    if any(value is not None for value in semaphores.values()):
        said = {key: str(int(value)) for key, value in semaphores.items() if value is not None}
        yield from assignments("semaphores", said)
    yield from event_triggers(job.definition)


def _sockets(job: Job, ground: Ground) -> Iterator[str]:
    names = dict.fromkeys(one.spec.name for one in job.listening)
    if not names:
        return
    yield "\tsockets = {"
    for name in names:
        yield from _socket(name, [o for o in job.listening if o.spec.name == name], job, ground)
    yield "\t}"
    yield ""


def _socket(name: str, ones: list[Listening], job: Job, ground: Ground) -> Iterator[str]:
    spec = ones[0].spec
    yield f'\t\t"{name}" = {{'
    yield "\t\t\ttype = stream"
    if spec.path:
        yield f"\t\t\tpath = {spec.path}"
        if spec.mode is not None:
            yield f"\t\t\tmode = {spec.mode:o}"
        yield f"\t\t\towner uid = {ground.host.uid}"
        yield "\t\t\tgroup id = 20"
    else:
        if spec.node:
            yield f"\t\t\tnode name = {spec.node}"
        yield f"\t\t\tservice name = {spec.port}"
    yield ""
    yield "\t\t\tsockets = {"
    for one in ones:
        waiting = "" if one.readable else "no "
        yield f"\t\t\t\t{one.socket.fileno()} ({waiting}bytes to read)"
    yield "\t\t\t}"
    yield ""
    yield f"\t\t\tactive = {int(job.pid is not None)}"
    yield "\t\t\tpassive = 1"
    yield "\t\t\tbonjour = 0"
    yield "\t\t\tipv4v6 = 0"
    yield "\t\t\treceive_packet_info = 0"
    yield "\t\t}"


def _limits(job: Job, ground: Ground) -> Iterator[str]:
    for kind, number in zip(("resource", "jetsam"), job.coalitions, strict=True):
        yield f"\t{kind} coalition = {{"
        yield f"\t\tID = {number}"
        yield f"\t\ttype = {kind}"
        yield "\t\tstate = active"
        yield "\t\tactive count = 1"
        yield f"\t\tname = {job.label}"
        yield "\t}"
        yield ""
    yield f"\tspawn type = {_SPAWN_TYPES.get(job.definition.process_type, 'daemon (3)')}"
    yield "\tjetsam priority = 40"
    yield "\tjetsam memory limit (active) = (unlimited)"
    yield "\tjetsam memory limit (inactive) = (unlimited)"
    yield "\tjetsamproperties category = daemon"
    yield "\tjetsam thread limit = 32"
    yield "\tcpumon = default"
    limits = shown(job.definition.soft_limits, job.definition.hard_limits)
    if limits:
        yield from assignments("resource limits", limits)
        yield ""
    if job.definition.interval:
        yield f"\trun interval = {job.definition.interval} seconds"
    if ground.host.marker and ground.host.marker.macos.startswith("27"):
        yield "\tsanitizer flags = 0x0"
    yield ""


def _flags(job: Job) -> list[str]:
    definition = job.definition
    flags = {
        "keepalive": definition.keep_alive,
        "runatload": definition.run_at_load or definition.successful_exit is not None,
        "penalty box": job.penalty,
        "inferred program": definition.inferred_program,
        "needs LWCR update": job.code_changed,
        "managed LWCR": job.code_changed,
        "abandon process group": definition.abandon_group,
    }
    return [flag for flag, set_ in flags.items() if set_]

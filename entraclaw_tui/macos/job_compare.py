"""A job's definition file against what launchd loaded: key by key, and only what launchd tells.

`launchctl print` shows no mode of a socket and not every form of KeepAlive: no difference seen is
no proof that there is none.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from entraclaw_tui.macos.hidden import MASK, Hidden
from entraclaw_tui.model.job import Compared, Job

_SPAWN_TYPES = {
    "Adaptive": "adaptive",
    "Background": "background",
    "Interactive": "interactive",
    "Standard": "daemon",
}
# launchd adds these by itself (XPC_SERVICE_NAME: launchd.plist(5); the others: macOS 26).
_ADDED = frozenset({"XPC_SERVICE_NAME", "OSLogRateLimit", "MallocSpaceEfficient"})
# `launchctl print` tells these under other names; what else a file has, it does not repeat.
_SCALARS = {"WorkingDirectory": "working directory", "Nice": "nice"}


class _Both(NamedTuple):
    key: str
    file: object
    loaded: object


def compare(
    job: Job, written: Mapping[str, object], environment: Mapping[str, Hidden] | None = None
) -> tuple[Compared, ...]:
    """Return every key of a file beside what launchd loaded, those that differ first.

    `environment` is the job's own block of variables; their values are compared and never shown.
    """
    both = {one.key: one for one in _told(job, written)}
    found = [
        Compared(one.key, _text(one.file), _text(one.loaded), one.file == one.loaded)
        for one in both.values()
        if one.file or one.loaded
    ]
    if environment is not None:
        found += _variables(written.get("EnvironmentVariables"), environment)
    known = {*both, "Label", "Program", "EnvironmentVariables"}
    found += [
        Compared(key, _text(value), "", None) for key, value in written.items() if key not in known
    ]
    return tuple(sorted(found, key=lambda one: {False: 0, True: 1, None: 2}[one.same]))


def outdated(job: Job, written: Mapping[str, object]) -> tuple[str, ...]:
    """Return the keys in which a loaded job differs from its file, as far as launchd tells."""
    return tuple(one.key for one in _told(job, written) if one.file != one.loaded)


def _told(job: Job, written: Mapping[str, object]) -> Iterator[_Both]:
    listed = written.get("ProgramArguments")
    arguments = tuple(map(str, listed)) if isinstance(listed, list) else ()
    yield _Both("ProgramArguments", arguments, job.arguments)
    yield _Both("StandardOutPath", written.get("StandardOutPath", ""), job.stdout_path)
    yield _Both("StandardErrorPath", written.get("StandardErrorPath", ""), job.stderr_path)
    sockets = written.get("Sockets")
    names = tuple(sorted(sockets)) if isinstance(sockets, dict) else ()
    yield _Both("Sockets", names, tuple(sorted(job.sockets)))
    if job.exit_timeout_seconds is not None and "ExitTimeOut" in written:
        yield _Both("ExitTimeOut", written["ExitTimeOut"], job.exit_timeout_seconds)
    # Under exponential throttling the printed number grows by itself.
    grows = "exponential throttling" in job.properties
    if job.throttle_seconds is not None and "ThrottleInterval" in written and not grows:
        yield _Both("ThrottleInterval", written["ThrottleInterval"], job.throttle_seconds)
    kind = _SPAWN_TYPES.get(str(written.get("ProcessType", "Standard")))
    if job.spawn_type and kind:
        yield _Both("ProcessType", kind, job.spawn_type.partition(" ")[0])
    raw = dict(reversed(job.raw))
    for key, name in _SCALARS.items():
        if key in written and name in raw:
            yield _Both(key, str(written[key]), raw[name])
    umask = written.get("Umask")
    if isinstance(umask, int) and "umask" in raw:
        yield _Both("Umask", f"{umask:o}", raw["umask"])
    if "StartInterval" in written and job.run_interval_seconds is not None:
        yield _Both("StartInterval", written["StartInterval"], job.run_interval_seconds)
    yield from _keep_alive(job, written)


def _keep_alive(job: Job, written: Mapping[str, object]) -> Iterator[_Both]:
    """KeepAlive: always is a flag, of its conditions those two that print by name."""
    wanted = written.get("KeepAlive")
    if isinstance(wanted, bool) and job.properties:
        yield _Both("KeepAlive", wanted, "keepalive" in job.properties)
    elif isinstance(wanted, dict) and wanted.keys() <= {"SuccessfulExit", "Crashed"}:
        names = {"SuccessfulExit": "successful exit", "Crashed": "after crash"}
        told = dict(job.semaphores)
        if told:
            yield _Both(
                "KeepAlive",
                {key: bool(value) for key, value in wanted.items()},
                {key: told[name] == "1" for key, name in names.items() if name in told},
            )


def _variables(wanted: object, environment: Mapping[str, Hidden]) -> list[Compared]:
    file = {str(k): str(v) for k, v in wanted.items()} if isinstance(wanted, dict) else {}
    names = dict.fromkeys((*file, *(name for name in environment if name not in _ADDED)))
    found = []
    for name in names:
        same = name in file and environment.get(name) == Hidden(file[name])
        found.append(
            Compared(
                f"EnvironmentVariables {name}",
                MASK if name in file else "",
                MASK if name in environment else "",
                same,
            )
        )
    return found


def _text(value: object) -> str:
    """Return a value of a property list in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return shlex.join(_text(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    return str(value)

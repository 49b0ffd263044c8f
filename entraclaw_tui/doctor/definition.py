"""What can be wrong with the job's definition file."""

from __future__ import annotations

import os
from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.job_compare import compare
from entraclaw_tui.macos.places import SOCKET_PATH_LIMIT
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.source import Loaded

_OTHERS_WRITE = 0o022


def missing(evidence: Evidence) -> Iterator[Finding]:
    """There is no definition file."""
    if evidence.definition.file is None:
        yield Finding(
            "plist-missing",
            Severity.ERROR,
            "The agent is not installed: its job has no definition.",
            (f"No file at {evidence.definition.path}",),
            "launchd starts what is defined there, at every login.",
            repairs.INSTALL,
            about="job",
        )


def unreadable(evidence: Evidence) -> Iterator[Finding]:
    """The definition file cannot be read."""
    if evidence.definition.trouble:
        yield Finding(
            "plist-unreadable",
            Severity.ERROR,
            "The job's definition cannot be read.",
            (f"{evidence.definition.path}: {evidence.definition.trouble}",),
            "launchd refuses it too, and says no more than error 5.",
            repairs.INSTALL,
            about="job",
        )


def wrong_mode(evidence: Evidence) -> Iterator[Finding]:
    """Others may write the definition, or it is not ours: launchd refuses it."""
    file = evidence.definition.file
    if file is None or (file.owned and file.kind == "file" and not file.mode & _OTHERS_WRITE):
        return
    what = (
        f"It is a {file.kind}."
        if file.kind != "file"
        else "It belongs to another user."
        if not file.owned
        else f"Its mode is {file.mode:04o}."
    )
    yield Finding(
        "plist-mode",
        Severity.ERROR,
        "launchd will not accept the job's definition.",
        (file.path, what),
        "A definition must be a file of yours that nobody else may write.",
        repairs.chmod("Take the right to write it from others.", "0644", file.path)
        if file.owned and file.kind == "file"
        else repairs.INSTALL,
        about="job",
    )


def tilde(evidence: Evidence) -> Iterator[Finding]:
    """A path in the definition begins with `~`, which launchd does not know."""
    if evidence.definition.job is None:
        return
    found = [
        f"{name} = {text}"
        for name, text in texts(evidence.definition.job, "")
        if text == "~" or text.startswith("~/")
    ]
    if found:
        yield Finding(
            "plist-tilde",
            Severity.ERROR,
            "The job's definition uses `~`, which launchd does not understand.",
            tuple(found),
            "launchd takes every path as it stands; this one names a folder called `~`.",
            repairs.INSTALL,
            about="job",
        )


def program_missing(evidence: Evidence) -> Iterator[Finding]:
    """The program that the definition names is gone, as after an upgrade of Python."""
    if evidence.definition.program and not evidence.program_there:
        yield Finding(
            "program-missing",
            Severity.ERROR,
            "The program of the agent's job does not exist, or may not be run.",
            (f"ProgramArguments[0] = {evidence.definition.program}",),
            "launchd ends such a start with 78 (EX_CONFIG). An upgrade of Python moves it.",
            repairs.INSTALL,
            about="job",
        )


def stale(evidence: Evidence) -> Iterator[Finding]:
    """launchd loaded something else than the file says now, since it read it before the change."""
    if not isinstance(evidence.job, Loaded) or not evidence.definition.job:
        return
    both = compare(evidence.job.value, evidence.definition.job)
    # What launchd does not tell at all may be loaded all the same.
    differing = [one for one in both if one.same is False and one.loaded]
    if differing:
        yield Finding(
            "plist-stale",
            Severity.WARNING,
            "launchd still uses an older definition of the job.",
            tuple(
                line
                for one in differing
                for line in (
                    f"{one.key} of launchd: {one.loaded}",
                    f"{one.key} of the file: {one.file or 'none'}",
                )
            ),
            "A changed definition counts once the job was unloaded and loaded again; a restart "
            "of the job does not read it.",
            repairs.RESTART,
            about="job",
        )


def socket_path(evidence: Evidence) -> Iterator[Finding]:
    """A socket's path has more bytes than macOS takes."""
    long = [path for path in evidence.sockets if len(os.fsencode(path)) > SOCKET_PATH_LIMIT]
    if long:
        yield Finding(
            "socket-path",
            Severity.ERROR,
            "The paths of the agent's sockets are too long for macOS.",
            tuple(f"{len(os.fsencode(path))} bytes: {path}" for path in long),
            f"A socket's path may have {SOCKET_PATH_LIMIT} bytes.",
            Repair("Use a home folder, or a pretend Mac, with a shorter path."),
            about="job",
        )


def texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a property list with the keys that lead to it."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from texts(inner, f"{name}[{at}]")

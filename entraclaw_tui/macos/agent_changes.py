"""How two definitions of the job differ: the file's, launchd's, and the one to be written."""

from __future__ import annotations

import difflib
import plistlib

from entraclaw_tui.model.job import Job
from entraclaw_tui.text import clean

_SPAWN_TYPES = {
    "Adaptive": "adaptive",
    "Background": "background",
    "Interactive": "interactive",
    "Standard": "daemon",
}
_OURS = "ENTRACLAW_HOME"
_HIDDEN = "(not shown)"


def outdated(job: Job, written: dict[str, object]) -> tuple[str, ...]:
    """Return the keys in which a loaded job differs from its file, as far as launchd tells.

    `launchctl print` shows no KeepAlive and no mode of a socket: no difference seen is no proof.
    """
    listed = written.get("ProgramArguments")
    arguments = tuple(map(str, listed)) if isinstance(listed, list) else ()
    sockets = written.get("Sockets")
    said: dict[str, tuple[object, object]] = {
        "ProgramArguments": (job.arguments, arguments),
        "StandardOutPath": (job.stdout_path, written.get("StandardOutPath", "")),
        "StandardErrorPath": (job.stderr_path, written.get("StandardErrorPath", "")),
        "Sockets": (sorted(job.sockets), sorted(sockets) if isinstance(sockets, dict) else []),
    }
    if job.exit_timeout_seconds is not None and "ExitTimeOut" in written:
        said["ExitTimeOut"] = (job.exit_timeout_seconds, written["ExitTimeOut"])
    # Under exponential throttling the printed number grows by itself.
    grows = "exponential throttling" in job.properties
    if job.throttle_seconds is not None and "ThrottleInterval" in written and not grows:
        said["ThrottleInterval"] = (job.throttle_seconds, written["ThrottleInterval"])
    kind = _SPAWN_TYPES.get(str(written.get("ProcessType", "Standard")))
    if job.spawn_type and kind:
        said["ProcessType"] = (job.spawn_type.partition(" ")[0], kind)
    return tuple(key for key, (loaded, file) in said.items() if loaded != file)


def code_changed(job: Job) -> bool:
    """Return whether launchd refuses the program since its code changed: only loading helps."""
    return job.last_reason.startswith("OS_REASON_CODESIGNING") or any(
        "needs LWCR update" in flag for flag in job.properties
    )


def difference(before: dict[str, object] | None, after: dict[str, object]) -> tuple[str, ...]:
    """Return a unified diff of two definitions, or the new one whole where there is no old one.

    Values of environment variables that are not ours stay hidden: people put secrets there.
    """
    new = _lines(after)
    if before is None:
        return tuple(clean(line) for line in new)
    found = difflib.unified_diff(_lines(_without_secrets(before)), new, n=1, lineterm="")
    return tuple(clean(line) for line in list(found)[2:])


def _lines(job: dict[str, object]) -> list[str]:
    text = plistlib.dumps(job, sort_keys=True).decode("utf-8", "backslashreplace")
    # The head and the foot are those of every property list.
    return [line.replace("\t", "  ") for line in text.splitlines()[3:-1]]


def _without_secrets(job: dict[str, object]) -> dict[str, object]:
    variables = job.get("EnvironmentVariables")
    if not isinstance(variables, dict):
        return job
    shown = {key: value if key == _OURS else _HIDDEN for key, value in variables.items()}
    return {**job, "EnvironmentVariables": shown}

"""How two definitions of the job differ: the file's, launchd's, and the one to be written."""

from __future__ import annotations

import difflib
import plistlib

from entraclaw_tui.model.job import Job
from entraclaw_tui.text import clean

_OURS = "ENTRACLAW_HOME"
_HIDDEN = "(not shown)"


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

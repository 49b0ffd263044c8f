"""The environment of a job's process: a clean one, with nothing of launchd's own."""

from __future__ import annotations

from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.ground import Ground

PATH = "/usr/bin:/bin:/usr/sbin:/sbin"


def environment(ground: Ground, definition: Definition) -> dict[str, str]:
    """Return everything that a job's process gets."""
    host = ground.host
    return {
        "PATH": PATH,
        "HOME": str(host.home),
        "USER": host.user,
        "LOGNAME": host.user,
        "TMPDIR": str(host.path("/private/tmp")) + "/",
        **ground.environment,
        **own(definition),
    }


def own(definition: Definition) -> dict[str, str]:
    """Return the part that is this job's alone, as `launchctl print` shows it."""
    return {
        "OSLogRateLimit": "64",
        **definition.environment,
        "XPC_SERVICE_NAME": definition.label,
    }

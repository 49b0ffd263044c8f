"""The authority as a job of the pretend Mac's launchd."""

from __future__ import annotations

import plistlib
from pathlib import Path

from entraclaw_tui.macos.host import Host

LABEL = "example.contoso.entra"
LISTENER = "Listener"
"""The name of its socket in the job's definition."""


def definition(host: Host, python: str, port: int) -> dict[str, object]:
    """Return the job: its port is held by launchd, which starts it when somebody first asks."""
    logs = host.home / "Library" / "Logs"
    return {
        "Label": LABEL,
        "ProgramArguments": [
            python,
            *("-I", "-B", "-m", "entraclaw_tui.demo.entra"),
            str(host.root),
        ],
        "ThrottleInterval": 1,
        "ProcessType": "Background",
        "Umask": 0o077,
        "Sockets": {
            LISTENER: {
                "SockNodeName": "127.0.0.1",
                "SockServiceName": str(port),
                "SockFamily": "IPv4",
                "SockType": "stream",
            }
        },
        "StandardErrorPath": str(logs / "entra.err.log"),
    }


def install(host: Host, python: str, port: int) -> Path:
    """Write the job's definition where launchd finds it at start."""
    (host.home / "Library" / "Logs").mkdir(parents=True, exist_ok=True)
    path = host.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plistlib.dumps(definition(host, python, port)))
    return path

"""The programs as jobs of the pretend Mac."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import NamedTuple

from entraclaw_tui.demo.clients import executables, program
from entraclaw_tui.demo.clients.diary import code_path, log_path
from entraclaw_tui.demo.clients.stories import STORIES, Story
from entraclaw_tui.macos.host import Host


class Program(NamedTuple):
    """One program, as it lies in a pretend Mac."""

    story: Story
    executable: Path
    plist: Path


def programs(host: Host) -> list[Program]:
    """Return where each program lies, installed or not."""
    agents = host.home / "Library" / "LaunchAgents"
    return [
        Program(story, host.path(f"/usr/local/bin/{name}"), agents / f"{story.label}.plist")
        for name, story in STORIES.items()
    ]


def install(host: Host) -> list[Path]:
    """Put the programs and their jobs into a pretend Mac; return the jobs' definitions."""
    prefix = host.path("/usr/local")
    executables.prepare(prefix)
    plists = []
    for found in programs(host):
        name = found.story.name
        executables.add(prefix, name)
        for path in (log_path(host.home, name), code_path(host.home, name), found.plist):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        found.plist.write_bytes(plistlib.dumps(definition(host, found)))
        plists.append(found.plist)
    return plists


def definition(host: Host, found: Program) -> dict[str, object]:
    """Return the job of a program."""
    log = log_path(host.home, found.story.name)
    return {
        "Label": found.story.label,
        "ProgramArguments": [
            str(found.executable),
            *("-I", "-S", "-B"),
            str(Path(program.__file__).resolve()),
            str(host.root),
            found.story.name,
        ],
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 5,
        "ProcessType": "Background",
        "Umask": 0o077,
        "StandardErrorPath": str(log.with_suffix(".err.log")),
    }

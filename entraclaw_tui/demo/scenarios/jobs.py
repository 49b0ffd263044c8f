"""States of the agent's job."""

from __future__ import annotations

import plistlib
from collections.abc import Callable

from entraclaw_tui.demo.mac.launchd.code import write_pairs
from entraclaw_tui.demo.mac.launchd.overrides import Overrides
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places

PAST_RUNS = 41
"""Starts that failed before the demo began: a loop that began a while ago."""


def crash_loop(host: Host) -> None:
    """Call the worker with an option that this version does not know, as after an upgrade."""

    def change(job: dict[str, object]) -> None:
        job["ProgramArguments"] = [*command(job), "--listen"]

    edit(host, change)
    write_pairs(Layout(host.root).past_runs, {LABEL: str(PAST_RUNS)})


def ex_config(host: Host) -> None:
    """Send its output where no folder is; launchd makes none."""
    gone = host.home / "Library/Logs/entraclaw-old"

    def change(job: dict[str, object]) -> None:
        job["StandardOutPath"] = str(gone / "agent.out.log")
        job["StandardErrorPath"] = str(gone / "agent.err.log")

    edit(host, change)


def disabled(host: Host) -> None:
    """Disable the label for good."""
    Overrides(Layout(host.root).overrides).say(LABEL, True)


def login_items_off(host: Host) -> None:
    """Switch it off where the person does: System Settings, Login Items."""
    write_pairs(Layout(host.root).login_items, {LABEL: "off"})


def pended(host: Host) -> None:
    """Begin the session in on-demand-only mode."""
    write_pairs(Layout(host.root).on_demand, {LABEL: "held"})


def lwcr(host: Host) -> None:
    """Let launchd remember other code than the program that is there now."""
    write_pairs(Layout(host.root).code_requirements, {LABEL: "5" * 40})


def no_desktop(host: Host) -> None:
    """Log nobody in at the screen; every agent may run in the user's own domain."""
    Layout(host.root).no_desktop.touch()
    for path in Places.of(host).launch_agents.glob("*.plist"):
        job = plistlib.loads(path.read_bytes())
        job["LimitLoadToSessionType"] = ["Aqua", "Background"]
        path.write_bytes(plistlib.dumps(job))


def command(job: dict[str, object]) -> list[str]:
    """Return the command of a job."""
    found = job["ProgramArguments"]
    return [str(word) for word in found] if isinstance(found, list) else []


def edit(host: Host, change: Callable[[dict[str, object]], None]) -> None:
    """Change the agent's definition on the disk."""
    path = Places.of(host).plist
    job = plistlib.loads(path.read_bytes())
    change(job)
    path.write_bytes(plistlib.dumps(job))

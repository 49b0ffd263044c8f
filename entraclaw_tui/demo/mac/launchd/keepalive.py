"""What KeepAlive makes of a process's end, and of the world around it."""

from __future__ import annotations

from collections.abc import Container

from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.outcome import Outcome
from entraclaw_tui.demo.mac.launchd.watching import path_states_hold


def kept_alive_because(
    definition: Definition, last: Outcome | None, loaded: Container[str] = ()
) -> str:
    """Return launchd's reason to start the job now, empty where it may rest.

    `loaded` are the labels of the domain: "enabled" in OtherJobEnabled means loaded, whether it
    runs or not (launchd-842, job_keepalive). Several conditions are alternatives
    (launchd.plist(5)).
    """
    if definition.keep_alive:
        return "inefficient"
    if world_wants(definition, loaded):
        return "semaphore"
    if last is None:
        return ""
    conditions = (
        (definition.successful_exit, last.success),
        (definition.crashed, last.crash),
    )
    kept = any(wanted is not None and wanted == met for wanted, met in conditions)
    return "semaphore" if kept else ""


def world_wants(definition: Definition, loaded: Container[str]) -> bool:
    """Return whether a path or another job asks for this one to run."""
    if path_states_hold(definition):
        return True
    return any((label in loaded) == wanted for label, wanted in definition.other_jobs.items())

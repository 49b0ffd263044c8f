"""What launchd's log says of one job, in the words and the order of a real one."""

from __future__ import annotations

from collections.abc import Callable

from entraclaw_tui.demo.mac.launchd.outcome import Outcome


class Diary:
    """The lines about one job; `note` writes one, with its level where that is no Notice."""

    def __init__(self, note: Callable[..., None]) -> None:
        self._note = note

    def scheduled(self) -> None:
        """It is about to be started."""
        self._note("internal event: WILL_SPAWN, code = 0")
        self._note("service state: spawn scheduled")

    def pushed_out(self, ran: float, throttle: int) -> None:
        """It is to start again, but not before its least time has passed."""
        self.scheduled()
        self._note(
            f"Service only ran for {int(ran)} seconds. "
            f"Pushing respawn out by {throttle - int(ran)} seconds.",
            "Warning",
        )

    def spawning(self, reason: str) -> None:
        """Its process is being made."""
        self._note("service state: spawning")
        self._note(f"launching: {reason}")

    def spawned(self, pid: int) -> None:
        """There is a process, which is not the program yet."""
        self._note(f"xpcproxy spawned with pid {pid}")
        self._note("internal event: SPAWNED, code = 0")
        self._note("service state: xpcproxy")

    def settled(self, name: str, pid: int, reason: str, *, running: bool) -> None:
        """The process has become the program; not `running` where it was told to end already."""
        self._note("internal event: SOURCE_ATTACH, code = 0")
        if running:
            self._note("service state: running")
        self._note("internal event: INIT, code = 0")
        self._note(f"Successfully spawned {name}[{pid}] because {reason}")

    def ended(self, outcome: Outcome, by: str) -> None:
        """The process is gone."""
        self._note("service exited: dirty = 0, supported pressured-exit = 0")
        self._note(f"exited due to {outcome.logged}{by}")
        self._note("service state: exited")

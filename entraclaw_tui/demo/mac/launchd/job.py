"""One supervised job: when it starts, what its end means, when it starts again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Container
from pathlib import Path

from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.diary import Diary
from entraclaw_tui.demo.mac.launchd.ears import Ears
from entraclaw_tui.demo.mac.launchd.environment import environment
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.keepalive import kept_alive_because
from entraclaw_tui.demo.mac.launchd.listening import Listening
from entraclaw_tui.demo.mac.launchd.outcome import Outcome, signal_text
from entraclaw_tui.demo.mac.launchd.reactor import Timer
from entraclaw_tui.demo.mac.launchd.spawn import SpawnError, spawn
from entraclaw_tui.demo.mac.launchd.triggers import Triggers
from entraclaw_tui.demo.mac.launchd.verdict import verdict

EX_CONFIG = 78

DEMAND = frozenset({"non-ipc demand", "ipc (socket)"})
"""The reasons that start a job even in on-demand-only mode."""

_XPCPROXY = 0.02
"""Seconds for which a new process counts as launchd's proxy (on a Mac: milliseconds to 1 s)."""

_LAST_WAIT = 10.0
"""Seconds that a job may take to end when the pretend Mac goes off, whatever it asked for."""


class Job:
    """A service of a domain."""

    def __init__(
        self,
        definition: Definition,
        domain: str,
        ground: Ground,
        gone: Callable[[Job], None],
        loaded: Container[str] = (),
    ) -> None:
        self.definition = definition
        self.domain = domain
        self.runs = int(ground.past_runs.get(definition.label, "0"))
        self.last: Outcome | None = None
        self.reason = ""
        self.pended = ""
        self.penalty = False
        self.successive_crashes = 0
        self.coalitions = (next(ground.coalitions), next(ground.coalitions))
        self._ears = Ears(definition, ground)
        self._ground = ground
        self._diary = Diary(self._note)
        self._gone = gone
        self._process: subprocess.Popen[bytes] | None = None
        self._settled = False
        self._started = 0.0
        self._signalled = ""
        self._leaving = False
        self._again = False
        self._respawn: Timer | None = None
        self._kill: Timer | None = None
        self._loaded = loaded
        self._triggers = Triggers(definition, ground, loaded, self.want)

    @property
    def label(self) -> str:
        """The job's name in its domain."""
        return self.definition.label

    @property
    def listening(self) -> list[Listening]:
        """The sockets that are kept for it."""
        return self._ears.all

    @property
    def pid(self) -> int | None:
        """Its process, where one exists."""
        return self._process.pid if self._process else None

    @property
    def leaving(self) -> bool:
        """Whether it was booted out and has not ended yet."""
        return self._leaving

    @property
    def code_changed(self) -> bool:
        """Whether its program is not the one that it was loaded with."""
        return self._ground.code.changed(self.label, self.definition.program)

    @property
    def state(self) -> str:
        """The state in launchd's word."""
        if self._process:
            return self._signalled or ("running" if self._settled else "xpcproxy")
        return "spawn scheduled" if self._respawn else "not running"

    def load(self) -> None:
        """Open its sockets and start it where its definition says so."""
        self._ears.open(lambda complaint: self._note(complaint, "Error"))
        if self.definition.starts_when_loaded:
            self.want("inefficient" if not self._speculative else "speculative")
        self._triggers.start()
        self._listen()

    def reconsider(self) -> None:
        """Look again whether the world wants it, after a job came or went."""
        if self.definition.other_jobs:
            self._triggers.reconsider()

    def want(self, reason: str) -> None:
        """Start it for a reason, unless it runs, is throttled or may not start now."""
        if self._process or self._respawn or self._leaving or self._ground.closing:
            return
        if self._ground.on_demand and reason not in DEMAND:
            if self.pended == reason:
                return
            self.pended = reason
            self._note("pending spawn, domain in on-demand-only mode: " + self.label)
            return
        ran = (time.monotonic() - self._started) * self._ground.speed
        wait = self.definition.throttle - ran if self._started else 0.0
        if wait <= 0:
            self._spawn(reason)
            return
        self.penalty = True
        self._diary.pushed_out(ran, self.definition.throttle)
        self._ears.deafen()
        self._respawn = self._ground.reactor.after(
            wait / self._ground.speed, lambda: self._spawn(reason)
        )

    def kickstart(self, kill: bool) -> bool:
        """Start it at once, ending the running process first if asked; False: it runs already."""
        if self._process:
            if kill and not self._leaving:
                self._again = True
                self.stop()
            return kill and not self._leaving
        self._spawn("non-ipc demand")
        return True

    def release(self) -> None:
        """Start what waited for the end of on-demand-only mode."""
        reason, self.pended = self.pended, ""
        if reason:
            self.want(reason)
        self._listen()

    def send(self, number: int) -> bool:
        """Send its process a signal; False where there is none."""
        if not self._process:
            return False
        self._note(f"signaled service: {signal_text(number)}")
        os.kill(self._process.pid, number)
        return True

    def stop(self) -> None:
        """Ask the process to end, and kill its group when its time is over."""
        if not self._process or self._signalled:
            return
        timeout = float(self.definition.exit_timeout)
        if self._ground.closing:
            timeout = min(timeout or _LAST_WAIT, _LAST_WAIT)
        self._signalled = "SIGTERMed"
        self.send(signal.SIGTERM)
        self._note("service state: SIGTERMed")
        if timeout:
            self._note(f"scheduling cleanup in {timeout:g} sec after sending Terminated: 15")
            self._kill = self._ground.reactor.after(timeout, self._put_down)

    def leave(self) -> None:
        """Boot it out: at once where no process exists, else when that has ended."""
        self._leaving = True
        if self._respawn:
            self._respawn.cancel()
        self._respawn = None
        self._triggers.stop()
        self.pended = ""
        self._ears.deafen()
        if self._process:
            if self._ground.closing and self._kill:
                self._kill.cancel()
                self._kill = self._ground.reactor.after(_LAST_WAIT, self._put_down)
            self.stop()
        else:
            self._vanish()

    def reap(self) -> None:
        """Take the exit status if the process has ended, and decide what follows."""
        process = self._process
        if process is None or process.poll() is None:
            return
        if not self.definition.abandon_group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        self.last = Outcome(process.returncode)
        by = " | sent by launchd[1]" if self._signalled and process.returncode < 0 else ""
        self._diary.ended(self.last, by)
        self._ground.ledger.remove(process.pid)
        self._process = None
        self._settled = False
        self._signalled = ""
        self.reason = ""
        if self._kill:
            self._kill.cancel()
            self._kill = None
        self.successive_crashes = self.successive_crashes + 1 if self.last.crash else 0
        self._after_end()

    @property
    def _speculative(self) -> bool:
        return self.definition.run_at_load or self.definition.successful_exit is not None

    def _spawn(self, reason: str) -> None:
        if self._respawn:
            self._respawn.cancel()
            self._respawn = None
        else:
            self._diary.scheduled()
        self._ears.deafen()
        self.pended = ""
        self.penalty = False
        self.runs += 1
        self._started = time.monotonic()
        self._diary.spawning(reason)
        refused = verdict(self._ground, self.definition)
        if refused is not None:
            self._fail(refused, refused.reason)
            return
        try:
            self._process = spawn(self.definition, environment(self._ground, self.definition))
        except SpawnError as error:
            self._note(f"Service could not initialize: {error}", "Error")
            self._fail(Outcome(EX_CONFIG), f"abnormal code: {EX_CONFIG}")
            return
        self._ground.ledger.add(self._process.pid)
        self.reason = reason
        self._diary.spawned(self._process.pid)
        process = self._process
        self._ground.reactor.after(_XPCPROXY, lambda: self._settle(process))

    def _fail(self, outcome: Outcome, why: str) -> None:
        """Note a start that never came to the program, and wait for the next."""
        self._note(f"Service exited with {why}", "Warning")
        self.last = outcome
        self.penalty = True
        self._after_end()

    def _settle(self, process: subprocess.Popen[bytes]) -> None:
        if self._process is not process:
            return
        self._settled = True
        name = Path(self.definition.program).name
        self._diary.settled(name, process.pid, self.reason, running=not self._signalled)

    def _after_end(self) -> None:
        if self._leaving:
            self._vanish()
            return
        if self._again:
            self._again = False
            self._spawn("non-ipc demand")
            return
        reason = kept_alive_because(self.definition, self.last, self._loaded)
        if reason:
            self.want(reason)
        if not self._process and not self._respawn:
            self._note("service state: not running")
        self._listen()

    def _put_down(self) -> None:
        if self._process:
            self._signalled = "SIGKILLed"
            self._note("exit timeout elapsed, killing")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._note("service state: SIGKILLed")

    def _listen(self) -> None:
        if not (self._process or self._respawn or self._leaving):
            self._ears.listen(lambda: self.want("ipc (socket)"))

    def _vanish(self) -> None:
        self._ears.close()
        self._note(f"removing service: {self.label}")
        self._gone(self)

    def _note(self, message: str, level: str = "Notice") -> None:
        pid = f" [{self._process.pid}]" if self._process else ""
        self._ground.journal.note(f"{self.domain}/{self.label}{pid}", message, level)

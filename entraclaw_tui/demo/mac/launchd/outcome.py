"""How a job's process ended, in launchd's words."""

from __future__ import annotations

import signal
from dataclasses import dataclass

# sysexits.h; launchd prints these names beside the numbers.
_SYSEXITS = (
    "EX_USAGE",
    "EX_DATAERR",
    "EX_NOINPUT",
    "EX_NOUSER",
    "EX_NOHOST",
    "EX_UNAVAILABLE",
    "EX_SOFTWARE",
    "EX_OSERR",
    "EX_OSFILE",
    "EX_CANTCREAT",
    "EX_IOERR",
    "EX_TEMPFAIL",
    "EX_PROTOCOL",
    "EX_NOPERM",
    "EX_CONFIG",
)

# strsignal(3) of Darwin, without the number that it appends itself.
_SIGNALS = {
    "SIGHUP": "Hangup",
    "SIGINT": "Interrupt",
    "SIGQUIT": "Quit",
    "SIGILL": "Illegal instruction",
    "SIGTRAP": "Trace/BPT trap",
    "SIGABRT": "Abort trap",
    "SIGFPE": "Floating point exception",
    "SIGKILL": "Killed",
    "SIGBUS": "Bus error",
    "SIGSEGV": "Segmentation fault",
    "SIGSYS": "Bad system call",
    "SIGPIPE": "Broken pipe",
    "SIGALRM": "Alarm clock",
    "SIGTERM": "Terminated",
    "SIGXCPU": "Cputime limit exceeded",
    "SIGUSR1": "User defined signal 1",
    "SIGUSR2": "User defined signal 2",
}

# The numbers of Darwin's <sys/signal.h> where Linux has others.
_DARWIN_NUMBERS = {"SIGBUS": 10, "SIGSYS": 12, "SIGUSR1": 30, "SIGUSR2": 31}


@dataclass(frozen=True, slots=True)
class Outcome:
    """An exit status, or minus a signal's number (of the system it runs on)."""

    code: int
    reason: str = ""
    """Why the system itself ended it, `OS_REASON_CODESIGNING`; empty where it did not."""

    @property
    def success(self) -> bool:
        """Whether it ended by itself with 0."""
        return self.code == 0

    @property
    def crash(self) -> bool:
        """Whether a signal ended it that nobody sends on purpose."""
        meant = self.reason or -self.code in (signal.SIGTERM, signal.SIGKILL)
        return self.code < 0 and not meant

    @property
    def name(self) -> str:
        """The signal's name, `SIGTERM`; empty for an exit."""
        return _name(-self.code) if self.code < 0 else ""

    @property
    def number(self) -> int:
        """The status, or minus the signal's number on a Mac."""
        return -_DARWIN_NUMBERS.get(self.name, -self.code) if self.code < 0 else self.code

    @property
    def column(self) -> str:
        """The second column of a domain's services."""
        if self.reason.startswith("JETSAM_"):
            return "(jt)"
        return "(cs)" if self.reason.endswith("CODESIGNING") else str(self.number)

    @property
    def wait_status(self) -> int:
        """The raw status of wait(2), which `launchctl list LABEL` shows."""
        return -self.number if self.code < 0 else self.code << 8

    @property
    def line(self) -> str:
        """The line of `launchctl print`."""
        if self.reason:
            return f"last exit reason = {self.reason}"
        if self.code < 0:
            return f"last terminating signal = {signal_text(-self.code)}"
        named = f": {_SYSEXITS[self.code - 64]}" if 64 <= self.code <= 78 else ""
        return f"last exit code = {self.code}{named}"

    @property
    def logged(self) -> str:
        """The words of launchd's log."""
        return self.name if self.code < 0 else f"exit({self.code})"


def signal_text(number: int) -> str:
    """Return a signal as launchd prints it: `Terminated: 15`."""
    name = _name(number)
    return f"{_SIGNALS.get(name, name)}: {_DARWIN_NUMBERS.get(name, number)}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"Unknown signal: {number}"

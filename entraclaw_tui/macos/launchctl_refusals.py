"""launchctl's refusals and its one-word answers, from their text alone.

The exit status tells most (`launchctl_errors`); a saved text has lost it, and some texts hold the
number themselves: `Bootstrap failed: 5: Input/output error`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from entraclaw_tui.macos import launchctl_errors

# The text of strerror or xpc_strerror behind a number; before it stands what was tried.
_NUMBERED = re.compile(r"(?:(.*?): )?(\d{1,3}): (\D.*)")
_SERVICE = re.compile(r'Could not find service "(.*)" in domain for (.*)')
_DOMAIN = re.compile(r"Could not find domain for (.*)")
_BAD_FILE = re.compile(r"(/.*): (Invalid property list|Operation not permitted.*)")
_SIGNS = (
    ("Unrecognized target specifier", launchctl_errors.USAGE),
    ("No process to signal", launchctl_errors.NO_PROCESS),
    ("Invalid property list", 133),
    ("System Integrity Protection", 150),
)
_REASON = re.compile(r"[a-z][a-z -]*(?: \([a-z]+\))?")


class Refusal(NamedTuple):
    """A refusal: launchd's number, and what it was about."""

    code: int | None
    """None where the text tells no number."""
    said: str
    """The line that says so."""
    target: str = ""
    """Label, domain or file, where the text names one."""

    @property
    def words(self) -> tuple[str, str]:
        """What it means and the next step."""
        if self.code is None:
            return f"launchctl said: {self.said}", ""
        return launchctl_errors.words(self.code)


def parse_refusal(text: str) -> Refusal | None:
    """Return the refusal in what launchctl wrote to standard error; None for none we know."""
    for line in (line.strip() for line in text.splitlines()):
        if found := _SERVICE.fullmatch(line):
            return Refusal(launchctl_errors.NOT_LOADED, line, found[1])
        if found := _DOMAIN.fullmatch(line):
            return Refusal(launchctl_errors.NO_DOMAIN, line, found[1])
        if found := _NUMBERED.fullmatch(line):
            return Refusal(int(found[2]), line, _target(found[1] or ""))
        for sign, code in _SIGNS:
            if sign in line:
                file = _BAD_FILE.fullmatch(line)
                return Refusal(code, line, file[1] if file else "")
    return None


def parse_blame(text: str) -> str:
    """Return why a service was started (`launchctl blame`), empty for anything but one reason."""
    reason = text.strip()
    return reason if _REASON.fullmatch(reason) else ""


def parse_managername(text: str) -> str:
    """Return the caller's kind of session: `Aqua` at the desktop, `Background` over SSH."""
    name = text.strip()
    return name if name.isalpha() and name.isascii() else ""


def _target(tried: str) -> str:
    found = re.search(r'"(.*)"', tried)
    return found[1] if found else ""

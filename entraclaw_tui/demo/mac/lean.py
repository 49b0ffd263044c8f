"""A pretend Mac as the stand-in tools see it: text alone.

Half of a small tool's time would go into importing `pathlib`, `json` and `re`; nothing here and
nothing that the tools use needs them.
"""

from __future__ import annotations

import os

ASID = 100016
"""The audit session of the pretend desktop login."""

LAUNCHD_SOCKET = "private/var/run/launchd.sock"
"""Where the pretend launchd listens."""
PRETEND = "private/var/db/pretend"
"""The folder of what a real Mac keeps elsewhere than in files."""
FACTS = PRETEND + "/facts"
"""What the marker says, a line `NAME=VALUE` each."""
SIGNATURES = PRETEND + "/signatures"
"""What codesign says of which file."""
SCREEN = PRETEND + "/screen"
"""Whether the console's screen is locked."""
PASTEBOARD = PRETEND + "/pasteboard"
"""What pbcopy took last."""
OPENED = PRETEND + "/opened.jsonl"
"""What `open` was asked to open, a JSON line each."""
DIALOGS = PRETEND + "/dialogs.jsonl"
"""What would have stood in a dialog on the screen, a JSON line each."""
LOGIN_ITEMS = PRETEND + "/login-items"
"""Labels that the person switched off in Login Items, a line `LABEL=off` each."""
NO_DESKTOP = PRETEND + "/no-desktop"
"""Where this is, nobody is logged in at the screen."""
USER_TCC = PRETEND + "/TCC.db"
"""The account's privacy database on macOS 27, where no program can look for it."""
DIALOGS_OPEN = PRETEND + "/dialogs-open"
"""Where this is, the tools run in the desktop's session: a locked keychain asks by a dialog."""
DIALOG_BUTTON = PRETEND + "/dialog-button"
"""The button that is pressed in the dialogs of osascript; where it is not, nobody is there."""
XATTRS = PRETEND + "/xattrs"
"""Extended attributes, a line `PATH TAB NAME TAB HEX` each."""
SIP_OFF = PRETEND + "/sip-off"
"""Where this is, System Integrity Protection is off."""
FREE_SPACE = PRETEND + "/free-space"
"""How many bytes the disk has left; plenty where this is not."""
SYSTEM_KEYCHAIN = "Library/Keychains/System.keychain"
"""The keychain of the whole Mac."""
_LOGIN_KEYCHAIN = "Library/Keychains/login.keychain-db"


class Folder:
    """The folder that plays the Mac."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._facts: dict[str, str] | None = None

    def at(self, tail: str) -> str:
        """Return where a path below the root can be opened."""
        return f"{self.root}/{tail}"

    def fact(self, name: str) -> str:
        """Return one fact of the marker: `macos`, `user`, `uid`, `home`."""
        if self._facts is None:
            lines = read(self.at(FACTS)).decode("utf-8", "surrogateescape").splitlines()
            self._facts = dict(line.split("=", 1) for line in lines)
        return self._facts[name]

    @property
    def home(self) -> str:
        """The account's home."""
        return self.at(self.fact("home").lstrip("/"))

    @property
    def login_keychain(self) -> str:
        """The account's own keychain."""
        return f"{self.home}/{_LOGIN_KEYCHAIN}"


def read(path: str) -> bytes:
    """Return a file's bytes. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def write(path: str, data: bytes, mode: int = 0o600) -> None:
    """Put a file in place at once. Raises OSError."""
    fresh = f"{path}.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    os.rename(fresh, path)  # noqa: PTH104


def append(path: str, line: bytes) -> None:
    """Add a line by a single write, so that several processes may do it. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def exists(path: str) -> bool:
    """Return whether there is something at a path."""
    try:
        os.stat(path)  # noqa: PTH116
    except OSError:
        return False
    return True

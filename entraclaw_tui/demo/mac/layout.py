"""Where things lie in a pretend Mac, for its launchd and for jobs that know its root."""

from __future__ import annotations

import json
from pathlib import Path

from entraclaw_tui.demo.mac.lean import (
    DIALOGS_OPEN,
    FACTS,
    LAUNCHD_SOCKET,
    LOGIN_ITEMS,
    NO_DESKTOP,
    PRETEND,
    SYSTEM_KEYCHAIN,
)

MARKER = ".entraclaw-pretend-mac.json"
"""The file that says a folder is a pretend Mac; the same name as `macos.host.MARKER`."""


class Layout:
    """The paths and facts of one pretend Mac. Every path can be opened."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._marker: dict[str, object] | None = None

    @property
    def marker(self) -> dict[str, object]:
        """Return what the pretend Mac says of itself. Raises OSError or ValueError."""
        if self._marker is None:
            loaded = json.loads((self.root / MARKER).read_bytes())
            if not isinstance(loaded, dict):
                raise ValueError(f"{self.root / MARKER} holds no object")
            self._marker = loaded
        return self._marker

    def text(self, key: str) -> str:
        """Return one fact of the marker as text."""
        return str(self.marker.get(key, ""))

    @property
    def uid(self) -> int:
        """The account's number on the pretend Mac."""
        return int(self.text("uid"))

    @property
    def speed(self) -> float:
        """How many times faster launchd's clocks run."""
        return float(self.text("speed") or "1")

    @property
    def home(self) -> Path:
        """The account's home."""
        return self.root / self.text("home").lstrip("/")

    @property
    def launchd_socket(self) -> Path:
        """Where the pretend launchd listens."""
        return self.root / LAUNCHD_SOCKET

    @property
    def launchd_lock(self) -> Path:
        """The file whose lock the running launchd holds."""
        return self.root / "private/var/run/launchd.pid"

    @property
    def launchd_log(self) -> Path:
        """The pretend launchd's log."""
        return self.root / "private/var/log/com.apple.xpc.launchd/launchd.log"

    @property
    def overrides(self) -> Path:
        """Which services of the account are disabled."""
        return self.root / f"private/var/db/com.apple.xpc.launchd/disabled.{self.uid}.plist"

    @property
    def running_jobs(self) -> Path:
        """The processes of the running launchd, for the next one should it be killed."""
        return self.root / "private/var/run/launchd.jobs"

    @property
    def code_requirements(self) -> Path:
        """The code that jobs were loaded with before this launchd came up."""
        return self.root / PRETEND / "lwcr"

    @property
    def fates(self) -> Path:
        """Jobs whose process the system itself ends at each start, `LABEL=OS_REASON_DYLD` each."""
        return self.root / PRETEND / "fates"

    @property
    def past_runs(self) -> Path:
        """How often jobs were started before this launchd came up."""
        return self.root / PRETEND / "runs"

    @property
    def on_demand(self) -> Path:
        """Where this is, sessions begin in on-demand-only mode.

        A line `LABEL=held` each holds a job back even from its sockets, so that a look at it
        does not start it.
        """
        return self.root / PRETEND / "on-demand"

    @property
    def login_items(self) -> Path:
        """Labels that the person switched off in Login Items."""
        return self.root / LOGIN_ITEMS

    @property
    def no_desktop(self) -> Path:
        """Where this is, nobody is logged in at the screen."""
        return self.root / NO_DESKTOP

    @property
    def dialogs_open(self) -> Path:
        """Where this is, what needs the person's answer opens a dialog and waits."""
        return self.root / DIALOGS_OPEN

    @property
    def login_keychain(self) -> Path:
        """The account's own keychain."""
        return self.home / "Library/Keychains/login.keychain-db"

    @property
    def system_keychain(self) -> Path:
        """The keychain of the whole Mac."""
        return self.root / SYSTEM_KEYCHAIN

    @property
    def facts(self) -> Path:
        """The marker once more, for tools that start too lean to read JSON."""
        return self.root / FACTS

    def folders(self) -> tuple[str, ...]:
        """Return the folders of an empty pretend Mac, below its root, parents first."""
        home = self.text("home").lstrip("/")
        return (
            "bin",
            "usr/bin",
            "usr/sbin",
            "usr/local/bin",
            "Library/Application Support/com.apple.TCC",
            "Library/Keychains",
            "Library/LaunchAgents",
            "Library/LaunchDaemons",
            "private/tmp",
            "private/var/db/com.apple.xpc.launchd",
            "private/var/db/pretend",
            "private/var/log/com.apple.xpc.launchd",
            "private/var/run",
            f"{home}/Library/Application Support/com.apple.TCC",
            f"{home}/Library/Keychains",
            f"{home}/Library/LaunchAgents",
            f"{home}/Library/Logs",
        )

"""A launchd domain: the services of the system, of a user, of a desktop login."""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.demo.mac import xattrs
from entraclaw_tui.demo.mac.launchd.definition import Definition, load
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.job import Job
from entraclaw_tui.demo.mac.launchd.overrides import Overrides
from entraclaw_tui.demo.mac.launchd.reader import DefinitionError
from entraclaw_tui.demo.mac.lean import ASID, Folder

ERRORS = {
    1: "Operation not permitted",
    2: "No such file or directory",
    3: "No such process",
    5: "Input/output error",
    13: "Permission denied",
    36: "Operation now in progress",
    37: "Operation already in progress",
    109: "Invalid property list",
    112: "Could not find specified domain",
    113: "Could not find specified service",
    119: "Service is disabled",
    122: "Path had bad ownership/permissions",
    125: "Domain does not support specified action",
    134: "Service cannot load in requested session",
}
"""launchd's error numbers and their texts (xpc_strerror)."""


LOGIN = "launchd[1]"
"""Who loads jobs when a session begins."""


class LaunchError(Exception):
    """launchd refused. `code` is its error number."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code}: {ERRORS.get(code, 'unknown error')}")
        self.code = code


class Domain:
    """The services of one domain and what may be loaded into it."""

    def __init__(self, name: str, ground: Ground, overrides: Overrides) -> None:
        self.name = name
        self.kind, _, number = name.partition("/")
        self.uid = int(number) if number else 0
        self.overrides = overrides
        self.jobs: dict[str, Job] = {}
        self.bringup_ms = 0
        self._ground = ground

    @property
    def titled(self) -> str:
        """The domain as launchd's log and `domain =` name it."""
        return f"{self.name} [{ASID}]" if self.kind == "gui" else self.name

    @property
    def described(self) -> str:
        """The domain in an error message."""
        words = {"gui": f"user gui: {self.uid}", "user": f"uid: {self.uid}"}
        return words.get(self.kind, self.name)

    @property
    def session(self) -> str:
        """The session type that a job must allow to be loaded here."""
        return {"gui": "Aqua", "user": "Background"}.get(self.kind, "System")

    def takes(self, definition: Definition) -> bool:
        """Return whether a job may live in this domain."""
        return self.kind == "system" or self.session in definition.sessions

    def job(self, label: str) -> Job:
        """Return a service. Raises LaunchError 113."""
        if label not in self.jobs:
            raise LaunchError(113)
        return self.jobs[label]

    def bootstrap(self, path: Path, by: str) -> None:
        """Load a job from its property list. Raises LaunchError."""
        try:
            self._load(path, at_login=by == LOGIN)
        except LaunchError as error:
            self._note(f"Bootstrap by {by} for {path} failed ({error})")
            raise
        self._note(f"Bootstrap by {by} for {path} succeeded (0: )")

    def bootout(self, label: str, by: str) -> None:
        """Take a job out; it may still be ending when this returns. Raises LaunchError."""
        job = self.jobs.get(label)
        if job is None:
            raise LaunchError(3)
        if job.leaving:
            raise LaunchError(36)
        self._note(f"Bootout by {by} for {self.name}/{label} succeeded (0: )")
        job.leave()

    def labels_of(self, path: Path) -> list[str]:
        """Return the services that were loaded from a property list."""
        return [label for label, job in self.jobs.items() if job.definition.path == path]

    def _load(self, path: Path, *, at_login: bool) -> None:
        if xattrs.QUARANTINE in xattrs.names(Folder(str(self._ground.host.root)), str(path)):
            self._note(f"{path}: File is quarantined", "Error")
            raise LaunchError(5)
        try:
            definition = load(path)
        except DefinitionError as error:
            self._note(f"{path}: {error}", "Error")
            raise LaunchError(error.code) from None
        if definition.label in self.jobs:
            raise LaunchError(37)
        if self.overrides.disabled(definition.label, definition.disabled):
            raise LaunchError(119)
        if definition.label in self._ground.switched_off and self.kind != "system":
            raise LaunchError(119)
        if not self.takes(definition):
            raise LaunchError(125 if self.kind == "user" else 134)
        self._ground.code.remember(definition.label, definition.program, at_login=at_login)
        job = Job(definition, self.name, self._ground, self._forget, self.jobs)
        self.jobs[definition.label] = job
        job.load()
        self._reconsider()

    def _forget(self, job: Job) -> None:
        del self.jobs[job.label]
        self._reconsider()

    def _reconsider(self) -> None:
        for job in list(self.jobs.values()):
            job.reconsider()

    def _note(self, message: str, level: str = "Notice") -> None:
        self._ground.journal.note(self.titled, message, level)

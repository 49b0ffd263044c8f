"""What a recording holds: a header, then one JSON object a line, each with its time.

These types and no others go in:

- of the Mac, what the panel's store holds: Machine, Job, Usage, Keychain (attributes of items,
  never their data or comments), Privacy, Finding; and, where somebody looked closely, JobDefinition
  (values of variables hidden), EnvironmentName (names and sizes), Process, Domain, Program,
  Signature, entitlements, Assessment, LoginItem, Readers, KeychainState, lines of launchd's log and
  of the job;
- of the worker, its Snapshot and Events, which hold no token, key, PIN or code;
- LogLine.

What a sheet asks for on a person's wish (a variable's value, a sign-in's code) never enters the
store, and so no recording; nor does the banner, in which the demo tells its PIN.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from entraclaw_tui.dashboard import job_keys, key
from entraclaw_tui.dashboard.closer import LOCK, READERS
from entraclaw_tui.ipc.messages import Event, Snapshot
from entraclaw_tui.macos.assessment import Assessment
from entraclaw_tui.macos.interpreter import Program
from entraclaw_tui.macos.keychain_readers import Readers
from entraclaw_tui.macos.login_items import LoginItem
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import Domain, EnvironmentName, Job, JobDefinition, Process, Usage
from entraclaw_tui.model.keychain import Keychain, KeychainState
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.privacy import Privacy, Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded, Stale

FORMAT = 1

Time: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=32_503_680_000)]
"""Seconds since 1970. Up to the year 3000: a damaged time must not stop the replay."""


class Mark(msgspec.Struct, frozen=True):
    """The first line's own word that this is a recording, whatever else it has."""

    entraclaw_recording: int
    """The format's version."""


class Header(msgspec.Struct, frozen=True):
    """The first line: what was recorded where, and how large the window was."""

    entraclaw_recording: int
    program: str
    """The version of the panel."""
    at: Time
    host: str
    user: str
    uid: int
    macos: str
    """Of a pretend Mac; a real one tells its release with its first answer."""
    pretend: bool
    columns: int
    rows: int


class Said(msgspec.Struct, frozen=True, tag="source"):
    """A source said something new."""

    at: Time
    name: str
    says: msgspec.Raw


class Told(msgspec.Struct, frozen=True, tag="worker"):
    """The worker as a whole: at first, and where it came, went or began anew."""

    at: Time
    connected: bool
    reason: str
    heard_at: Time
    restarts: int
    snapshot: Snapshot | None = None


class Changed(msgspec.Struct, frozen=True, tag="events"):
    """What changed of the worker's things."""

    at: Time
    heard_at: Time
    events: tuple[Event, ...]


class Lines(msgspec.Struct, frozen=True, tag="log"):
    """Lines of logs."""

    at: Time
    lines: tuple[LogLine, ...]


class Ended(msgspec.Struct, frozen=True, tag="end"):
    """The recording ended by itself. Where this is missing, the panel was killed."""

    at: Time
    why: Literal["left", "full", "trouble"]


Entry: TypeAlias = Said | Told | Changed | Lines | Ended


def _kind(value: object) -> Any:
    return Loaded[value] | Stale[value] | Empty | Failed  # type: ignore[valid-type]


KINDS: dict[str, Any] = {
    key.MACHINE.name: _kind(Machine),
    key.JOB.name: _kind(Job),
    key.USAGE.name: _kind(Usage),
    key.KEYCHAIN.name: _kind(Keychain),
    key.PRIVACY.name: _kind(Privacy),
    key.FINDINGS.name: _kind(tuple[Finding, ...]),
    job_keys.DEFINITION.name: _kind(JobDefinition),
    job_keys.STARTED.name: _kind(str),
    job_keys.PROCESS.name: _kind(Process),
    job_keys.DOMAIN.name: _kind(Domain),
    job_keys.PROGRAM.name: _kind(Program),
    job_keys.ENVIRONMENT.name: _kind(tuple[EnvironmentName, ...]),
    job_keys.TOLD.name: _kind(tuple[LogLine, ...]),
    job_keys.SAID.name: _kind(tuple[str, ...]),
    job_keys.SIGNATURE.name: _kind(Signature),
    job_keys.ENTITLEMENTS.name: _kind(dict[str, Any]),
    job_keys.ASSESSMENT.name: _kind(Assessment),
    job_keys.TICKET.name: _kind(bool),
    job_keys.LOGIN_ITEMS.name: _kind(tuple[LoginItem, ...]),
    READERS.name: _kind(tuple[Readers, ...]),
    LOCK.name: _kind(KeychainState),
}
"""The sources that are recorded, each with what it can say. Requests, grants and tokens come from
the worker's things and are not written twice."""

"""Privacy grants (TCC) and code signatures."""

from __future__ import annotations

import msgspec

COUNTS = frozenset({"granted", "limited", "add only"})
"""The states that let a program in at its next start too."""
THIS_RUN = "this run only"
"""The state that never counts as a grant: it was for one run, and the row outlives it."""


class PrivacyGrant(msgspec.Struct, frozen=True):
    """One row of a TCC database."""

    service: str
    """Apple's name, `kTCCServiceSystemPolicyAllFiles`."""
    name: str
    """Ours, `Full Disk Access`."""
    client: str
    client_is_path: bool
    state: str
    """`denied`, `unknown`, `granted`, `limited`, `add only`, `this run only`, or the number."""
    reason: str
    changed_at: float | None
    scope: str
    """`user` or `system`: the database the row stands in."""
    target: str = ""
    """The other program of an automation grant, else empty."""
    requirement: str = ""
    """The code requirement the grant is bound to, in the requirement language, or empty; it begins
    with `not decoded` where it could not be read."""
    listed: bool = False
    """Told by `tccutil list`: the decision is known, and nothing about it."""


class Privacy(msgspec.Struct, frozen=True):
    """Both databases: rows, and for each database that was not read why."""

    grants: tuple[PrivacyGrant, ...]
    user_database: str
    """`read`, `absent` (this macOS keeps it elsewhere), `listed` (absent, but `tccutil list` tells
    decisions), `denied` (no Full Disk Access) or `damaged` (no table that we know)."""
    system_database: str
    read_by: str = ""
    """`worker` where the worker read them for a panel that may not; else empty."""
    note: str = ""
    """What could not be told beside that, in a sentence; else empty."""


class Signature(msgspec.Struct, frozen=True):
    """A program's code signature as `codesign` tells it."""

    path: str
    status: str
    """`valid`, `adhoc`, `unsigned`, `broken` or `unverified`."""
    identifier: str = ""
    team: str = ""
    authority: tuple[str, ...] = ()
    cdhash: str = ""
    flags: tuple[str, ...] = ()
    requirement: str = ""
    format: str = ""
    """`Mach-O thin (arm64)`, `app bundle with ...`."""
    ticket: str = ""
    """`stapled` where a notarization ticket is attached, else empty."""
    runtime: str = ""
    """The version of the hardened runtime, empty without it."""

    @property
    def hardened(self) -> bool:
        """Whether the hardened runtime limits it."""
        return "runtime" in self.flags or bool(self.runtime)

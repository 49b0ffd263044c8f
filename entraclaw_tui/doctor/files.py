"""Whether our files are for us alone."""

from __future__ import annotations

from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.model.finding import Finding, Repair, Severity

_OTHERS = 0o077


def open_to_others(evidence: Evidence) -> Iterator[Finding]:
    """Other users of the Mac may read or write files of the agent.

    A link has no mode that counts; that it is there is told elsewhere.
    """
    found = [
        file
        for file in evidence.files
        if file.owned and file.kind != "other" and file.mode & _OTHERS
    ]
    if found:
        yield Finding(
            "files-open",
            Severity.ERROR,
            "Other users of this Mac may open files of the agent.",
            tuple(f"{file.mode:04o} {file.path}" for file in found),
            "They hold requests, grants and the audit, or let a program ask for tokens.",
            repairs.chmod("Take all rights from others.", "go-rwx", *(file.path for file in found)),
            about="files",
        )


def owned_by_others(evidence: Evidence) -> Iterator[Finding]:
    """A file in our folder belongs to somebody else, who can change it at any time."""
    found = [file.path for file in evidence.files if not file.owned]
    if found:
        yield Finding(
            "files-foreign",
            Severity.ERROR,
            "Files of the agent belong to another user.",
            tuple(found),
            "Their owner can read and change them. `sudo` leaves such files behind.",
            Repair("Give them back to yourself with `sudo chown`, once you know why."),
            about="files",
        )

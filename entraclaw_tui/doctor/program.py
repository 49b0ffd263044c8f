"""What can be wrong with the program that the job runs: its signature, its place, which Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.source import Loaded

_SHIMS = frozenset({"/usr/bin/python3", "/usr/bin/env", "/bin/sh", "/bin/bash", "/bin/zsh"})
_VERSIONED = re.compile(
    r"/Cellar/|/uv/python/cpython-|/\.pyenv/versions/|/\.asdf/installs/|/mise/installs/"
)


def unsigned(evidence: Evidence) -> Iterator[Finding]:
    """The program has no signature at all."""
    if evidence.signature.status == "unsigned":
        yield Finding(
            "program-unsigned",
            Severity.WARNING,
            "The agent's program is not signed.",
            (f"codesign: {evidence.program}: code object is not signed at all",),
            "macOS cannot tell it from another program: grants and Keychain rights cannot be bound "
            "to it, and on Apple silicon it does not run.",
            repairs.by_hand("Use a signed Python, such as the one of python.org."),
            about="job",
        )


def adhoc(evidence: Evidence) -> Iterator[Finding]:
    """The program is signed by nobody: each build is another program."""
    if evidence.signature.status == "adhoc":
        yield Finding(
            "program-adhoc",
            Severity.NOTE,
            "The agent's program is signed ad hoc: each upgrade is a new program to macOS.",
            (f"Signature=adhoc, cdhash {evidence.signature.cdhash or 'unknown'}",),
            "Grants and Keychain rights are bound to this very build; after an upgrade they are "
            "asked for again, or denied without a word.",
            repairs.by_hand("A Python with a Developer ID, such as python.org's, keeps them."),
            about="job",
        )


def damaged(evidence: Evidence) -> Iterator[Finding]:
    """The file does not fit its signature."""
    if evidence.signature.status == "broken":
        yield Finding(
            "program-damaged",
            Severity.ERROR,
            "The agent's program was changed after it was signed.",
            (f"codesign: {evidence.program}: the signature does not hold",),
            "macOS ends such a program at its start, or at any page that was changed.",
            repairs.by_hand("Install Python anew, then `entraclaw-tui agent install`."),
            about="job",
        )


def quarantined(evidence: Evidence) -> Iterator[Finding]:
    """A file that a browser or mail program brought still carries the mark."""
    if evidence.around.quarantined:
        yield Finding(
            "quarantined",
            Severity.ERROR,
            "macOS holds a file of the agent back: it came from the internet.",
            tuple(f"com.apple.quarantine: {path}" for path in evidence.around.quarantined),
            "launchd refuses a definition with this mark, and a program with it asks at the screen "
            "first.",
            repairs.by_hand(
                "If you know where it came from: `xattr -d com.apple.quarantine FILE`."
            ),
            about="job",
        )


def shim(evidence: Evidence) -> Iterator[Finding]:
    """The definition names a program that only starts another one."""
    named = evidence.definition.program
    if named in _SHIMS:
        yield Finding(
            "program-shim",
            Severity.WARNING,
            "The job starts Python by way of another program.",
            (f"ProgramArguments[0] = {named}",),
            "Grants and Keychain rights go to what runs in the end, and which Python that is can "
            "change by itself.",
            repairs.INSTALL,
            about="job",
        )


def versioned(evidence: Evidence) -> Iterator[Finding]:
    """Grants are bound to a path that the next upgrade takes away."""
    privacy = evidence.privacy
    held = [
        grant
        for grant in (privacy.value.grants if isinstance(privacy, Loaded) else ())
        if grant.client == evidence.program and grant.state == "granted"
    ]
    # A pretend Mac borrows the Python of this machine, wherever that lies.
    if held and not evidence.around.borrowed and _VERSIONED.search(evidence.program):
        yield Finding(
            "grant-versioned",
            Severity.NOTE,
            "What macOS allowed the agent ends with the next upgrade of Python.",
            (f"granted to {evidence.program}", *(grant.name for grant in held[:4])),
            "The path has the version in it, and a grant is bound to the path.",
            repairs.by_hand("Run the agent with a Python whose path stays, as python.org's does."),
            about="privacy",
            things=tuple(f"{grant.service} {grant.client}" for grant in held),
        )


def two_pythons(evidence: Evidence) -> Iterator[Finding]:
    """These commands run by another Python than the agent does."""
    mine, theirs = evidence.around.python, evidence.program
    if mine and theirs and evidence.program_there and mine != theirs:
        yield Finding(
            "two-pythons",
            Severity.NOTE,
            "The agent runs another Python than this program does.",
            (f"the agent: {theirs}", f"this program: {mine}"),
            "To macOS they are two programs: what one stored in the Keychain the other may not "
            "read.",
            Repair("To use this one for both, install it.", repairs.INSTALL.command),
            about="job",
        )

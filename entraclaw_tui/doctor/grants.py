"""Whether what macOS has allowed still fits the program that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.tcc_rows import ABSENT, DAMAGED, DENIED, LISTED, NOT_DECODED
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.privacy import PrivacyGrant
from entraclaw_tui.model.source import Failed, Loaded

_FULL_DISK = "kTCCServiceSystemPolicyAllFiles"
_AUTOMATION = "kTCCServiceAppleEvents"
_MOVED_IN = 27
_TERMINALS = frozenset(
    {
        "com.apple.Terminal",
        "com.googlecode.iterm2",
        "/usr/libexec/sshd-keygen-wrapper",
        "com.apple.sshd-keygen-wrapper",
    }
)
_GRANTED = frozenset({"granted", "limited", "add only"})
_VERSION = re.compile(r"[\d.]+")


def not_readable(evidence: Evidence) -> Iterator[Finding]:
    """This program may not read the privacy databases."""
    source = evidence.privacy
    if isinstance(source, Failed):
        seen = [source.reason]
    elif isinstance(source, Loaded):
        states = {"user": source.value.user_database, "system": source.value.system_database}
        seen = [f"{name} database: {state}" for name, state in states.items() if state == DENIED]
    else:
        return
    if seen:
        yield Finding(
            "privacy-unread",
            Severity.NOTE,
            "What macOS has allowed the agent cannot be read from here.",
            tuple(seen),
            "Only a program with Full Disk Access may read it. Over SSH that is the SSH server, "
            "else your terminal.",
            repairs.settings(_FULL_DISK, "Give your terminal Full Disk Access."),
            about="privacy",
        )


def gone(evidence: Evidence) -> Iterator[Finding]:
    """A grant belongs to a program that was replaced by another version."""
    held = {grant.service for grant in _of_program(evidence) if grant.state in _GRANTED}
    for grant in _grants(evidence):
        if (
            grant.client in evidence.gone
            and grant.state in _GRANTED
            and grant.service not in held
            and _family(grant.client) == _family(evidence.program)
        ):
            yield Finding(
                "grant-gone",
                Severity.ERROR,
                f"The grant for {grant.name} belongs to {_name(grant.client)}; the job runs "
                f"{_name(evidence.program)}.",
                (f"granted: {grant.client} (gone)", f"the job: {evidence.program}"),
                "macOS ties a grant to the program's path, and an upgrade changed it.",
                repairs.settings(grant.service, f"Allow {grant.name} for {evidence.program}."),
                about="privacy",
                things=(_thing(grant),),
            )


def changed(evidence: Evidence) -> Iterator[Finding]:
    """A grant stands, but the program's code is no longer what it was given to."""
    now = evidence.signature.requirement
    for grant in _of_program(evidence):
        before = grant.requirement
        if not now or not before or before.startswith(NOT_DECODED):
            continue
        if grant.state in _GRANTED and before.split() != now.split():
            yield Finding(
                "grant-stale",
                Severity.ERROR,
                f"The grant for {grant.name} was given to an older build of the program.",
                (f"granted to: {before}", f"now: {now}"),
                "macOS compares the code with the one it asked about, and denies without a word.",
                repairs.settings(
                    grant.service, "Remove the program from the list, then add it again."
                ),
                about="privacy",
                things=(_thing(grant),),
            )


def once_only(evidence: Evidence) -> Iterator[Finding]:
    """A grant was for one run of the program."""
    for grant in _of_program(evidence):
        if grant.state == "this run only":
            yield Finding(
                "grant-once",
                Severity.WARNING,
                f"{grant.name} was allowed for one run of the program only.",
                (f"{grant.service}: {grant.client}, auth_value 5",),
                "The row stays after that run has ended and then grants nothing.",
                repairs.settings(grant.service, f"Allow {grant.name} for {grant.client}."),
                about="privacy",
                things=(_thing(grant),),
            )


def bound_to_a_build(evidence: Evidence) -> Iterator[Finding]:
    """Grants hold for this very build of the program and end with the next one."""
    held = [
        grant
        for grant in _of_program(evidence)
        if grant.state in _GRANTED
        and grant.requirement.startswith("cdhash ")
        and grant.requirement.split() == evidence.signature.requirement.split()
    ]
    if held:
        yield Finding(
            "grant-one-build",
            Severity.NOTE,
            "What macOS allowed the agent holds for this very build of its program.",
            tuple(f"{grant.name}: {grant.requirement}" for grant in held),
            "The program is signed ad hoc: any other build, even of the same version, is denied "
            "without a word.",
            repairs.by_hand("A Python with a Developer ID, such as python.org's, keeps grants."),
            about="privacy",
            things=tuple(map(_thing, held)),
        )


def of_the_terminal(evidence: Evidence) -> Iterator[Finding]:
    """What works in a terminal fails in the background: the terminal has the grant."""
    own = {grant.service for grant in _of_program(evidence)}
    lent = [
        grant
        for grant in _grants(evidence)
        if grant.service == _FULL_DISK
        and grant.state in _GRANTED
        and grant.client in _TERMINALS
        and grant.service not in own
    ]
    if lent and evidence.program:
        yield Finding(
            "grant-of-terminal",
            Severity.NOTE,
            f"Your terminal has {lent[0].name}, the agent has not.",
            tuple(f"granted to {grant.client}" for grant in lent),
            "What you start in a terminal uses the terminal's grants, over SSH those of the SSH "
            "server; a background job has only its own.",
            repairs.settings(_FULL_DISK, f"If the agent needs it: allow {evidence.program}."),
            about="privacy",
            things=tuple(map(_thing, lent)),
        )


def automation_denied(evidence: Evidence) -> Iterator[Finding]:
    """One program may be automated and another not: these grants are for pairs."""
    pairs = [grant for grant in _of_program(evidence) if grant.service == _AUTOMATION]
    denied = [grant for grant in pairs if grant.state == "denied"]
    if denied and len(denied) < len(pairs):
        yield Finding(
            "automation-pair",
            Severity.NOTE,
            "The agent may automate some programs, and was denied others.",
            tuple(f"{grant.target}: {grant.state}" for grant in pairs),
            "Automation is allowed for each pair of programs by itself.",
            repairs.settings(_AUTOMATION, "Look which ones you want."),
            about="privacy",
            things=(_thing(denied[0]),),
        )


def moved(evidence: Evidence) -> Iterator[Finding]:
    """macOS 27 keeps a person's own grants where no program can read them in full."""
    source, version = evidence.privacy, evidence.around.macos.partition(".")[0]
    state = source.value.user_database if isinstance(source, Loaded) else ""
    if state not in (ABSENT, LISTED) or not version.isdecimal() or int(version) < _MOVED_IN:
        return
    seen = (f"macOS {evidence.around.macos}", f"user database: {state}")
    if state == LISTED:
        yield Finding(
            "privacy-moved",
            Severity.NOTE,
            "This macOS tells your own privacy decisions, and no more about them.",
            seen,
            "`tccutil list` says allowed or denied; since when, why and for which code stays "
            "unknown, so an old grant cannot be told from a good one.",
            repairs.by_hand("If one does not work: System Settings, Privacy & Security."),
            about="privacy",
        )
        return
    yield Finding(
        "privacy-moved",
        Severity.NOTE,
        "This macOS does not show your own privacy grants to any program.",
        seen,
        "Only the system's database is left to read; grants such as Automation and Contacts "
        "cannot be checked.",
        repairs.by_hand("Look in System Settings, Privacy & Security."),
        about="privacy",
    )


def unreadable(evidence: Evidence) -> Iterator[Finding]:
    """A privacy database is there and is none that we know."""
    source = evidence.privacy
    if not isinstance(source, Loaded):
        return
    states = {"user": source.value.user_database, "system": source.value.system_database}
    found = [name for name, state in states.items() if state == DAMAGED]
    if found:
        yield Finding(
            "privacy-damaged",
            Severity.WARNING,
            "A privacy database cannot be understood.",
            tuple(f"{name} database: {DAMAGED}" for name in found),
            "It is damaged, or this macOS gave it a form that this version does not know.",
            repairs.by_hand("Look for a newer version of this program."),
            about="privacy",
        )


def _grants(evidence: Evidence) -> tuple[PrivacyGrant, ...]:
    return evidence.privacy.value.grants if isinstance(evidence.privacy, Loaded) else ()


def _of_program(evidence: Evidence) -> list[PrivacyGrant]:
    return [
        grant
        for grant in _grants(evidence)
        if grant.client_is_path and evidence.program and grant.client == evidence.program
    ]


def _family(path: str) -> str:
    """Return a program's name without its version: `python3.14` and `python3.12` are one."""
    return _VERSION.sub("", PurePosixPath(path).name)


def _name(path: str) -> str:
    """Return the end of a path that tells versions apart."""
    return "/".join(PurePosixPath(path).parts[-3:]).lstrip("/")


def _thing(grant: PrivacyGrant) -> str:
    """Return how a row is named in `Finding.things`."""
    return f"{grant.service} {grant.client}"

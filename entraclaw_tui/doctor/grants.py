"""Whether what macOS has allowed still fits the program that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.tcc_rows import DENIED, NOT_DECODED
from entraclaw_tui.macos.tcc_services import settings_url
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.privacy import PrivacyGrant
from entraclaw_tui.model.source import Failed, Loaded

_FULL_DISK = "kTCCServiceSystemPolicyAllFiles"
_GRANTED = frozenset({"granted", "limited", "add only"})
_VERSION = re.compile(r"[\d.]+")
_OPEN = "/usr/bin/open"


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
            _settings(_FULL_DISK, "Give your terminal Full Disk Access."),
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
                _settings(grant.service, f"Allow {grant.name} for {evidence.program}."),
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
                _settings(grant.service, "Remove the program from the list, then add it again."),
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
                _settings(grant.service, f"Allow {grant.name} for {grant.client}."),
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


def _settings(service: str, words: str) -> Repair:
    return Repair(words, (_OPEN, settings_url(service)), reversible=True)

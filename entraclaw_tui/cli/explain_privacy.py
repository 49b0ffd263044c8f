"""Saved privacy databases and lists of login items."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from entraclaw_tui.cli.explain_report import Capture, Report, Unreadable, fields, worst_first
from entraclaw_tui.macos.login_items import LoginItem, parse_dumpbtm
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.macos.tcc_rows import NOT_DECODED, READ, read_rows
from entraclaw_tui.macos.tcc_services import settings_url
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.privacy import PrivacyGrant

_SQLITE = b"SQLite format 3\0"
_GRANTED = frozenset({"granted", "limited", "add only"})
_VERSIONED = re.compile(r"/(?:Cellar/[^/]+/|cpython-|[^/]*python@?)\d+\.\d+", re.IGNORECASE)
_SSH = "/usr/libexec/sshd-keygen-wrapper"
_TERMINALS = frozenset({"com.apple.Terminal", "com.googlecode.iterm2", _SSH})
_FULL_DISK = "kTCCServiceSystemPolicyAllFiles"
_SHOWN = 5


def database(capture: Capture) -> Report:
    """A copy of a TCC.db, of any macOS: its columns decide."""
    if not capture.data.startswith(_SQLITE):
        raise Unreadable("This is no SQLite database.")
    # sqlite reads files; the copy is private, and gone at the end.
    with tempfile.NamedTemporaryFile(prefix="ec-", suffix=".db") as copy:
        copy.write(capture.data)
        copy.flush()
        state, rows = read_rows(Path(copy.name), "file")
    if state != READ:
        raise Unreadable("This is no privacy database that can be read, or it is damaged.")
    typed: dict[str, object] = {
        "count": len(rows),
        "grants": [{**fields(row), "settings": settings_url(row.service)} for row in rows],
    }
    return Report(capture.kind, typed, {}, worst_first(_of_rows(rows)))


def login_items(capture: Capture) -> Report:
    """`sfltool dumpbtm`."""
    found = parse_dumpbtm(capture.text.replace("\r\n", "\n"))
    if not found:
        raise Unreadable("This does not look like an output of `sfltool dumpbtm`.")
    items = [{**item._asdict(), "label": item.label} for item in found]
    return Report(
        capture.kind, {"count": len(items), "items": items}, {}, worst_first(_of_items(found))
    )


def _of_rows(rows: tuple[PrivacyGrant, ...]) -> Iterator[Finding]:
    once = [row for row in rows if row.state == "this run only"]
    if once:
        yield Finding(
            "grant-once",
            Severity.NOTE,
            "Some rows were for one run of a program only.",
            tuple(f"{row.name}: {row.client} (auth_value 5)" for row in once[:_SHOWN]),
            "The row stays after that run has ended and then grants nothing.",
        )
    versioned = [
        row
        for row in rows
        if row.client_is_path and row.state in _GRANTED and _VERSIONED.search(row.client)
    ]
    if versioned:
        yield Finding(
            "grant-versioned-path",
            Severity.WARNING,
            "Some grants hang on a path with a version in it.",
            tuple(f"{row.name}: {row.client}" for row in versioned[:_SHOWN]),
            "The next upgrade moves the program, and the grant is left behind.",
            Repair("Grant it again after an upgrade, or use a program whose path stays."),
        )
    bound = [r for r in rows if r.state in _GRANTED and r.requirement.startswith("cdhash ")]
    if bound:
        yield Finding(
            "grant-cdhash",
            Severity.WARNING,
            "Some grants are tied to one build of a program.",
            tuple(f"{row.name}: {row.client}" for row in bound[:_SHOWN]),
            "The next build is another program to macOS.",
            Repair("Sign the program with a certificate, then grant it again."),
        )
    wide = [r for r in rows if r.service == _FULL_DISK and r.client in _TERMINALS]
    wide = [row for row in wide if row.state in _GRANTED]
    if wide:
        yield Finding(
            "grant-of-terminal",
            Severity.NOTE,
            "Full Disk Access belongs to a terminal or to the SSH server.",
            tuple(row.client for row in wide),
            "Whatever is started from there has it too; a launchd job has not.",
        )
    unread = [row for row in rows if row.requirement.startswith(NOT_DECODED)]
    if unread:
        yield Finding(
            "requirement-unread",
            Severity.NOTE,
            "Some requirements could not be read.",
            tuple(f"{row.name}: {row.client}" for row in unread[:_SHOWN]),
            "They are of a form that is not known here.",
        )


def _of_items(items: tuple[LoginItem, ...]) -> Iterator[Finding]:
    ours = [item for item in items if item.label == LABEL and item.switched_off]
    if ours:
        yield Finding(
            "login-item-off",
            Severity.ERROR,
            "The agent is switched off under Login Items.",
            tuple(f"{k}: {v}" for k, v in ours[0].raw if k in ("Identifier", "Disposition")),
            "launchd keeps its definition and refuses to start it.",
            Repair("Switch it on in System Settings, General, Login Items & Extensions."),
        )

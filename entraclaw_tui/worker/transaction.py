"""One transaction: the sealed rows, the audit, and a list of what was changed."""

from __future__ import annotations

import sqlite3

import msgspec

from entraclaw_tui.model.consent import AuditEntry, State
from entraclaw_tui.text import clean
from entraclaw_tui.worker import chain
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.tables import SealedTables

_encode = msgspec.json.Encoder(order="deterministic").encode

_DETAIL_LIMIT = 500
"""Characters of one text in an audit entry."""


class Transaction(SealedTables):
    """Lives from BEGIN to COMMIT."""

    def __init__(self, connection: sqlite3.Connection, keys: Keys, now: float) -> None:
        super().__init__(connection, keys)
        self.now = now

    def audit(self, event: str, subject: str, **detail: str) -> AuditEntry:
        """Write an audit entry, bound to the one before."""
        before, seq = self.audit_head()
        entry = chain.link(
            self._keys.audit,
            before,
            seq + 1,
            self.now,
            event,
            subject,
            {name: clean(text, _DETAIL_LIMIT) for name, text in detail.items() if text},
        )
        self._db.execute(
            "INSERT INTO audit (seq, at, event, subject, detail, chain) VALUES (?, ?, ?, ?, ?, ?)",
            (
                entry.seq,
                entry.at,
                entry.event,
                entry.subject,
                _encode(entry.detail).decode(),
                entry.chain,
            ),
        )
        self.changes.append(entry)
        return entry

    def audit_head(self) -> tuple[str, int]:
        """Return the chain text and number of the newest entry."""
        row = self._db.execute("SELECT chain, seq FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        return (str(row[0]), int(row[1])) if row else self.audit_base()

    def audit_base(self) -> tuple[str, int]:
        """Return what the first entry of this database is bound to."""
        return self.meta("base_chain"), int(self.meta("base_seq") or 0)

    def audit_entries(self, after: int, limit: int) -> list[AuditEntry]:
        """Return entries with a number above `after`, oldest first."""
        rows = self._db.execute(
            "SELECT seq, at, event, subject, detail, chain FROM audit WHERE seq > ?"
            " ORDER BY seq LIMIT ?",
            (after, limit),
        ).fetchall()
        return [_entry(row) for row in rows]

    def audit_count(self, event: str, since: float) -> int:
        """Return how often something happened since then."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM audit WHERE event = ? AND at >= ?", (event, since)
        ).fetchone()
        return int(count)

    def audit_about(self, event: str, subject: str) -> bool:
        """Return whether this happened to this subject."""
        row = self._db.execute(
            "SELECT 1 FROM audit WHERE event = ? AND subject = ? LIMIT 1", (event, subject)
        ).fetchone()
        return row is not None

    def meta(self, name: str) -> str:
        """Return a small fact about the database, or an empty text."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def put_meta(self, name: str, value: str) -> None:
        """Write a small fact."""
        self._db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def prune(self, before: float) -> None:
        """Forget ended requests, grants, tokens and clients that were last touched before then."""
        final = [str(state) for state in State if state.final]
        marks = ",".join("?" * len(final))
        self._db.execute(
            f"DELETE FROM requests WHERE created_at < ? AND state IN ({marks})",  # noqa: S608
            (before, *final),
        )
        self._db.execute("DELETE FROM grants WHERE created_at < ? AND live = 0", (before,))
        self._db.execute("DELETE FROM tokens WHERE issued_at < ?", (before,))
        self._db.execute(
            "DELETE FROM clients WHERE identity LIKE 'process:%' AND seen_at < ?", (before,)
        )


def _entry(row: tuple[int, float, str, str, str, str]) -> AuditEntry:
    seq, at, event, subject, detail, text = row
    try:
        decoded = msgspec.json.decode(detail, type=dict[str, str])
    except msgspec.MsgspecError:
        decoded = {}
    if _encode(decoded).decode() != detail:  # a text that only means the same was written by others
        decoded = {"unreadable": detail}
    return AuditEntry(seq, at, event, subject, decoded, text)

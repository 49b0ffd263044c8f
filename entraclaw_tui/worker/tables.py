"""The sealed rows: typed reads and writes. A row with a broken seal is no row."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

import msgspec

from entraclaw_tui.model.consent import Client, Grant, State, TokenInfo
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.rows import Change, PinRow, StoredRequest, open_sealed, seal

T = TypeVar("T")
_encode = msgspec.json.Encoder(order="deterministic").encode


class SealedTables:
    """The tables of one connection. Lives on the database's thread."""

    def __init__(self, connection: sqlite3.Connection, keys: Keys) -> None:
        self._db = connection
        self._keys = keys
        self.changes: list[Change] = []

    # -- requests -----------------------------------------------------------------------------

    def request(self, request_id: str) -> StoredRequest | None:
        """Return one request."""
        return self._one("requests", "id", request_id, StoredRequest)

    def request_by_key(self, owner: str, idempotency_key: str) -> StoredRequest | None:
        """Return the request that this owner filed under this key."""
        row = self._db.execute(
            "SELECT body, seal FROM requests WHERE owner = ? AND idempotency_key = ?",
            (owner, idempotency_key),
        ).fetchone()
        return self._opened("requests", row, StoredRequest)

    def put_request(self, stored: StoredRequest) -> None:
        """Write a request."""
        body = _encode(stored)
        self._db.execute(
            "INSERT INTO requests"
            " (id, grant_id, state, owner, idempotency_key, created_at, body, seal)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " grant_id = excluded.grant_id, state = excluded.state, body = excluded.body,"
            " seal = excluded.seal",
            (
                stored.request.id,
                stored.grant_id,
                str(stored.request.state),
                stored.owner,
                stored.idempotency_key,
                stored.request.created_at,
                body,
                seal(self._keys.rows, "requests", body),
            ),
        )
        self.changes.append(stored)

    def requests_of_grant(self, grant_id: str) -> list[StoredRequest]:
        """Return the requests of a grant that are not at their end."""
        rows = self._db.execute(
            "SELECT body, seal FROM requests WHERE grant_id = ? AND grant_id <> ''", (grant_id,)
        ).fetchall()
        found = self._all("requests", rows, StoredRequest)
        return [stored for stored in found if not stored.request.state.final]

    def requests(self, limit: int) -> list[StoredRequest]:
        """Return all that are not at their end, and the newest others; oldest first."""
        final = [str(state) for state in State if state.final]
        marks = ",".join("?" * len(final))
        rows = self._db.execute(
            f"SELECT body, seal, created_at FROM requests WHERE state NOT IN ({marks})"  # noqa: S608
            " UNION SELECT body, seal, created_at FROM"
            " (SELECT * FROM requests ORDER BY created_at DESC LIMIT ?) ORDER BY created_at",
            (*final, limit),
        ).fetchall()
        return self._all("requests", rows, StoredRequest)

    # -- grants, tokens, clients --------------------------------------------------------------

    def grant(self, grant_id: str) -> Grant | None:
        """Return one grant."""
        return self._one("grants", "id", grant_id, Grant)

    def put_grant(self, grant: Grant) -> None:
        """Write a grant."""
        body = _encode(grant)
        self._db.execute(
            "INSERT OR REPLACE INTO grants (id, live, created_at, body, seal)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                grant.id,
                int(grant.ended_at is None),
                grant.created_at,
                body,
                seal(self._keys.rows, "grants", body),
            ),
        )
        self.changes.append(grant)

    def grants(self, limit: int) -> list[Grant]:
        """Return all that live, and the newest others; oldest first."""
        rows = self._db.execute(
            "SELECT body, seal, created_at FROM grants WHERE live = 1"
            " UNION SELECT body, seal, created_at FROM"
            " (SELECT * FROM grants ORDER BY created_at DESC LIMIT ?) ORDER BY created_at",
            (limit,),
        ).fetchall()
        return self._all("grants", rows, Grant)

    def put_token(self, token: TokenInfo) -> None:
        """Write what is known of a token."""
        body = _encode(token)
        self._db.execute(
            "INSERT OR REPLACE INTO tokens (id, grant_id, issued_at, body, seal)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                token.id,
                token.grant_id,
                token.issued_at,
                body,
                seal(self._keys.rows, "tokens", body),
            ),
        )
        self.changes.append(token)

    def tokens_of(self, grant_id: str) -> list[TokenInfo]:
        """Return what is known of the tokens that came by a grant."""
        rows = self._db.execute(
            "SELECT body, seal FROM tokens WHERE grant_id = ? AND grant_id <> ''", (grant_id,)
        ).fetchall()
        return self._all("tokens", rows, TokenInfo)

    def tokens(self, limit: int) -> list[TokenInfo]:
        """Return the newest, oldest first."""
        rows = self._db.execute(
            "SELECT body, seal FROM tokens ORDER BY issued_at DESC, id LIMIT ?", (limit,)
        ).fetchall()
        return self._all("tokens", rows[::-1], TokenInfo)

    def client(self, identity: str) -> Client | None:
        """Return one client."""
        return self._one("clients", "identity", identity, Client)

    def put_client(self, client: Client) -> None:
        """Write a client."""
        body = _encode(client)
        self._db.execute(
            "INSERT OR REPLACE INTO clients (identity, seen_at, body, seal) VALUES (?, ?, ?, ?)",
            (
                client.identity,
                client.last_seen_at,
                body,
                seal(self._keys.rows, "clients", body),
            ),
        )
        self.changes.append(client)

    def clients(self, limit: int) -> list[Client]:
        """Return those seen last; a block is believed even where the seal is broken."""
        rows = self._db.execute(
            "SELECT body, seal FROM clients ORDER BY seen_at DESC LIMIT ?", (limit,)
        ).fetchall()
        found = []
        for body, mark in rows[::-1]:
            client = open_sealed(self._keys.rows, "clients", body, mark, Client)
            if client is None and (doubtful := _blocked_anyway(body)) is not None:
                client = doubtful
            if client is not None:
                found.append(client)
        return found

    def switch(self, name: str) -> bool:
        """Return whether a switch is on; one that somebody else wrote counts as on."""
        row = self._db.execute("SELECT body, seal FROM policy WHERE name = ?", (name,)).fetchone()
        found = self._opened("policy", row, dict[str, bool])
        return row is not None and (found is None or found.get(name, True))

    def put_switch(self, name: str, on: bool) -> None:
        """Turn a switch of the policy."""
        body = _encode({name: on})
        self._db.execute(
            "INSERT OR REPLACE INTO policy (name, body, seal) VALUES (?, ?, ?)",
            (name, body, seal(self._keys.rows, "policy", body)),
        )

    def policy(self, kind: type[T]) -> tuple[T | None, bool]:
        """Return the person's policy, and whether a row of it is there at all."""
        row = self._db.execute("SELECT body, seal FROM policy WHERE name = 'rules'").fetchone()
        return self._opened("policy", row, kind), row is not None

    def put_policy(self, policy: msgspec.Struct) -> None:
        """Write the person's policy."""
        body = _encode(policy)
        self._db.execute(
            "INSERT OR REPLACE INTO policy (name, body, seal) VALUES ('rules', ?, ?)",
            (body, seal(self._keys.rows, "policy", body)),
        )

    # -- the PIN ------------------------------------------------------------------------------

    def pin(self) -> tuple[PinRow | None, bool]:
        """Return the verifier, and whether a row is there at all."""
        row = self._db.execute("SELECT body, seal FROM pin").fetchone()
        return self._opened("pin", row, PinRow), row is not None

    def put_pin(self, pin: PinRow) -> None:
        """Write the verifier."""
        body = _encode(pin)
        self._db.execute(
            "INSERT OR REPLACE INTO pin (only, body, seal) VALUES (1, ?, ?)",
            (body, seal(self._keys.rows, "pin", body)),
        )

    def broken_seals(self) -> int:
        """Return how many rows somebody else has changed."""
        tables: tuple[tuple[str, type[object]], ...] = (
            ("requests", StoredRequest),
            ("grants", Grant),
            ("tokens", TokenInfo),
            ("clients", Client),
            ("pin", PinRow),
        )
        return sum(
            self._opened(table, (body, mark), kind) is None
            for table, kind in tables
            for body, mark in self._db.execute(f"SELECT body, seal FROM {table}")  # noqa: S608
        )

    # -- inside -------------------------------------------------------------------------------

    def _one(self, table: str, column: str, value: str, kind: type[T]) -> T | None:
        row = self._db.execute(
            f"SELECT body, seal FROM {table} WHERE {column} = ?",  # noqa: S608
            (value,),
        ).fetchone()
        return self._opened(table, row, kind)

    def _opened(self, table: str, row: tuple[bytes, str] | None, kind: type[T]) -> T | None:
        if row is None:
            return None
        return open_sealed(self._keys.rows, table, row[0], row[1], kind)

    def _all(self, table: str, rows: list[tuple[bytes, str]], kind: type[T]) -> list[T]:
        found = (self._opened(table, (row[0], row[1]), kind) for row in rows)
        return [value for value in found if value is not None]


def _blocked_anyway(body: bytes) -> Client | None:
    try:
        client = msgspec.json.decode(body, type=Client)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return msgspec.structs.replace(client, allowed=0) if client.blocked else None

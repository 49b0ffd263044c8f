"""Requests, grants, tokens: what a program asks, what was allowed and until when."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from entraclaw_tui.model.privacy import Signature


class Tier(StrEnum):
    """How much a request could do, and so what allowing it takes."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low to 2 for high."""
        return list(Tier).index(self)

    def raised(self) -> Tier:
        """Return the next tier up; high stays."""
        return list(Tier)[min(self.rank + 1, 2)]


class State(StrEnum):
    """Where a request stands. The last five are final."""

    PENDING = "pending"
    APPROVED = "approved"
    EXCHANGING = "exchanging"
    READY = "ready"
    DELIVERED = "delivered"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self in _FINAL


_FINAL = frozenset({State.DELIVERED, State.DENIED, State.EXPIRED, State.CANCELLED, State.FAILED})


class Remember(StrEnum):
    """How long an approval lasts. There is no `forever`."""

    ONCE = "once"
    QUARTER = "15m"
    HOUR = "1h"
    UNTIL_LOCK = "until_lock"


class Proof(StrEnum):
    """What allowing a request takes inside an unlocked session."""

    KEY = "key"
    CODE = "code"
    PIN = "pin"


class Scope(msgspec.Struct, frozen=True):
    """One permission that is asked for; the meaning is ours, never the client's."""

    name: str
    tier: Tier
    meaning: str
    known: bool = True
    admin_only: bool = False


class Parent(msgspec.Struct, frozen=True):
    """A process above the one that asks."""

    pid: int
    name: str


class Requester(msgspec.Struct, frozen=True):
    """What the system says about the program that asks. None of it comes from the program."""

    pid: int
    started_at: float
    uid: int
    user: str
    executable: str
    """Path of the running program, as a path of the Mac (without the root)."""
    digest: str
    """SHA-256 of the executable, hex; empty where it could not be read."""
    signature: Signature
    parents: tuple[Parent, ...]
    terminal: str
    verified_by: str
    """How the kernel told: `audit token`, `pidfd` or `start time`."""
    identity: str
    """What a grant binds to: a code identity, or one process for interpreters and relays."""
    is_interpreter: bool = False


class Request(msgspec.Struct, frozen=True):
    """One ask. `digest` covers everything that would be exchanged; `revision` grows by change."""

    id: str
    digest: str
    revision: int
    state: State
    tier: Tier
    proof: Proof
    flow: str
    agent: str
    tenant: str
    account: str
    resource: str
    scopes: tuple[Scope, ...]
    claimed_name: str
    claimed_version: str
    reason: str
    requester: Requester
    new_client: bool
    remember_options: tuple[Remember, ...]
    created_at: float
    expires_at: float
    decided_at: float | None = None
    decision: str = ""
    """`allow`, `deny` or empty."""
    decided_by: str = ""
    """The deciding process, in words (`panel 4711 on ttys003`), or `grant` where one was live."""
    remember: Remember = Remember.ONCE
    outcome_code: str = ""
    """A stable word for why it ended so: `denied`, `consent_needed`, `throttled` ..."""
    outcome_text: str = ""
    outcome_claims: str = ""
    """Where a stronger sign-in is wanted: what it must satisfy, as Entra wrote it."""
    merged: int = 0
    """Equal requests that wait with this one."""


class Grant(msgspec.Struct, frozen=True):
    """A remembered decision, always with an end."""

    id: str
    identity: str
    client_name: str
    executable: str
    agent: str
    tenant: str
    account: str
    resource: str
    scopes: tuple[str, ...]
    tier: Tier
    remember: Remember
    created_at: float
    expires_at: float
    ended_at: float | None = None
    ended_by: str = ""
    """`expired`, `revoked`, `locked`, `gone` (its one process) or empty while it lives."""
    uses: int = 0
    last_used_at: float | None = None
    flow: str = "obo"


class TokenInfo(msgspec.Struct, frozen=True):
    """What is known of a token; never its text."""

    id: str
    request_id: str
    grant_id: str
    client_name: str
    account: str
    resource: str
    scopes: tuple[str, ...]
    issued_at: float
    expires_at: float
    kept_in: str
    """`memory` or `keychain`."""
    from_cache: bool = False
    exchange_ms: int = 0
    ended_at: float | None = None
    refresh_at: float | None = None
    """From when on a use of its grant renews it ahead of its end; None where it has no grant."""
    flow: str = "obo"


class Pause(msgspec.Struct, frozen=True):
    """Entra wants to be left alone about somebody."""

    account: str
    """A person, or an agent by its name where it acts as itself."""
    until: float


class Client(msgspec.Struct, frozen=True):
    """A program that has asked before."""

    identity: str
    name: str
    executable: str
    first_seen_at: float
    last_seen_at: float
    allowed: int = 0
    denied: int = 0
    blocked: bool = False
    resting_until: float | None = None


class AuditEntry(msgspec.Struct, frozen=True):
    """One line of the audit."""

    seq: int
    at: float
    event: str
    subject: str
    """The id of the request, grant or client it is about."""
    detail: dict[str, str]
    chain: str
    """HMAC over this entry and the one before, hex."""

"""The messages of both sockets, and most of `control.sock`, as closed types.

Fields of requests are closed: an unknown one is refused. Fields of results are open: whoever reads
an answer ignores what it does not know.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from entraclaw_tui.model.certificate import CertificateEnd
from entraclaw_tui.model.consent import (
    AuditEntry,
    Client,
    Grant,
    Pause,
    Remember,
    Request,
    TokenInfo,
)
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded

PROTOCOL = 1
FRAME_LIMIT = 64 * 1024
"""Bytes of one line, its line feed included."""

# In Python `$` also matches before a last line feed; JSON Schema has no other word for the end.
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Reason = Annotated[str, msgspec.Meta(max_length=1000)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$(?!\n)")]
Secret = Annotated[str, msgspec.Meta(max_length=128)]
"""A PIN or a code on its way to the worker. Never stored, logged or painted."""


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of a call: closed."""


class Nothing(Params, frozen=True):
    """No parameters."""


# -- both sockets ------------------------------------------------------------------------------


class ClientInfo(Params, frozen=True):
    """How a program names itself."""

    name: Name
    version: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Hello(Params, frozen=True):
    """The first call on a connection."""

    protocol: int
    client: ClientInfo
    shows_code: bool = False
    """The client shows the two digits of `match_code` to its user."""


class Limits(msgspec.Struct, frozen=True):
    """What one client may do."""

    frame_bytes: int
    pending: int
    per_minute: int
    wait_ms: int
    request_seconds: int


class HelloResult(msgspec.Struct, frozen=True):
    """Who answers."""

    protocol: int
    server: str
    limits: Limits
    nonce: str


# -- control.sock ------------------------------------------------------------------------------


class Session(msgspec.Struct, frozen=True):
    """The approver session of this connection."""

    unlocked: bool
    idle_ends_at: float | None
    """When it locks by itself without a key."""
    injectable: bool
    """Keys can be injected into this terminal: a key alone proves nothing, a PIN is needed."""
    injectable_by: str
    """What can inject them, in a word (`tmux`), or empty."""
    may_allow: bool
    """False where this process is refused outright; `refusal` says why."""
    refusal: str
    pin_state: Literal["set", "missing", "damaged", "unknown"]
    """`unknown` while the worker has not read it yet."""
    retry_at: float | None = None
    """After wrong PINs: when the next one is taken."""
    over_ssh: bool = False
    """This panel came in over SSH: nothing lasts until the screen locks."""


class WorkerInfo(msgspec.Struct, frozen=True):
    """The worker about itself."""

    pid: int
    version: str
    started_at: float
    paused: bool
    keychain: Literal["ok", "locked", "unavailable", "unknown"]
    storage: Literal["ok", "degraded"]
    signed_in: str
    """The account the agent acts for, or empty where nobody is signed in."""
    tenant: str
    agent: str
    authority: str
    rss_bytes: int = 0
    note: str = ""
    """What is wrong with it, in a sentence, or empty."""
    waits_for: Literal["", "keychain", "database"] = ""
    """What its start, or the first look at the agent's key, has waited for since a second."""
    certificates: tuple[CertificateEnd, ...] = ()
    """Of the agents, as far as they are known."""
    pauses: tuple[Pause, ...] = ()
    """That Entra has asked for."""


class Snapshot(msgspec.Struct, frozen=True):
    """Everything the panel may know, as of `seq`. History is bounded."""

    seq: int
    worker: WorkerInfo
    session: Session
    requests: tuple[Request, ...]
    grants: tuple[Grant, ...]
    tokens: tuple[TokenInfo, ...]
    clients: tuple[Client, ...]


class Subscribe(Params, frozen=True):
    """Be told of every change after `since`."""

    since: int = 0


class SubscribeResult(msgspec.Struct, frozen=True):
    """`resync`: too much was missed; take a snapshot."""

    seq: int
    resync: bool


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change, with the whole changed thing. `resync` asks for a new snapshot."""

    seq: int
    kind: Literal["request", "grant", "token", "client", "session", "worker", "audit", "resync"]
    request: Request | None = None
    grant: Grant | None = None
    token: TokenInfo | None = None
    client: Client | None = None
    session: Session | None = None
    worker: WorkerInfo | None = None
    audit: AuditEntry | None = None


class Unlock(Params, frozen=True):
    """Open this connection's approver session."""

    pin: Secret

    def __repr__(self) -> str:
        return "Unlock(pin='***')"


class Decide(Params, frozen=True):
    """Allow or deny one request, as it was seen: id, digest and revision must still hold."""

    request_id: Id
    digest: Annotated[str, msgspec.Meta(max_length=128)]
    revision: int
    decision: Literal["allow", "deny"]
    remember: Remember = Remember.ONCE
    proof: Secret = ""
    """The two digits that the client shows, or the PIN."""
    reason: Reason = ""
    """For a denial: told to the client."""

    def __repr__(self) -> str:
        return f"Decide({self.decision} {self.request_id})"


class DecideResult(msgspec.Struct, frozen=True):
    """The request after the decision."""

    request: Request


class GrantById(Params, frozen=True):
    """One grant."""

    grant_id: Id


class Refresh(Params, frozen=True):
    """One live grant's token exchanged anew, now; without one, those of all at their next use."""

    grant_id: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]*$(?!\n)")] = ""


class ClientById(Params, frozen=True):
    """One client, by the identity the system gave it."""

    identity: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class GrantList(msgspec.Struct, frozen=True):
    """All grants that are live, and the last that ended."""

    grants: tuple[Grant, ...]


class Count(msgspec.Struct, frozen=True):
    """How many were changed."""

    count: int


class AuditTail(Params, frozen=True):
    """The last entries."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100


class AuditTailResult(msgspec.Struct, frozen=True):
    """Oldest first."""

    entries: tuple[AuditEntry, ...]


class AuditVerifyResult(msgspec.Struct, frozen=True):
    """Whether the chain holds; `problem` names the first break."""

    ok: bool
    entries: int
    problem: str


class PrivacyResult(msgspec.Struct, frozen=True):
    """What the worker could read of the TCC databases for the panel."""

    privacy: Loaded[Privacy] | Empty | Failed


class PinSet(Params, frozen=True):
    """A new PIN; the old one where one is set."""

    pin: Secret
    old: Secret = ""

    def __repr__(self) -> str:
        return "PinSet(pin='***')"

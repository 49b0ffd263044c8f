"""What the parts of the worker share: the ledger, its mirror, the events and the clocks."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import AuditEntry, Pause
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.worker.book import Book
from entraclaw_tui.worker.bus import Bus, event_of
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.entra_answers import DeviceFlow
from entraclaw_tui.worker.fatigue import Fatigue
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.rows import Change, StoredRequest
from entraclaw_tui.worker.vault import Vault
from entraclaw_tui.worker.wish import Token, Wish


class Exchanger(Protocol):
    """What is needed of the exchange (exchange.py)."""

    async def obtain(self, wish: Wish) -> Token:
        """Return a token. Raises ExchangeError."""
        ...

    async def signed_in(self) -> bool:
        """Return whether a person's sign-in is stored. Raises ExchangeError."""
        ...

    async def begin_sign_in(self) -> DeviceFlow:
        """Start a sign-in by device code. Raises ExchangeError."""
        ...

    async def poll_sign_in(self, flow: DeviceFlow) -> bool:
        """Ask once whether the person is done. Raises ExchangeError."""
        ...

    async def sign_out(self) -> None:
        """Forget the stored sign-in. Raises ExchangeError."""
        ...

    def tell_of_pauses(self, told: Callable[[], object]) -> None:
        """Let somebody be told when Entra asks for a pause."""
        ...

    def pauses(self) -> tuple[Pause, ...]:
        """Return the pauses that Entra has asked for and that are not over."""
        ...

    def forget(self) -> None:
        """Start afresh with the next exchange."""
        ...

    def close(self) -> None:
        """End the thread."""
        ...


@dataclass(slots=True)
class Core:
    """The shared parts. Every commit goes into the book and out as events, here and only here."""

    clock: Clock
    config: Config
    keys: Keys
    ledger: Ledger
    vault: Vault
    exchange: Exchanger
    log: WorkerLog
    bus: Bus
    book: Book = field(default_factory=Book)
    fatigue: Fatigue = field(init=False)
    paused: bool = False
    policy: Policy = field(default_factory=Policy)
    """The person's policy as it counts now."""
    policy_revision: int = 0
    """How often it was set."""
    policy_lost: bool = False
    """Somebody else changed it: what it refused is not known, so nothing can be allowed."""

    def __post_init__(self) -> None:
        self.fatigue = Fatigue(self.clock)
        self.ledger.listen(self._committed)

    def stored(self, request_id: str) -> StoredRequest:
        """Return a request of the book. Raises WireError `not_found`."""
        stored = self.book.request(request_id)
        if stored is None:
            raise WireError(Code.NOT_FOUND, "There is no such request.")
        return stored

    def require_running(self) -> None:
        """Raise WireError while the person has paused the worker."""
        if self.paused:
            raise WireError(
                Code.PAUSED, "The person has paused the agent.", "Ask again later.", 30.0
            )

    def require_policy(self) -> None:
        """Raise WireError `forbidden` where the person's policy cannot be believed."""
        if self.policy_lost:
            raise WireError(
                Code.FORBIDDEN,
                "The policy was changed by somebody else: nothing can be allowed.",
                "Set it anew, or run `sudo entraclaw-tui pin reset`.",
            )

    def _committed(self, changes: list[Change]) -> None:
        for change in changes:
            self.book.apply(change)
            if isinstance(change, AuditEntry):
                self.log.info(_AUDIT_WORDS.get(change.event, change.event), **_about(change))
        for change in changes:
            self.bus.publish(event_of(change))


def new_id(prefix: str) -> str:
    """Return an id that nobody can guess: 128 random bits."""
    return f"{prefix}_{os.urandom(16).hex()}"


_AUDIT_WORDS = {
    "asked": "A client asks.",
    "allowed": "A request was allowed.",
    "denied": "A request was denied.",
    "expired": "A request or grant reached its end.",
    "cancelled": "A request was cancelled.",
    "exchanged": "A token came from Entra.",
    "exchange_failed": "Entra gave no token.",
    "delivered": "A token was delivered.",
    "revoked": "A grant was revoked.",
    "used": "A live grant was used.",
    "blocked": "A client was blocked.",
    "unblocked": "A client was unblocked.",
    "unlocked": "A panel was unlocked.",
    "locked": "A panel was locked.",
    "wrong_pin": "A wrong PIN was given.",
    "wrong_code": "Wrong digits were given.",
    "pin_set": "The PIN was set.",
    "pin_reset": "The PIN was set without the old one: root permitted it.",
    "policy_changed": "A rule of the policy was changed.",
    "policy_set": "The policy was set.",
    "notice_failed": "No notification can be shown.",
    "paused": "The agent was paused.",
    "resumed": "The agent goes on.",
    "sign_in_began": "A sign-in has begun.",
    "sign_in_cancelled": "A sign-in was cancelled.",
    "sign_in_failed": "A sign-in came to nothing.",
    "signed_in": "The person signed in.",
    "signed_out": "The person was signed out.",
    "refreshed": "Tokens are exchanged anew.",
    "token_forgotten": "A token was thrown away.",
    "started": "The worker has started.",
    "stopped": "The worker has stopped.",
}


def _about(entry: AuditEntry) -> dict[str, str]:
    about = {"event": entry.event, "subject": entry.subject}
    for name in ("client", "resource", "scopes", "by", "why", "code"):
        if value := entry.detail.get(name):
            about[name] = value
    return about

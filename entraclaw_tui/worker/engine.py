"""The engine: all parts that need the Keychain's keys, put together and brought up to date."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from entraclaw_tui.model.consent import Grant, Remember, State
from entraclaw_tui.worker.asks import Asks
from entraclaw_tui.worker.audit_file import AuditFiles
from entraclaw_tui.worker.batch import Batch
from entraclaw_tui.worker.book import CLIENTS, HISTORY
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.decisions import Decisions
from entraclaw_tui.worker.endings import Endings, still_runs
from entraclaw_tui.worker.exchange_rows import RESUME_WITHIN
from entraclaw_tui.worker.exchanging import Exchanging
from entraclaw_tui.worker.grants import Grants, end_in, process_gone
from entraclaw_tui.worker.head import Head
from entraclaw_tui.worker.housekeeping import Housekeeping
from entraclaw_tui.worker.pindesk import PinDesk
from entraclaw_tui.worker.policy_desk import PolicyDesk
from entraclaw_tui.worker.rows import Change, StoredRequest
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.signing_in import SigningIn
from entraclaw_tui.worker.silent import Silent
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.uses import Uses
from entraclaw_tui.worker.waiters import Waiters

_LONGEST_WAIT: Final = 300.0
_LAST_NOTE: Final = 3.0
"""Seconds that the Keychain has for the last note of a worker that is told to end."""
_SLACK: Final = 5.0
"""Seconds that a clock may have gone back while no worker ran; a time server corrects so much."""


@dataclass(slots=True)
class Engine:
    """Everything that works on the ledger."""

    core: Core
    grants: Grants
    shelf: Shelf
    exchanging: Exchanging
    endings: Endings
    silent: Silent
    uses: Uses
    waiters: Waiters
    desk: PinDesk
    files: AuditFiles
    asks: Asks
    decisions: Decisions
    housekeeping: Housekeeping
    head: Head
    policy: PolicyDesk
    batch: Batch
    signing_in: SigningIn
    broken_seals: int = 0
    """Rows that somebody else has changed; none of them is believed."""
    cut_short: bool = False
    """The database is older than the Keychain remembers, or than the audit's files: somebody put
    an old one back."""

    @classmethod
    def assemble(cls, core: Core, files: AuditFiles) -> Engine:
        """Return the engine over an open ledger; `start` brings it up to date."""
        shelf = Shelf(core.vault, core.clock, core.log)
        grants = Grants(core, shelf)
        exchanging = Exchanging(core, grants, shelf)
        endings = Endings(core, shelf)
        uses = Uses(core)
        waiters = Waiters()
        silent = Silent(core, grants, shelf, exchanging, uses, waiters)
        desk = PinDesk(core)
        asks = Asks(core, grants, shelf, exchanging, endings, silent, waiters)
        decisions = Decisions(core, exchanging, endings, desk)
        head = Head(core)
        keeping = Housekeeping(core, grants, shelf, exchanging, endings, files, head)
        policy = PolicyDesk(core, grants, head.note)
        core.ledger.listen(waiters.committed)
        core.ledger.listen(files.committed)
        return cls(
            core, grants, shelf, exchanging, endings, silent, uses, waiters, desk, files, asks,
            decisions, keeping, head, policy, Batch(decisions, desk),
            SigningIn(core, exchanging),
        )  # fmt: skip

    async def start(self) -> None:
        """Read the ledger and settle what the last worker left. Raises WireError."""
        core = self.core
        last = self.files.find_last()
        await core.ledger.change(
            lambda txn: _open_audit(txn, last.seq, last.chain) if last else None
        )
        now = core.clock.wall()
        await self.housekeeping.prune()
        self.broken_seals = await core.ledger.read(lambda txn: txn.broken_seals())
        await self.desk.load()
        self.cut_short = not await self.head.holds()
        if last is not None:  # also what came after the last note is in the files
            self.cut_short |= not await self.head.has(last.seq, last.chain)
        await self.policy.load(self.head.policy_revision)
        # Without a verifier no grant counts, nor without the policy, nor where an old database was
        # put back, or the clock.
        doubtful = self.desk.state != "set" or self.cut_short or core.policy_lost
        await core.ledger.change(lambda txn: _end_grants(txn, everything=doubtful or _early(txn)))
        stored = await core.ledger.read(lambda txn: txn.requests(HISTORY))
        changes: list[Change] = []
        changes += await core.ledger.read(lambda txn: txn.clients(CLIENTS))
        changes += await core.ledger.read(lambda txn: txn.grants(HISTORY))
        changes += await core.ledger.read(lambda txn: txn.tokens(HISTORY))
        for change in (*changes, *stored):
            core.book.apply(change)
        _rest(core, now)
        core.paused = await core.ledger.read(lambda txn: txn.switch("paused"))
        await self._clear_keychain()
        self.grants.admit(core.book.live_grants())
        resumed = []
        for row in stored:
            if row.request.state is State.PENDING:
                await self._admit_pending(row, now)
            elif not row.request.state.final and await self._settle(row, now):
                resumed.append(row.request.id)
        broken = self.broken_seals
        await core.ledger.change(
            lambda txn: txn.audit("started", "worker", broken_seals=str(broken) if broken else "")
        )
        await self.files.catch_up(core.ledger)
        for request_id in resumed:
            self.exchanging.start(request_id)

    async def stop(self) -> None:
        """Write down what is left, then close the ledger."""
        self.signing_in.close()
        self.silent.close()
        await self.exchanging.close()
        self.endings.close()
        self.grants.close()
        await self.uses.close()
        await self.core.ledger.change(lambda txn: txn.audit("stopped", "worker"))
        if self.files.behind:
            await self.files.catch_up(self.core.ledger)
        # Where a dialog holds the Keychain up, an older note stays; launchd waits 20 s for us.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_NOTE):
                await self.head.note()
        self.core.exchange.close()

    def note(self) -> str:
        """Return what a person should know of the worker's state, or an empty text."""
        notes = []
        aside = self.core.ledger.moved_aside
        if aside is not None:
            notes.append(f"The database was damaged and is now {aside.name}; nothing of it counts.")
        if self.cut_short:
            notes.append(
                "The database is older than the Keychain remembers; no grant of it counts."
            )
        if self.broken_seals:
            notes.append(
                f"{self.broken_seals} rows of the database were changed by somebody else "
                "and do not count."
            )
        if self.desk.state == "damaged":
            notes.append("The PIN's verifier is damaged: requests can only be denied.")
        if self.core.policy_lost:
            notes.append("The policy was changed by somebody else: requests can only be denied.")
        return " ".join(notes)

    async def _admit_pending(self, row: StoredRequest, now: float) -> None:
        left = min(row.request.expires_at - now, _LONGEST_WAIT)
        if left <= 0 or row.request.created_at > now + _LONGEST_WAIT:
            await self.endings.expire([row.request.id])
        elif not row.detach and not still_runs(row):
            await self.endings.cancel(
                [row.request.id], "client_gone", "The program that asked went away."
            )
        else:
            self.endings.admit(row, left)

    async def _settle(self, row: StoredRequest, now: float) -> bool:
        """Whether a request that was allowed goes on; else it ends here."""
        decided = row.request.decided_at or 0.0
        if not row.detach and not still_runs(row):
            text = "The program that asked went away."
            await self.endings.cancel([row.request.id], "client_gone", text)
            return False
        if not decided <= now <= decided + RESUME_WITHIN:
            text = "The worker was down for too long after the decision."
            await self.endings.cancel([row.request.id], "worker_down", text)
            return False
        return True

    async def _clear_keychain(self) -> None:
        """Delete the tokens of ended grants: a crash may have come before that."""
        for grant in self.core.book.grants():
            if grant.ended_at is not None and self._kept(grant.id):
                await self.shelf.end(grant)
                await self.core.ledger.change(_no_longer_kept(grant))

    def _kept(self, grant_id: str) -> bool:
        return any(
            token.grant_id == grant_id and token.kept_in == "keychain"
            for token in self.core.book.tokens()
        )


def _rest(core: Core, now: float) -> None:
    """Let clients that rested go on resting: else a killed worker would be a way around it."""
    for client in core.book.clients():
        left = (client.resting_until or 0.0) - now
        if left > 0:
            bound = client.identity.startswith("process:")
            core.fatigue.rest(f"program:{client.executable}" if bound else client.identity, left)


def _no_longer_kept(grant: Grant) -> Callable[[Transaction], None]:
    def work(txn: Transaction) -> None:
        for token in txn.tokens_of(grant.id):
            if token.kept_in == "keychain":
                ended_at = token.ended_at or grant.ended_at
                txn.put_token(msgspec.structs.replace(token, kept_in="memory", ended_at=ended_at))

    return work


def _open_audit(txn: Transaction, seq: int, chain: str) -> None:
    """Let a new database's audit go on where the files of the old one end."""
    if txn.audit_head() == ("", 0):
        txn.put_meta("base_seq", str(seq))
        txn.put_meta("base_chain", chain)


def _early(txn: Transaction) -> bool:
    """Whether it is earlier than it was: by what is left of a grant its age cannot be told then."""
    _, newest = txn.audit_head()
    return any(txn.now < entry.at - _SLACK for entry in txn.audit_entries(newest - 1, 1))


def _end_grants(txn: Transaction, *, everything: bool) -> None:
    for grant in txn.grants(0):
        if grant.ended_at is not None:
            continue
        if everything:
            end_in(txn, [grant.id], "revoked", "the worker: it cannot be believed")
        elif not grant.created_at - _SLACK <= txn.now < grant.expires_at:
            end_in(txn, [grant.id], "expired", "")
        elif process_gone(grant):
            end_in(txn, [grant.id], "gone", "")
        elif grant.remember is Remember.UNTIL_LOCK:
            # Nobody watched the screen while the worker was down.
            end_in(txn, [grant.id], "locked", "")

"""A worker's engine without sockets: real database, real policy; the Keychain and Entra play."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.ipc.peer import Peer, birth_of, program_of
from entraclaw_tui.ipc.request_messages import TokenAwait, TokenRequest, TokenRequestResult
from entraclaw_tui.model.consent import Pause, Remember, Request, Requester, State
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.worker import keys
from entraclaw_tui.worker.approver import Approver
from entraclaw_tui.worker.audit_file import AuditFiles
from entraclaw_tui.worker.bus import Bus
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.config import Account, Agent, Config, Entra
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.entra_answers import DeviceFlow
from entraclaw_tui.worker.entra_errors import ExchangeError
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.pin import make
from entraclaw_tui.worker.requester import Asker
from entraclaw_tui.worker.sessions import ApproverSession
from entraclaw_tui.worker.vault import Vault
from entraclaw_tui.worker.wish import Token, Wish
from tests.support.memory_keyring import MemoryKeyring

PIN = "246810"
GRAPH = "https://graph.microsoft.com"
CONFIG = Config(
    Entra(
        tenant="contoso.example",
        client_id="11111111-1111-1111-1111-111111111111",
        public_client_id="22222222-2222-2222-2222-222222222222",
        api_scope="api://agent/access_as_user",
    ),
    Agent("agent", "33333333-3333-3333-3333-333333333333", "agent@contoso.example"),
    Account("demo@contoso.example"),
)


@dataclass
class ScriptedExchange:
    """A stand-in for Entra: gives tokens, or what it is told to give."""

    lives: float = 3600.0
    wishes: list[Wish] = field(default_factory=list)
    failures: list[ExchangeError] = field(default_factory=list)
    confirmed: bool = False
    """Whether the person has entered the code of the device sign-in."""
    polls: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """Wait for it before answering."""
    wall: Callable[[], float] = time.time

    async def obtain(self, wish: Wish) -> Token:
        self.wishes.append(wish)
        if self.hold is not None:
            await self.hold.wait()
        if self.failures:
            raise self.failures.pop(0)
        number = len(self.wishes)
        return Token(f"token-{number}", "Bearer", self.wall() + self.lives, wish.scopes, 12)

    async def signed_in(self) -> bool:
        return True

    async def begin_sign_in(self) -> DeviceFlow:
        if self.failures:
            raise self.failures.pop(0)
        self.polls.clear()
        return DeviceFlow("ABCD-EFGH", "https://login.example/device", self.wall() + 900, 1.0, {})

    async def poll_sign_in(self, flow: DeviceFlow) -> bool:
        self.polls.append(flow.user_code)
        if self.failures:
            raise self.failures.pop(0)
        return self.confirmed

    async def sign_out(self) -> None:
        self.confirmed = False

    def tell_of_pauses(self, told: Callable[[], object]) -> None: ...

    def pauses(self) -> tuple[Pause, ...]:
        return ()

    def forget(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Hands:
    """Both clocks, moved by hand."""

    now: float = 1_800_000_000.0
    ticks: float = 1000.0

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, lambda: self.ticks)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.ticks += seconds


class PretendLine:
    """A client's connection without a socket. The process is this one, and so alive."""

    def __init__(
        self,
        name: str = "notes",
        *,
        identity: str = "",
        shows_code: bool = False,
        interpreter: bool = False,
        over_ssh: bool = False,
        process: str = "",
    ) -> None:
        pid = os.getpid()
        birth = birth_of(pid)
        self.peer = Peer(os.getuid(), pid, birth, "pidfd", program_of(pid))
        self.claimed_name = name
        self.claimed_version = "1.0"
        self.shows_code = shows_code
        self.same = True
        identity = identity or f"signed:TEAM:example.contoso.{name}"
        self.facts = Asker(
            Requester(
                pid=pid,
                started_at=1.0,
                uid=501,
                user="demo",
                executable=f"/usr/local/bin/{name}",
                digest="ab" * 32,
                signature=Signature(f"/usr/local/bin/{name}", "valid", f"example.contoso.{name}"),
                parents=(),
                terminal="ttys001",
                verified_by="pidfd",
                identity=identity,
                is_interpreter=interpreter,
            ),
            process or f"{pid}:{birth}",
            program_of(pid),
            identity,
            over_ssh,
        )

    async def asker(self) -> Asker:
        return self.facts

    def unchanged(self) -> bool:
        return self.same


def approver(**changes: object) -> Approver:
    """Return somebody at a terminal who has nothing to do with this process."""
    plain = Approver(
        pid=2**22 + 5,
        process="4194309:panel",
        name="panel",
        terminal="ttys003",
        injectable_by="",
        over_ssh=False,
        ancestors=frozenset({2**22 + 5}),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the dataclass checks the names


@dataclass
class WorkerStage:
    """An engine, and the words to use it with."""

    folder: Path
    keyring: MemoryKeyring = field(default_factory=MemoryKeyring)
    exchange: ScriptedExchange = field(default_factory=ScriptedExchange)
    hands: Hands | None = None
    pin: str = PIN
    engine: Engine = field(init=False)

    @property
    def clock(self) -> Clock:
        return self.hands.clock if self.hands is not None else Clock()

    async def start(self) -> Engine:
        """Start, or start again over what is on the disk."""
        clock = self.clock
        self.exchange.wall = clock.wall
        vault = Vault(self.keyring)
        found = await keys.load(vault)
        ledger = Ledger(self.folder / "state.db", found, clock)
        try:
            await ledger.open()
            await self._assemble(found, ledger, vault)
        except BaseException:
            await ledger.close()
            raise
        return self.engine

    async def _assemble(self, found: keys.Keys, ledger: Ledger, vault: Vault) -> None:
        clock = self.clock
        log = WorkerLog(self.folder / "worker.log", wall=clock.wall)
        audit = self.folder / "audit"
        audit.mkdir(mode=0o700, exist_ok=True)
        if self.pin and not await ledger.read(lambda txn: txn.pin()[1]):
            row = make(self.pin, found, clock.wall())
            await ledger.change(lambda txn: txn.put_pin(row))
        core = Core(clock, CONFIG, found, ledger, vault, self.exchange, log, Bus(clock.wall()))
        self.engine = Engine.assemble(core, AuditFiles(audit, log))
        await self.engine.start()

    async def stop(self) -> None:
        """End as a worker ends."""
        await self.engine.stop()
        await self._close()

    async def crash(self) -> None:
        """End as a killed worker ends: nothing more is written."""
        engine = self.engine
        engine.silent.close()
        await engine.exchanging.close()
        engine.endings.close()
        engine.grants.close()
        for waiting in (engine.uses._timer, engine.uses._writing):
            if waiting is not None:
                waiting.cancel()
        await self._close()

    async def _close(self) -> None:
        await self.engine.core.ledger.close()
        self.engine.files.close()
        self.engine.core.log.close()
        self.engine.core.vault.close()

    def session(self, **changes: object) -> ApproverSession:
        """Return a locked session."""
        return ApproverSession(approver(**changes), self.clock, lambda session, what: None)

    def unlocked(self, **changes: object) -> ApproverSession:
        """Return an unlocked session."""
        session = self.session(**changes)
        session.unlock()
        return session

    async def ask(self, line: PretendLine, *scopes: str, **more: object) -> TokenRequestResult:
        """Ask for a token."""
        params = msgspec.convert(
            {"resource": GRAPH, "scopes": scopes or ("User.Read",)} | more, TokenRequest
        )
        answer = self.engine.asks.request(line, params, line.facts)
        return await answer if isinstance(answer, Awaitable) else answer

    def request(self, request_id: str) -> Request:
        """Return a request as the panel sees it."""
        return self.engine.core.stored(request_id).request

    async def allow(
        self,
        session: ApproverSession,
        request_id: str,
        *,
        proof: str = "",
        remember: Remember = Remember.ONCE,
    ) -> Request:
        """Allow what is on the screen."""
        seen = self.request(request_id)
        return await self.engine.decisions.decide(
            session, Decide(seen.id, seen.digest, seen.revision, "allow", remember, proof)
        )

    async def deny(self, session: ApproverSession, request_id: str, reason: str = "") -> Request:
        """Deny what is on the screen."""
        seen = self.request(request_id)
        return await self.engine.decisions.decide(
            session, Decide(seen.id, seen.digest, seen.revision, "deny", reason=reason)
        )

    async def settled(self, line: PretendLine, request_id: str) -> State:
        """Wait until a request comes to rest."""
        result = await self.engine.asks.wait(line, TokenAwait(request_id, 5000))
        return result.state

    async def collect(self, line: PretendLine, request_id: str) -> str:
        """Collect a token and return its text."""
        answer = self.engine.asks.collect(line, request_id, line.facts)
        result = await answer if isinstance(answer, Awaitable) else answer
        return result.access_token


Timed = tuple[WorkerStage, Hands]
"""An engine, and hands on its clocks."""

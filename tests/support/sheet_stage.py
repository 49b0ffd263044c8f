"""A stage for the sheets: a link that answers from a script, clocks that a test turns, an app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from entraclaw_tui.dashboard import worker_view
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.theme import THEMES
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.ipc.control_messages import Decided, PolicyPreviewResult, PolicyResult
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.ipc.messages import Event, Session, Snapshot, WorkerInfo
from entraclaw_tui.ipc.sign_in import SignIn
from entraclaw_tui.model.consent import (
    Parent,
    Proof,
    Remember,
    Request,
    Requester,
    Scope,
    State,
    Tier,
    TokenInfo,
)
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.model.privacy import Signature

NOW = 1_700_000_000.0
PIN = "482911"
LOCKED = Session(False, None, False, "", True, "", "set")
OPEN = msgspec.structs.replace(LOCKED, unlocked=True, idle_ends_at=NOW + 600)
TMUX = msgspec.structs.replace(OPEN, injectable=True, injectable_by="tmux")
ALL_TIMES = tuple(Remember)
NOBODY = SignIn("none", "demo@contoso.example", False)
SOMEBODY = SignIn("none", "demo@contoso.example", True)
CODE = SignIn(
    "waiting",
    "demo@contoso.example",
    False,
    "CNT7-QX4D",
    "https://microsoft.com/devicelogin",
    NOW + 872,
)

USER_READ = Scope("User.Read", Tier.LOW, "read your profile")
MAIL_READ = Scope("Mail.Read", Tier.MEDIUM, "read your mail")
MAIL_SEND = Scope("Mail.Send", Tier.HIGH, "send mail in your name")
OFFLINE = Scope("offline_access", Tier.HIGH, "keep this without you being there")

_PROOFS = {Tier.LOW: Proof.KEY, Tier.MEDIUM: Proof.CODE, Tier.HIGH: Proof.PIN}


def requester(program: str = "/usr/local/bin/mcp-notes", **changes: object) -> Requester:
    name = program.rpartition("/")[2]
    signature = Signature(
        program,
        "valid",
        f"example.contoso.{name}",
        "A1B2C3D4E5",
        ("Developer ID Application: Contoso Ltd (A1B2C3D4E5)",),
    )
    plain = Requester(
        pid=4907,
        started_at=NOW - 60,
        uid=501,
        user="demo",
        executable=program,
        digest="ab" * 32,
        signature=signature,
        parents=(Parent(4600, "zsh"), Parent(812, "Terminal")),
        terminal="ttys003",
        verified_by="audit token",
        identity=f"{program} A1B2C3D4E5",
    )
    return msgspec.structs.replace(plain, **changes)


def asked(id: str = "r1", tier: Tier = Tier.LOW, **changes: object) -> Request:
    scopes = {Tier.LOW: (USER_READ,), Tier.MEDIUM: (MAIL_READ,), Tier.HIGH: (MAIL_SEND, OFFLINE)}
    plain = Request(
        id=id,
        digest=f"digest-{id}",
        revision=1,
        state=State.PENDING,
        tier=tier,
        proof=_PROOFS[tier],
        flow="obo",
        agent="research-bot",
        tenant="contoso.example",
        account="demo@contoso.example",
        resource="https://graph.microsoft.com",
        scopes=scopes[tier],
        claimed_name="mcp-notes",
        claimed_version="2.1",
        reason="Greet you by your name",
        requester=requester(),
        new_client=False,
        remember_options=(Remember.ONCE,) if tier is Tier.HIGH else ALL_TIMES,
        created_at=NOW - 18,
        expires_at=NOW + 102,
    )
    return msgspec.structs.replace(plain, **changes)


def token(request_id: str = "r1") -> TokenInfo:
    return TokenInfo(
        "t1",
        request_id,
        "g1",
        "mcp-notes",
        "demo@contoso.example",
        "https://graph.microsoft.com",
        ("User.Read",),
        NOW,
        NOW + 3599,
        "memory",
        exchange_ms=212,
    )


@dataclass(frozen=True)
class Decision:
    request: Request
    decision: str
    remember: Remember
    proof: str
    reason: str


class ScriptedLink(WorkerLink):
    """A link without a socket: `fails` is raised by the next call, what is called is kept."""

    def __init__(self, *requests: Request, session: Session = OPEN) -> None:
        super().__init__(Path("/nowhere"), "0", clock=lambda: NOW)
        worker = WorkerInfo(
            4821, "0", NOW, False, "ok", "ok", "demo@contoso.example", "contoso.example", "", ""
        )
        snapshot = Snapshot(1, worker, session, requests, (), (), ())
        self._view = WorkerView(True, "", snapshot, NOW)
        self.decisions: list[Decision] = []
        self.pins: list[str] = []
        self.blocked: list[str] = []
        self.unblocked: list[str] = []
        self.sign_in_steps: list[str] = []
        self.signing_in = SignIn("none", "demo@contoso.example", False)
        self.stale: set[str] = set()
        self.kept = PolicyResult(Policy(), 0, "default")
        self.would_end: tuple[str, ...] = ()
        self.fails: WireError | ConnectionLost | Exception | None = None
        self.answers_after = asyncio.Event()
        self.answers_after.set()

    @property
    def allowed(self) -> list[Decision]:
        return [d for d in self.decisions if d.decision == "allow"]

    @property
    def denied(self) -> list[Decision]:
        return [d for d in self.decisions if d.decision == "deny"]

    def tell(self, **what: object) -> None:
        """Take an event as if the worker had told it."""
        kind = next(iter(what))
        self._apply(msgspec.convert({"seq": 1, "kind": kind}, Event))
        assert self._view.snapshot is not None
        event = msgspec.structs.replace(Event(1, "worker"), **what)
        now = worker_view.apply(self._view.snapshot, event)
        self._view = msgspec.structs.replace(self._view, snapshot=now)

    def lose(self, reason: str) -> None:
        self._view = worker_view.lost(self._view, reason)

    async def unlock(self, pin: str) -> Session:
        self.pins.append(pin)
        await self._answer()
        return self._session(OPEN)

    async def block(self, identity: str) -> None:
        self.blocked.append(identity)
        await self._answer()

    async def unblock(self, identity: str) -> None:
        self.unblocked.append(identity)
        await self._answer()

    async def decide(
        self,
        request: Request,
        decision: Literal["allow", "deny"],
        remember: Remember = Remember.ONCE,
        proof: str = "",
        reason: str = "",
    ) -> Request:
        self.decisions.append(Decision(request, decision, remember, proof, reason))
        await self._answer()
        state = State.APPROVED if decision == "allow" else State.DENIED
        after = msgspec.structs.replace(
            request, state=state, revision=request.revision + 1, decision=decision
        )
        self.tell(request=after)
        return after

    async def decide_many(
        self, requests: Sequence[Request], decision: Literal["allow", "deny"], proof: str = ""
    ) -> tuple[Decided, ...]:
        self.decisions += [Decision(r, decision, Remember.ONCE, proof, "") for r in requests]
        await self._answer()
        state = State.APPROVED if decision == "allow" else State.DENIED
        return tuple(
            Decided(r.id, state)
            if r.id not in self.stale
            else Decided(r.id, None, "stale_digest", "The request is not the one you saw.")
            for r in requests
        )

    async def policy(self) -> PolicyResult:
        await self._answer()
        return self.kept

    async def preview_policy(self, policy: Policy, revision: int) -> PolicyPreviewResult:
        await self._answer()
        tiers = dict.fromkeys(policy.raised, Tier.LOW)
        return PolicyPreviewResult(self.would_end, tiers)

    async def set_policy(self, policy: Policy, revision: int, proof: str) -> PolicyResult:
        self.pins.append(proof)
        await self._answer()
        if revision != self.kept.revision:
            raise WireError(Code.STALE_DIGEST, "The policy is not the one you saw.")
        self.kept = PolicyResult(policy, revision + 1, "set", NOW)
        return self.kept

    async def sign_in(self, step: Literal["start", "status", "cancel", "sign_out"]) -> SignIn:
        self.sign_in_steps.append(step)
        await self._answer()
        if step == "start":
            self.signing_in = CODE
        elif step == "cancel":
            self.signing_in = msgspec.structs.replace(NOBODY, state="cancelled")
        elif step == "sign_out":
            self.signing_in = NOBODY
        return self.signing_in

    async def _answer(self) -> None:
        await self.answers_after.wait()
        if self.fails is not None:
            failure, self.fails = self.fails, None
            raise failure


class Stage(App[None]):
    """An app with one sheet over an empty desk, and a monotonic clock that a test turns."""

    CSS = "Screen { background: $background; }"

    def __init__(self, link: ScriptedLink, sheet: Callable[[Stage], Sheet[object]]) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "dark"
        self.link = link
        self.now = 100.0
        self.wall = NOW
        self.results: list[object] = []
        self.make = sheet

    def compose(self) -> ComposeResult:
        yield Static("")

    def on_mount(self) -> None:
        self.link.listen(lambda view: self.told())
        self.push_screen(self.make(self), self.results.append)

    def told(self) -> None:
        if isinstance(self.screen, Sheet):
            self.screen.view_changed()

    def monotonic(self) -> float:
        return self.now

    def clock(self) -> float:
        return self.wall

    @property
    def text(self) -> str:
        """What the box on top shows, its frame among it."""
        return screen_text(self)


def screen_text(app: App[None]) -> str:
    """Return every character of the screen, row by row."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app work until `condition` holds."""
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause(0.01)


async def arm(pilot: Pilot[None], stage: Stage) -> None:
    """Let the sheet be painted, and turn the clock on until a key counts."""
    for _ in range(4):
        await pilot.pause(0)
    stage.now += 1.0


async def tap(pilot: Pilot[None], key: str, character: str | None = None) -> None:
    """Press a key as the driver would, and let the app take it. Faster than `pilot.press`."""
    pilot.app.post_message(events.Key(key, character))
    for _ in range(3):
        await pilot.pause(0)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        await tap(pilot, key, key if len(key) == 1 else None)

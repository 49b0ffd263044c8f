"""A panel on invented sources and an invented worker, with a clock that stands still."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from textual.pilot import Pilot

from entraclaw_tui.dashboard.app import Panel
from entraclaw_tui.dashboard.feeds import feeds_for
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.logs.log_sources import LogSource
from entraclaw_tui.dashboard.panel_settings import PanelSettings
from entraclaw_tui.dashboard.read import Read
from entraclaw_tui.dashboard.sources import Examine, Sources
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.dashboard.worker_view import WorkerView, lost
from entraclaw_tui.ipc.control_messages import Decided, PolicyResult
from entraclaw_tui.ipc.messages import Session, Snapshot, WorkerInfo
from entraclaw_tui.ipc.sign_in import SignIn
from entraclaw_tui.macos.host import Host, Marker
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import (
    AuditEntry,
    Client,
    Grant,
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
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.job import Job, Usage
from entraclaw_tui.model.keychain import Keychain, KeychainItem
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant, Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.support import closer, job_story

NOW = 1_800_000_000.0
GRAPH = "https://graph.microsoft.com"
BANNER = "PIN 246810 \u00b7 nothing of this machine is touched"


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: float = NOW) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def host(*, pretend: bool = True) -> Host:
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5") if pretend else None
    return Host(
        Path("/tmp/ec-test"), "demo", 501, Path("/tmp/ec-test/Users/demo"), "studio", marker
    )


# -- what the worker tells


def signature(path: str, status: str = "valid") -> Signature:
    name = path.rpartition("/")[2]
    if status != "valid":
        return Signature(path, status)
    return Signature(path, status, f"example.contoso.{name}", "A1B2C3D4E5")


def request(
    id: str,
    *scopes: tuple[str, Tier, str],
    program: str = "/usr/local/bin/mcp-notes",
    age: float = 20.0,
    ends: float = 100.0,
    state: State = State.PENDING,
    name: str = "",
    reason: str = "",
    signed: str = "valid",
    decided: float | None = None,
    decided_by: str = "",
    outcome: str = "",
) -> Request:
    wants = tuple(Scope(*scope) for scope in scopes) or (
        Scope("User.Read", Tier.LOW, "read your profile"),
    )
    tier = max((s.tier for s in wants), key=lambda t: t.rank)
    proofs = {Tier.LOW: Proof.KEY, Tier.MEDIUM: Proof.CODE, Tier.HIGH: Proof.PIN}
    return Request(
        id=id,
        digest=f"digest-{id}",
        revision=1,
        state=state,
        tier=tier,
        proof=proofs[tier],
        flow="obo",
        agent="research-bot",
        tenant="contoso.example",
        account="demo@contoso.example",
        resource=GRAPH,
        scopes=wants,
        claimed_name=name or program.rpartition("/")[2],
        claimed_version="2.1",
        reason=reason,
        requester=Requester(
            pid=4907,
            started_at=NOW - 60,
            uid=501,
            user="demo",
            executable=program,
            digest="0" * 64,
            signature=signature(program, signed),
            parents=(Parent(4600, "zsh"), Parent(812, "Terminal")),
            terminal="ttys003",
            verified_by="audit token",
            identity=f"identity {program}",
        ),
        new_client=False,
        remember_options=(Remember.ONCE, Remember.QUARTER),
        created_at=NOW - age,
        expires_at=NOW + ends,
        decided_at=NOW - decided if decided is not None else None,
        decided_by=decided_by,
        outcome_text=outcome,
    )


def requests() -> tuple[Request, ...]:
    return (
        request(
            "r1",
            ("Mail.Send", Tier.HIGH, "send mail in your name"),
            ("offline_access", Tier.HIGH, "keep this without you being there"),
            program="/opt/homebrew/bin/mail-helper",
            age=18,
            ends=102,
            reason="Send the weekly report to the team list",
        ),
        request(
            "r2",
            ("Mail.Read", Tier.MEDIUM, "read your mail"),
            program="/Applications/IDE.app/Contents/MacOS/ide-plugin-entra",
            age=12,
            ends=243,
            reason="Find the thread about the release",
        ),
        request("r3", ("User.Read", Tier.LOW, "read your profile"), age=5, ends=28, signed="adhoc"),
        request(
            "r4",
            ("Files.Read", Tier.MEDIUM, "read your files"),
            age=300,
            state=State.FAILED,
            decided=200,
            outcome="Your directory has not consented to Files.Read yet.",
        ),
        request("r5", age=400, state=State.DELIVERED, decided=380),
    )


def grant(
    id: str,
    *scopes: str,
    program: str = "mail-helper",
    remember: Remember = Remember.HOUR,
    age: float = 1200,
    ends: float = 2430,
    ended: float | None = None,
    ended_by: str = "",
    uses: int = 3,
) -> Grant:
    return Grant(
        id=id,
        identity=f"example.contoso.{program}",
        client_name=program,
        executable=f"/usr/local/bin/{program}",
        agent="research-bot",
        tenant="contoso.example",
        account="demo@contoso.example",
        resource=GRAPH,
        scopes=scopes,
        tier=Tier.LOW,
        remember=remember,
        created_at=NOW - age,
        expires_at=NOW + ends,
        ended_at=NOW - ended if ended is not None else None,
        ended_by=ended_by,
        uses=uses,
        last_used_at=NOW - 130,
    )


def grants() -> tuple[Grant, ...]:
    return (
        grant("g1", "Calendars.Read", program="ide-plugin-entra"),
        grant("g2", "User.Read", remember=Remember.UNTIL_LOCK, ends=30_000),
        grant("g3", "Mail.Read", ends=-700, ended=720, ended_by="expired"),
        grant("g4", "Files.Read", program="mcp-notes", ends=-6000, ended=7300, ended_by="revoked"),
    )


def clients() -> tuple[Client, ...]:
    """One that is blocked, one that rests, and two that may ask."""
    return tuple(
        Client(f"identity {name}", name, f"/usr/local/bin/{name}", NOW - 9000, NOW - seen, **more)
        for name, seen, more in (
            ("mcp-notes", 5, {"allowed": 3}),
            ("ide-plugin-entra", 12, {"allowed": 41, "denied": 1}),
            ("crowd-one", 600, {"blocked": True, "denied": 4}),
            ("mail-helper", 90, {"denied": 2, "resting_until": NOW + 210}),
        )
    )


STRICT = Policy(
    raised={"Files.Read": Tier.HIGH},
    refused_scopes=("Mail.Send",),
    once_clients=("/usr/local/bin/mail-helper",),
    longest_remember=Remember.HOUR,
)
"""A policy with a rule of each kind."""


def token(id: str, *scopes: str, client: str = "mail-helper", ends: float = 3130) -> TokenInfo:
    return TokenInfo(
        id=id,
        request_id="r5",
        grant_id="g2",
        client_name=client,
        account="demo@contoso.example",
        resource=GRAPH,
        scopes=scopes,
        issued_at=NOW - 470,
        expires_at=NOW + ends,
        kept_in="memory",
        exchange_ms=212,
        ended_at=None if ends > 0 else NOW + ends,
    )


def tokens() -> tuple[TokenInfo, ...]:
    return (
        token("t1", "Calendars.Read", client="ide-plugin-entra"),
        token("t2", "User.Read", ends=250),
        token("t3", "Files.Read", client="mcp-notes", ends=-900),
    )


def worker(**changes: object) -> WorkerInfo:
    info = WorkerInfo(
        pid=4821,
        version="0.1.0",
        started_at=NOW - 11_600,
        paused=False,
        keychain="ok",
        storage="ok",
        signed_in="demo@contoso.example",
        tenant="contoso.example",
        agent="research-bot",
        authority="https://login.microsoftonline.com",
    )
    return msgspec.structs.replace(info, **changes)


LOCKED = Session(
    unlocked=False,
    idle_ends_at=None,
    injectable=False,
    injectable_by="",
    may_allow=True,
    refusal="",
    pin_state="set",
)


def snapshot(**changes: object) -> Snapshot:
    whole = Snapshot(
        seq=10,
        worker=worker(),
        session=LOCKED,
        requests=requests(),
        grants=grants(),
        tokens=tokens(),
        clients=(),
    )
    return msgspec.structs.replace(whole, **changes)


class StandInLink(WorkerLink):
    """A link whose worker is a value. It remembers what it was asked."""

    def __init__(self, clock: Clock, first: Snapshot | None) -> None:
        super().__init__(Path("/nowhere"), "0", clock=clock)
        self.asked: list[tuple[str, ...]] = []
        self.error: Exception | None = None
        self.audit: tuple[AuditEntry, ...] = ()
        if first is not None:
            self._view = WorkerView(True, "", first, clock())

    async def run(self) -> None:
        self._change(self._view)

    def fail(self, reason: str) -> None:
        """Say why there never was a worker."""
        self._view = WorkerView(reason=reason)

    def tell(self, whole: Snapshot) -> None:
        """Let the worker say something new."""
        other = (
            self._view.snapshot is not None and self._view.snapshot.worker.pid != whole.worker.pid
        )
        self._change(WorkerView(True, "", whole, self._clock(), self._view.restarts + other))

    def lose(self, reason: str) -> None:
        """Let the worker go."""
        self._change(lost(self._view, reason))

    def _ask(self, *what: str) -> None:
        self.asked.append(what)
        if self.error is not None:
            raise self.error

    async def decide(
        self,
        request: Request,
        decision: Literal["allow", "deny"],
        remember: Remember = Remember.ONCE,
        proof: str = "",
        reason: str = "",
    ) -> Request:
        self._ask("decide", request.id, decision, reason)
        return request

    async def decide_many(
        self, requests: Sequence[Request], decision: Literal["allow", "deny"], proof: str = ""
    ) -> tuple[Decided, ...]:
        self._ask("decide_many", decision, *(r.id for r in requests))
        return tuple(Decided(r.id, State.DENIED) for r in requests)

    async def block(self, identity: str) -> None:
        self._ask("block", identity)

    async def unblock(self, identity: str) -> None:
        self._ask("unblock", identity)

    async def pause(self) -> None:
        self._ask("pause")

    async def resume(self) -> None:
        self._ask("resume")

    async def policy(self) -> PolicyResult:
        self._ask("policy")
        return PolicyResult(STRICT, 3, "set", NOW - 86_400)

    async def revoke(self, grant_id: str) -> None:
        self._ask("revoke", grant_id)

    async def renew(self, grant_id: str) -> None:
        self._ask("renew", grant_id)

    async def forget(self, grant_id: str) -> None:
        self._ask("forget", grant_id)

    async def sign_in(self, step: Literal["start", "status", "cancel", "sign_out"]) -> SignIn:
        self._ask("sign_in", step)
        return SignIn("none", "demo@contoso.example", True)

    async def revoke_all(self) -> int:
        self._ask("revoke_all")
        return 2

    async def lock(self) -> Session:
        self._ask("lock")
        return LOCKED

    async def touch(self) -> None:
        self._ask("touch")

    async def audit_tail(self, limit: int = 100) -> tuple[AuditEntry, ...]:
        return self.audit[-limit:]


# -- what the Mac tells


def job(**changes: object) -> Job:
    healthy = Job(
        label="com.entraclaw.agent",
        domain="gui/501",
        state="running",
        pid=4821,
        path="/tmp/ec-test/Users/demo/Library/LaunchAgents/com.entraclaw.agent.plist",
        program="/tmp/ec-test/opt/homebrew/bin/python3.14",
        runs=3,
        last_exit="0",
        exit_code=0,
        immediate_reason="inefficient",
        throttle_seconds=10,
        sockets=("Control", "Request"),
        raw=(("active count", "1"), ("state", "running"), ("pid", "4821"), ("runs", "3")),
    )
    return msgspec.structs.replace(healthy, **changes)


CRASHING = {
    "state": "spawn scheduled",
    "pid": None,
    "runs": 17,
    "last_exit": "78: EX_CONFIG",
    "exit_code": 78,
    "exit_name": "EX_CONFIG",
    "pended": "throttled",
}


def item(account: str, days: float, creator: str = "/opt/homebrew/bin/python3.14") -> KeychainItem:
    return KeychainItem(
        keychain="/tmp/ec-test/Users/demo/Library/Keychains/login.keychain-db",
        kind="genp",
        service="com.entraclaw.agent",
        account=account,
        label="com.entraclaw.agent",
        created_at=NOW - days * 86400,
        modified_at=NOW - days * 86400,
        creator=creator,
    )


def keychain() -> Keychain:
    items = (
        item("key:research-bot:v1", 21),
        item("token:research-bot:g2", 0.006),
        item("session:contoso.example:demo@contoso.example", 2),
        item("audit:v1", 21),
        item("pin:v1", 21),
    )
    return Keychain("/Users/demo/Library/Keychains/login.keychain-db", items, 142, closer.OPEN)


def privacy() -> Privacy:
    python = "/opt/homebrew/bin/python3.14"
    return Privacy(
        (
            PrivacyGrant(
                "kTCCServiceSystemPolicyAllFiles",
                "Full Disk Access",
                python,
                True,
                "denied",
                "user set",
                NOW - 3 * 86400,
                "system",
                requirement='identifier "python3.14" and anchor apple generic',
            ),
            PrivacyGrant(
                "kTCCServiceAppleEvents",
                "Automation",
                python,
                True,
                "granted",
                "user consent",
                NOW - 40 * 86400,
                "user",
                "com.apple.mail",
            ),
            PrivacyGrant(
                "kTCCServiceScreenCapture",
                "Screen Recording",
                "com.apple.Terminal",
                False,
                "granted",
                "user set",
                NOW - 400 * 86400,
                "system",
            ),
        ),
        "read",
        "read",
    )


def findings() -> tuple[Finding, ...]:
    return (
        Finding(
            "grant-gone",
            Severity.ERROR,
            "The grant for Full Disk Access belongs to python3.14.5; the job now runs "
            "python3.14.6.",
            ("granted: /opt/python3.14.5 (gone)", "the job: /opt/homebrew/bin/python3.14"),
            "macOS ties a grant to the program's path, and an upgrade changed it.",
            Repair(
                "Allow Full Disk Access for the program that runs now.",
                ("/usr/bin/open", "x-apple.systempreferences:Privacy_AllFiles"),
                reversible=True,
            ),
            "privacy",
            ("kTCCServiceSystemPolicyAllFiles /opt/homebrew/bin/python3.14",),
        ),
        Finding(
            "plist-stale",
            Severity.WARNING,
            "launchd still uses an older definition of the job.",
            ("launchd: python3.14 -I worker", "the file: python3.14 -I -B worker"),
            "A changed definition counts once the job was unloaded and loaded again.",
            Repair(
                "Load it anew.",
                ("entraclaw-tui", "agent", "restart", "--yes"),
                reversible=True,
                needs_person=False,
            ),
            "job",
        ),
        Finding(
            "items-orphaned",
            Severity.WARNING,
            "Items of agents that are not set up any more lie in the Keychain.",
            ("token:old-bot:g9",),
            "Nothing uses them, and they are secrets.",
            Repair("Delete them in Keychain Access."),
            "keychain",
            ("token:research-bot:g2",),
        ),
    )


def log_lines() -> list[LogLine]:
    said = [
        ("worker", "info", "granted User.Read to mail-helper until lock"),
        ("exchange", "info", "obo Graph User.Read 200 in 212 ms"),
        ("worker", "info", "asked: Mail.Read by ide-plugin-entra (medium)"),
        ("launchd", "info", "com.entraclaw.agent: service state: running"),
        ("tcc", "warning", "denied SystemPolicyAllFiles to python3.14 (4821)"),
        ("exchange", "error", "AADSTS65001: the directory has not consented to Files.Read"),
        ("audit", "info", "request.asked  client=mail-helper  tier=high"),
        ("worker", "info", "asked: Mail.Send, offline_access by mail-helper (high)"),
    ]
    return [LogLine(NOW - 70 + 9 * n, *line) for n, line in enumerate(said)]


def always(answer: Loaded[object] | Empty | Failed) -> Read[object]:
    """Return a reader that says the same each time."""

    async def read() -> Loaded[object] | Empty | Failed:
        return answer

    return read


def found(answer: Loaded[tuple[Finding, ...]] | Empty | Failed) -> Examine:
    """Return a look for what is wrong that finds the same each time."""

    async def examine(
        known: Loaded[Privacy] | None,
        worker: WorkerInfo | None,
    ) -> Loaded[tuple[Finding, ...]] | Empty | Failed:
        return answer

    return examine


def follow(lines: list[LogLine], origin: str = "worker") -> LogSource:
    """Return a log with these lines and no more."""

    async def batches() -> AsyncIterator[list[LogLine]]:
        yield lines

    return LogSource(origin, f"/Users/demo/logs/{origin}.log", batches)


def sources(**changes: object) -> Sources:
    """Return sources of a healthy Mac, some of them replaced."""
    machine = Machine("studio", "demo", 501, "26.5", "25F71", "gui/501", True, False, False)
    whole: dict[str, object] = {
        "machine": always(Loaded(machine, NOW)),
        "job": always(Loaded(job(), NOW)),
        "keychain": always(Loaded(keychain(), NOW)),
        "privacy": always(Loaded(privacy(), NOW)),
        "findings": found(Loaded(findings(), NOW)),
        "usage": lambda pid: Usage(0.2, 48_000_000, NOW - 11_600),
        "job_story": job_story.Story().readers(),
        "closer": closer.Closeness(Loaded(closer.readers_of(keychain().items), NOW)).closer(),
        "logs": (follow(log_lines()),),
    }
    return Sources(**{**whole, **changes})  # type: ignore[arg-type]


class Stage:
    """A panel and everything around it that a test may move."""

    def __init__(
        self,
        *,
        first: Snapshot | None = None,
        reason: str = "",
        mac: Sources | None = None,
        pretend: bool = True,
        readonly: bool = False,
        banner: str = BANNER,
        theme: str = "",
        symbols: Symbols | None = None,
        settings: PanelSettings | None = None,
    ) -> None:
        self.clock = Clock()
        self.link = StandInLink(self.clock, None if reason else first or snapshot())
        if reason:
            self.link.fail(reason)
        self.afterwards: list[tuple[float, Callable[[], None]]] = []
        here = host(pretend=pretend)
        self.feeds = feeds_for(
            here,
            Places.of(here),
            self.clock,
            sources=mac or sources(),
            link=self.link,
        )
        self.panel = Panel(
            here,
            Places.of(here),
            banner=banner if pretend else "",
            readonly=readonly,
            theme=theme,
            clock=self.clock,
            feeds=self.feeds,
            symbols=symbols,
            settings=settings,
        )

    def later(self, happen: Callable[[], None], *, at: float) -> None:
        """Let something happen once the panel has settled, with the clock at `at`."""
        self.afterwards.append((at, happen))


async def settle(pilot: Pilot[None], stage: Stage) -> None:
    """Wait until every source has spoken and everything said is on the screen."""
    panel = stage.panel
    names = ("machine", "job", "keychain", "privacy", "requests", "usage", "findings")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        await pilot.pause()
        spoken = all(name in panel.feeds.store.names for name in names)
        if spoken and not panel.feeds.logs.waiting and not panel.feeds.study.unanswered:
            break
        await asyncio.sleep(0.01)
    else:
        raise AssertionError("the sources did not speak")
    while stage.afterwards:
        stage.clock.at, happen = stage.afterwards.pop(0)
        happen()
        for _ in range(5):
            await pilot.pause()
    panel.tick()
    await pilot.pause()


def once_then(first: Read[object], after: Failed) -> Read[object]:
    """Return a reader that answers once and fails from then on."""
    answers = [first]

    async def read() -> Loaded[object] | Empty | Failed:
        return await answers.pop()() if answers else after

    return read

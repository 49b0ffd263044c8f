"""The real engine and the small model side by side: each step is done to both, and compared.

What the engine may do differs from what the model says in one way only: it may end things early
(after a kill, or with a clock that was set back), never late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.model.consent import Proof, Remember, State
from entraclaw_tui.worker.sessions import ApproverSession
from tests.support.gate_model import WAITS, Belief, Model, ModelRequest, Now
from tests.support.memory_keyring import MemoryKeyring
from tests.support.worker_stage import Hands, PretendLine, WorkerStage

T = TypeVar("T")
OPEN = {State.APPROVED, State.EXCHANGING, State.READY}


class BesideModel:
    """One gate with two panels, on clocks moved by hand."""

    def __init__(
        self, folder: Path, clients: tuple[str, ...], keyring: MemoryKeyring | None = None
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._hands = Hands()
        self.keyring = keyring or MemoryKeyring()
        self._stage = WorkerStage(folder, hands=self._hands, keyring=self.keyring)
        self._lines = {name: PretendLine(name, shows_code=True) for name in clients}
        self._panels: list[ApproverSession] = []
        self._wished = 0
        self.model = Model(self._hands.now, self._hands.ticks)
        self.steps = 0
        self.given = 0
        self._run(self._start())
        self._stage.exchange.lives = 30 * 86_400.0

    def close(self) -> None:
        """Verify the audit, and end as a worker ends."""
        try:
            assert self._run(self._stage.engine.housekeeping.verify()).problem == ""
        finally:
            self._run(self._stage.stop())
            self._loop.close()

    # -- clients ------------------------------------------------------------------------------

    def ask(self, name: str, resource: str) -> None:
        """Ask; where a grant answers, collect as well."""
        model = self.model
        granted, resting = model.grant(name, resource), model.resting(name)
        id, code, digits = self._run(self._ask(self._lines[name], _url(name, resource)))
        if code is Code.TOO_MANY:
            return  # how often a client may ask is not modeled
        if model.paused or name in model.blocked:
            assert code is (Code.PAUSED if model.paused else Code.BLOCKED), code
        elif id.startswith("s_"):
            assert granted is not Belief.NO, "a grant outlived its end"
        else:
            assert granted is not Belief.YES, f"a live grant did not answer: {code}"
            model.grants.pop((name, resource), None)
            if code is Code.RESTING:
                assert resting is not Belief.NO, "it rests for nothing"
                return
            assert code is None, code
            assert resting is not Belief.YES, "it did not rest"
            equal = model.waiting(name, resource)
            assert not equal or id in equal, "equal asks do not merge"
            if not equal:
                assert id not in model.requests
                request = ModelRequest(name, resource, model.timed(WAITS), code=digits)
                model.requests[id] = request

    def collect(self, id: str) -> None:
        """Collect a token: only what was allowed, and once."""
        request = self.model.requests[id]
        code = self._run(_code(self._stage.collect(self._lines[request.client], id)))
        if code is None:
            assert request.state is Now.ALLOWED, "a token that nobody allowed"
            assert not self.model.paused
            request.delivered += 1
            request.state = Now.OVER
            self.given += 1
        assert request.delivered <= 1, "delivered twice"

    def cancel(self, id: str) -> None:
        """The client wants it no longer."""
        request = self.model.requests[id]
        self._run(_code(self._stage.engine.asks.cancel(self._lines[request.client], id)))
        request.state = Now.OVER

    # -- the person ---------------------------------------------------------------------------

    def allow(self, id: str, panel: int, remember: Remember, *, right: bool) -> None:
        """Allow at one panel, with the right digits or with wrong ones."""
        request, session = self.model.requests[id], self._panels[panel]
        unlocked, held = session.unlocked, self.model.believes(request.time)
        seen = self._stage.request(id)
        offered, right = remember in seen.remember_options, right or seen.proof is Proof.KEY
        proof = request.code if right else "00"
        code = self._run(_code(self._stage.allow(session, id, proof=proof, remember=remember)))
        if code is None:
            assert request.state is Now.PENDING
            assert held is not Belief.NO, "allowed past its end"
            assert (unlocked, right, offered, self.model.paused) == (True, True, True, False)
            assert request.client not in self.model.blocked
            self.model.allow(id, remember)
        elif code is Code.WRONG_CODE:
            request.wrong += 1
            if request.wrong == 3:
                self.model.deny(id)
        elif unlocked and right and offered and held is Belief.YES and not self.model.paused:
            assert request.state is not Now.PENDING, code

    def deny(self, id: str) -> None:
        """Deny from a locked panel: always open, also while paused, or late."""
        code = self._run(_code(self._stage.deny(self._stage.session(), id)))
        assert (code is None) == (self.model.requests[id].state is Now.PENDING), code
        if code is None:
            self.model.deny(id)

    def both_decide(self, id: str) -> None:
        """Two panels at the same time, one for and one against: one of them counts."""
        request, seen = self.model.requests[id], self._stage.request(id)
        held, pending = self.model.believes(request.time), request.state is Now.PENDING
        yes = Decide(id, seen.digest, seen.revision, "allow", proof=request.code)
        no = Decide(id, seen.digest, seen.revision, "deny")
        allowed, denied = self._run(self._both(yes, no))
        assert (allowed is None) + (denied is None) == pending, (allowed, denied)
        if allowed is None:
            assert held is not Belief.NO
            assert not self.model.paused
            self.model.allow(id, Remember.ONCE)
        elif denied is None:
            self.model.deny(id)

    def allow_what_was_not_seen(self, id: str, by: int) -> None:
        """Allow another revision than the one that is there."""
        seen = self._stage.request(id)
        stale = Decide(id, seen.digest, seen.revision + by, "allow", proof="10")
        code = self._run(_code(self._stage.engine.decisions.decide(self._panels[0], stale)))
        assert code is not None

    def lock_or_unlock(self, panel: int, *, unlock: bool) -> None:
        """Open a panel's session, or close it."""
        self._run(self._change(self._panels[panel], unlock=unlock))

    def grants_end(self, *, lock: bool) -> None:
        """All of them are revoked, or the screen locks."""
        engine, grants = self._stage.engine, self.model.grants
        if lock:
            self._run(engine.grants.lock())
            kept = {k: g for k, g in grants.items() if g[1] is not Remember.UNTIL_LOCK}
        else:
            self._run(engine.housekeeping.revoke_all("panel"))
            kept = {}
            self._follow()
        self.model.grants = kept

    def block_or_unblock(self, name: str, *, block: bool) -> None:
        """Block a client, or let it ask again."""
        identity = self._lines[name].facts.requester.identity
        keeping = self._stage.engine.housekeeping
        code = self._run(
            _code(keeping.block(identity, "panel"))
            if block
            else _code(keeping.unblock(identity, "panel"))
        )
        assert code in (None, Code.NOT_FOUND)
        if code is None:
            self.model.block(name) if block else self.model.unblock(name)

    def pause_or_resume(self, *, pause: bool) -> None:
        """Stop everything, or go on."""
        self._run(self._stage.engine.housekeeping.pause(pause, "panel"))
        self.model.paused = pause

    # -- time, and death ----------------------------------------------------------------------

    def set_clocks(self, wall: float, mono: float) -> None:
        """Move them; the timers notice it as they would within half a minute."""
        self._hands.now += wall
        self._hands.ticks += mono
        self.model.move(self._hands.now, self._hands.ticks)
        self._run(self._timers())
        self._follow()

    def kill(self) -> None:
        """Kill the worker and start it again."""
        self._run(self._stage.crash())
        self._run(self._start())
        self.model.restart()
        self._follow()

    def check(self) -> None:
        """Nothing is lost, and nothing given for nothing."""
        new = self._stage.exchange.wishes[self._wished :]
        self._wished += len(new)
        requests = self.model.requests.values()
        may = {_url(r.client, r.resource) for r in requests if r.decided == "allow"}
        assert {wish.resource for wish in new} <= may, "an exchange without an approval"
        for id, request in self.model.requests.items():
            found = self._stage.request(id)
            assert not request.decided or found.decision == request.decided
            if request.state is Now.PENDING:
                assert found.state is State.PENDING
            elif request.state is Now.OVER:
                assert found.state.final, f"{found.state} came back"

    def _follow(self) -> None:
        """Take over what time may have ended; hold that it did where it must have."""
        for id, request in self.model.requests.items():
            state, held = self._stage.request(id).state, self.model.believes(request.time)
            if request.state is Now.PENDING and state is State.PENDING:
                assert held is not Belief.NO, "it waits past its end"
            elif request.state is Now.PENDING:
                assert state is State.EXPIRED
                assert held is not Belief.YES, "it ended early"
                self.model.deny(id)
            elif request.state is Now.ALLOWED and state not in OPEN:
                request.state = Now.OVER

    # -- inside the loop ----------------------------------------------------------------------

    def _run(self, work: Coroutine[object, object, T]) -> T:
        """Do one thing, and let what it began come to its end."""
        self.steps += 1
        return self._loop.run_until_complete(self._whole(work))

    async def _whole(self, work: Coroutine[object, object, T]) -> T:
        try:
            return await work
        finally:
            engine = self._stage.engine
            for _ in range(3):
                await engine.exchanging.settle()
                for tasks in (engine.endings._tasks, engine.grants._tasks, engine.silent._tasks):
                    if tasks:
                        await asyncio.wait(tasks)

    async def _start(self) -> None:
        await self._stage.start()
        self._panels = [self._stage.unlocked(), self._stage.unlocked()]

    async def _ask(self, line: PretendLine, resource: str) -> tuple[str, Code | None, str]:
        try:
            answer = await self._stage.ask(line, resource=resource)
        except WireError as error:
            return "", error.code, ""
        if answer.request_id.startswith("s_"):
            await self._stage.settled(line, answer.request_id)
            assert (await self._stage.collect(line, answer.request_id)).startswith("token-")
        return answer.request_id, None, answer.match_code or ""

    async def _both(self, yes: Decide, no: Decide) -> tuple[Code | None, Code | None]:
        decide = self._stage.engine.decisions.decide
        return await asyncio.gather(
            _code(decide(self._panels[0], yes)), _code(decide(self._panels[1], no))
        )

    async def _change(self, session: ApproverSession, *, unlock: bool) -> None:
        session.unlock() if unlock else session.lock("by the person")
        assert session.unlocked is unlock

    async def _timers(self) -> None:
        self._stage.engine.endings._expiry._fire()
        self._stage.engine.grants._due()


def _url(client: str, resource: str) -> str:
    # No two clients ask for the same, so that an exchange tells for whom it was.
    return f"https://{resource}.{client}.contoso.example"


async def _code(work: Coroutine[object, object, object]) -> Code | None:
    try:
        await work
    except WireError as error:
        return error.code
    return None

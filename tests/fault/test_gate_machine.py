"""The whole gate against a small model: any order of asks, decisions, jumps, kills, two panels."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.model.consent import Proof, Remember, State
from entraclaw_tui.worker.sessions import ApproverSession
from tests.support.fault_table import Rows
from tests.support.gate_model import WAITS, Belief, Model, ModelRequest, Now
from tests.support.worker_stage import Hands, PretendLine, WorkerStage

T = TypeVar("T")
CLIENTS = ("notes", "mail", "build")
RESOURCES = tuple(f"https://{name}.contoso.example" for name in ("files", "calendar"))
FAST = next(place for place in ("/dev/shm", "/tmp") if Path(place).is_dir())
"""Each step waits for the disk, and the disk is not what is tried here: memory will do."""
LEFT = (Code.TOO_MANY,)
"""Refusals that the model does not follow: how often a client may ask."""
OPEN = {State.APPROVED, State.EXCHANGING, State.READY}


class Gate(RuleBasedStateMachine):
    """The real engine, on clocks moved by hand."""

    steps = 0
    given = 0

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="ec-", dir=FAST))
        self.hands = Hands()
        self.stage = WorkerStage(self.folder, hands=self.hands)
        self.model = Model(self.hands.now, self.hands.ticks)
        self.lines = {name: PretendLine(name, shows_code=True) for name in CLIENTS}
        self.panels: list[ApproverSession] = []
        self.wished = 0

    def teardown(self) -> None:
        try:
            verified = self.run(self.stage.engine.housekeeping.verify())
            assert verified.problem == ""
        finally:
            self.run(self.stage.stop())
            self.loop.close()
            shutil.rmtree(self.folder)

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Do one thing, and let what it began come to its end."""
        type(self).steps += 1

        async def whole() -> T:
            try:
                return await work
            finally:
                await self._settle()

        return self.loop.run_until_complete(whole())

    async def _settle(self) -> None:
        engine = self.stage.engine
        for _ in range(3):
            await engine.exchanging.settle()
            for tasks in (engine.endings._tasks, engine.grants._tasks, engine.silent._tasks):
                if tasks:
                    await asyncio.wait(tasks)

    async def _code(self, work: Coroutine[object, object, object]) -> Code | None:
        try:
            await work
        except WireError as error:
            return error.code
        return None

    @initialize()
    def begin(self) -> None:
        async def start() -> None:
            await self.stage.start()
            self.stage.exchange.lives = 30 * 86_400.0
            self.panels = [self.stage.unlocked(), self.stage.unlocked()]

        self.loop.run_until_complete(start())

    # -- clients ------------------------------------------------------------------------------

    @rule(name=st.sampled_from(CLIENTS), resource=st.sampled_from(RESOURCES))
    def ask(self, name: str, resource: str) -> None:
        model, line = self.model, self.lines[name]
        granted, resting = model.grant(name, resource), model.resting(name)
        equal = [
            id
            for id, request in model.requests.items()
            if (request.client, request.resource, request.state) == (name, resource, Now.PENDING)
        ]

        async def ask() -> tuple[str, Code | None, str | None]:
            try:
                answer = await self.stage.ask(line, resource=resource)
            except WireError as error:
                return "", error.code, None
            if answer.request_id.startswith("s_"):
                await self.stage.settled(line, answer.request_id)
                assert (await self.stage.collect(line, answer.request_id)).startswith("token-")
            return answer.request_id, None, answer.match_code

        id, code, digits = self.run(ask())
        if code in LEFT:
            return
        if model.paused:
            assert code is Code.PAUSED
        elif code is Code.PAUSED:
            raise AssertionError("it was resumed")
        elif name in model.blocked:
            assert code is Code.BLOCKED
        elif id.startswith("s_"):
            assert granted is not Belief.NO, "a grant outlived its end"
        elif granted is Belief.YES:
            raise AssertionError(f"a live grant did not answer: {code}")
        else:
            model.grants.pop((name, resource), None)
            if code is Code.RESTING:
                assert resting is not Belief.NO, "it rests for nothing"
            else:
                assert code is None, code
                assert resting is not Belief.YES, "it did not rest"
                if equal:
                    assert id in equal, "equal asks do not merge"
                else:
                    assert id not in model.requests
                    request = ModelRequest(name, resource, model.timed(WAITS), code=digits or "")
                    model.requests[id] = request

    @rule(
        name=st.sampled_from(CLIENTS),
        resource=st.sampled_from(RESOURCES),
        remember=st.sampled_from(list(Remember)),
        collect=st.booleans(),
    )
    def what_mostly_happens(
        self, name: str, resource: str, remember: Remember, collect: bool
    ) -> None:
        """By chance alone, a token would be rare."""
        if self.model.paused:
            self.pause_or_resume(False)
        if name in self.model.blocked:
            self.block_or_unblock(name, False)
        self.ask(name, resource)
        for id, request in list(self.model.requests.items()):
            if request.state is Now.PENDING and request.client == name:
                self.lock_or_unlock(0, True)
                self._allow(id, request, 0, remember, right=True)
                if collect:
                    self._collect(id, request)

    @precondition(lambda self: self.model.requests)
    @rule(data=st.data())
    def collect(self, data: st.DataObject) -> None:
        self._collect(*self._any(data))

    def _collect(self, id: str, request: ModelRequest) -> None:
        code = self.run(self._code(self.stage.collect(self.lines[request.client], id)))
        if code is None:
            assert request.state is Now.ALLOWED, "a token that nobody allowed"
            assert not self.model.paused
            request.delivered += 1
            request.state = Now.OVER
            type(self).given += 1
        assert request.delivered <= 1, "delivered twice"

    @precondition(lambda self: self.model.requests)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id, request = self._any(data)
        self.run(self._code(self.stage.engine.asks.cancel(self.lines[request.client], id)))
        request.state = Now.OVER

    # -- the person ---------------------------------------------------------------------------

    @precondition(lambda self: self.model.requests)
    @rule(
        data=st.data(),
        panel=st.integers(0, 1),
        remember=st.sampled_from(list(Remember)),
        right=st.sampled_from([True, True, True, False]),
    )
    def allow(self, data: st.DataObject, panel: int, remember: Remember, right: bool) -> None:
        id, request = self._any(data)
        self._allow(id, request, panel, remember, right=right)

    def _allow(
        self, id: str, request: ModelRequest, panel: int, remember: Remember, *, right: bool
    ) -> None:
        session = self.panels[panel]
        unlocked = session.unlocked
        held = self.model.believes(request.time)
        seen = self.stage.request(id)
        offered, right = remember in seen.remember_options, right or seen.proof is Proof.KEY
        proof = request.code if right else "00"
        work = self.stage.allow(session, id, proof=proof, remember=remember)
        code = self.run(self._code(work))
        if code is None:
            assert request.state is Now.PENDING
            assert held is not Belief.NO, "allowed past its end"
            assert unlocked
            assert right
            assert offered
            assert not self.model.paused
            assert request.client not in self.model.blocked
            self.model.allow(id, remember)
        elif code is Code.WRONG_CODE:
            request.wrong += 1
            if request.wrong == 3:
                self.model.deny(id)
        elif unlocked and right and offered and held is Belief.YES and not self.model.paused:
            assert request.state is not Now.PENDING or code is Code.TOO_MANY, code

    @precondition(lambda self: self.model.requests)
    @rule(data=st.data())
    def deny(self, data: st.DataObject) -> None:
        """Always open: also while locked, paused, or late."""
        id, request = self._any(data)
        code = self.run(self._code(self.stage.deny(self.stage.session(), id)))
        if code is None:
            assert request.state is Now.PENDING
            self.model.deny(id)
        else:
            assert request.state is not Now.PENDING, code

    @precondition(lambda self: self.model.requests and not self.model.paused)
    @rule(data=st.data())
    def both_decide(self, data: st.DataObject) -> None:
        """Two panels at the same time, one for and one against: one of them counts."""
        id, request = self._any(data)
        seen = self.stage.request(id)
        held = self.model.believes(request.time)

        async def both() -> tuple[Code | None, Code | None]:
            yes = Decide(id, seen.digest, seen.revision, "allow", proof=request.code)
            no = Decide(id, seen.digest, seen.revision, "deny")
            decide = self.stage.engine.decisions.decide
            return await asyncio.gather(
                self._code(decide(self.panels[0], yes)), self._code(decide(self.panels[1], no))
            )

        codes = self.run(both())
        assert codes.count(None) == (request.state is Now.PENDING), codes
        if codes[0] is None:
            assert held is not Belief.NO
            self.model.allow(id, Remember.ONCE)
        elif codes[1] is None:
            self.model.deny(id)

    @precondition(lambda self: self.model.requests)
    @rule(data=st.data(), by=st.integers(1, 3))
    def allow_what_was_not_seen(self, data: st.DataObject, by: int) -> None:
        id, request = self._any(data)
        seen = self.stage.request(id)
        stale = Decide(id, seen.digest, seen.revision + by, "allow", proof=request.code)
        assert self.run(self._code(self.stage.engine.decisions.decide(self.panels[0], stale)))

    @rule(panel=st.integers(0, 1), unlock=st.sampled_from([True, True, False]))
    def lock_or_unlock(self, panel: int, unlock: bool) -> None:
        async def change() -> None:
            session = self.panels[panel]
            session.unlock() if unlock else session.lock("by the person")
            assert session.unlocked is unlock

        self.run(change())

    @rule(lock=st.booleans())
    def grants_end(self, lock: bool) -> None:
        """All of them are revoked, or the screen locks."""
        engine, grants = self.stage.engine, self.model.grants
        if lock:
            self.run(engine.grants.lock())
            kept = {k: g for k, g in grants.items() if g[1] is not Remember.UNTIL_LOCK}
        else:
            self.run(engine.housekeeping.revoke_all("panel"))
            kept = {}
            self._follow()
        self.model.grants = kept

    @rule(name=st.sampled_from(CLIENTS), block=st.sampled_from([False, False, True]))
    def block_or_unblock(self, name: str, block: bool) -> None:
        identity = self.lines[name].facts.requester.identity
        keeping = self.stage.engine.housekeeping
        work: Coroutine[object, object, object] = keeping.unblock(identity, "panel")
        code = self.run(self._code(keeping.block(identity, "panel") if block else work))
        if block:
            work.close()
        if code is Code.NOT_FOUND:
            return
        assert code is None
        if not block:
            self.model.blocked.discard(name)
            self.model.refusals.pop(name, None)
            self.model.rests.pop(name, None)
            return
        self.model.blocked.add(name)
        for request in self.model.requests.values():
            if request.client == name:
                request.state = Now.OVER
        self.model.grants = {k: g for k, g in self.model.grants.items() if k[0] != name}

    @rule(on=st.sampled_from([False, False, False, True]))
    def pause_or_resume(self, on: bool) -> None:
        self.run(self.stage.engine.housekeeping.pause(on, "panel"))
        self.model.paused = on

    # -- time, and death ----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1.0, 30.0, 100.0, 130.0, 400.0, 1000.0]))
    def time_passes(self, seconds: float) -> None:
        self._set(seconds, seconds)

    @rule(wall=st.sampled_from([-86_400.0, -3600.0, -60.0, 60.0, 3600.0, 86_400.0]))
    def the_clock_is_set(self, wall: float) -> None:
        self._set(wall, 0.0)

    @rule()
    def the_worker_is_killed(self) -> None:
        async def again() -> None:
            await self.stage.crash()
            await self.stage.start()
            self.panels = [self.stage.unlocked(), self.stage.unlocked()]

        self.run(again())
        self.model.restart()
        # What the clocks say now may have ended requests without a timer.
        self._follow()

    def _set(self, wall: float, mono: float) -> None:
        self.hands.now += wall
        self.hands.ticks += mono
        self.model.move(self.hands.now, self.hands.ticks)

        async def timers() -> None:
            self.stage.engine.endings._expiry._fire()
            self.stage.engine.grants._due()

        self.run(timers())
        self._follow()

    def _follow(self) -> None:
        """Take over what time may have ended; hold that it did where it must have."""
        for id, request in self.model.requests.items():
            state = self.stage.request(id).state
            held = self.model.believes(request.time)
            if request.state is Now.PENDING:
                if state is State.PENDING:
                    assert held is not Belief.NO, "it waits past its end"
                else:
                    assert state is State.EXPIRED
                    assert held is not Belief.YES, "it ended early"
                    self.model.deny(id)
            elif request.state is Now.ALLOWED and state not in OPEN:
                request.state = Now.OVER

    # -- always -------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_or_given_for_nothing(self) -> None:
        if not self.panels:
            return
        new = self.stage.exchange.wishes[self.wished :]
        self.wished += len(new)
        may = {r.resource for r in self.model.requests.values() if r.decided == "allow"}
        assert {wish.resource for wish in new} <= may, "an exchange without an approval"
        for id, request in self.model.requests.items():
            found = self.stage.request(id)
            assert not request.decided or found.decision == request.decided
            if request.state is Now.PENDING:
                assert found.state is State.PENDING
            elif request.state is Now.OVER:
                assert found.state.final, f"{found.state} came back"

    def _any(self, data: st.DataObject) -> tuple[str, ModelRequest]:
        # Those that are not over, and a few that are.
        ids = [id for id, r in self.model.requests.items() if r.state is not Now.OVER]
        id = data.draw(st.sampled_from(ids + list(self.model.requests)[-2:]))
        return id, self.model.requests[id]


@pytest.mark.parametrize(
    ("examples", "length"),
    [
        pytest.param(12, 40, id="short"),
        pytest.param(2000, 50, id="long", marks=pytest.mark.fault),
    ],
)
def test_the_gate_against_its_model(table: Rows, examples: int, length: int) -> None:
    Gate.steps = Gate.given = 0
    run_state_machine_as_test(
        Gate,
        settings=settings(
            max_examples=examples,
            stateful_step_count=length,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    table("steps of the gate beside its model, alike", Gate.steps, examples * length)
    table("tokens given meanwhile", Gate.given)

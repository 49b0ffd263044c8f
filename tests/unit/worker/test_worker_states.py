"""The table of states, and a person, clients and crashes at random against the whole engine."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.model.consent import Remember, State
from entraclaw_tui.worker.states import MOVES
from tests.support.worker_stage import PIN, Hands, PretendLine, WorkerStage

T = TypeVar("T")


def test_the_only_way_to_an_exchange_is_an_approval() -> None:
    into = {to: {s for s, ways in MOVES.items() if to in ways} for to in State}
    assert into[State.APPROVED] == {State.PENDING}
    assert State.PENDING not in into[State.EXCHANGING]
    assert into[State.DELIVERED] == {State.READY}
    assert into[State.PENDING] == set()
    for state in State:
        assert state.final == (MOVES[state] == frozenset())


class Life(RuleBasedStateMachine):
    """Ask, allow, deny, collect, crash, let time pass, in any order.

    What must hold: no exchange without an approval; no token twice; no grant past its end; the
    audit's chain whole; what was acknowledged is still there after a crash.
    """

    asked: Bundle[tuple[str, PretendLine]] = Bundle("asked")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(prefix="ec-", dir="/tmp")
        self.hands = Hands()
        self.stage = WorkerStage(Path(self.folder.name), hands=self.hands)
        self.lines = [PretendLine("one"), PretendLine("two", identity="signed:T:two")]
        self.run(self.stage.start())
        self.approvals = 0
        self.renewable = 0
        self.crashes = 0
        self.delivered: list[str] = []
        self.known: dict[str, State] = {}

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        assert not self.stage.exchange.wishes

    @rule(target=asked, who=st.integers(0, 1), scope=st.sampled_from(["User.Read", "Mail.Read"]))
    def ask(self, who: int, scope: str) -> tuple[str, PretendLine]:
        line = self.lines[who]
        try:
            answer = self.run(self.stage.ask(line, scope))
        except WireError:
            return ("none", line)
        if answer.state is State.EXCHANGING:
            self.renewable += 1
        if answer.request_id.startswith("r_"):
            self.known[answer.request_id] = answer.state
        return (answer.request_id, line)

    @rule(one=asked, remember=st.sampled_from(list(Remember)))
    def allow(self, one: tuple[str, PretendLine], remember: Remember) -> None:
        if not one[0].startswith("r_"):
            return

        async def yes() -> None:
            session = self.stage.unlocked()
            try:
                await self.stage.allow(session, one[0], proof=PIN, remember=remember)
            finally:
                session.close()

        try:
            self.run(yes())
        except WireError:
            return
        self.approvals += 1
        self.run(self.stage.settled(one[1], one[0]))

    @rule(one=asked)
    def allow_locked(self, one: tuple[str, PretendLine]) -> None:
        if one[0].startswith("r_"):
            with pytest.raises(WireError):
                self.run(self.stage.allow(self.stage.session(), one[0], proof=PIN))

    @rule(one=asked)
    def deny(self, one: tuple[str, PretendLine]) -> None:
        if one[0].startswith("r_"):
            try:
                self.run(self.stage.deny(self.stage.session(), one[0]))
            except WireError:
                return

    @rule(one=consumes(asked))
    def collect(self, one: tuple[str, PretendLine]) -> None:
        if one[0] == "none":
            return
        try:
            self.run(self.stage.collect(one[1], one[0]))
        except WireError:
            return
        assert one[0] not in self.delivered
        self.delivered.append(one[0])
        with pytest.raises(WireError):
            self.run(self.stage.collect(one[1], one[0]))

    @rule(seconds=st.sampled_from([1.0, 50.0, 130.0, 1000.0, 4000.0]))
    def time_passes(self, seconds: float) -> None:
        self.hands.pass_by(seconds)
        self.run(asyncio.sleep(0))

    @rule()
    def crash(self) -> None:
        self.crashes += 1
        self.renewable += len(self.stage.engine.core.book.open_requests())
        self.run(self.stage.crash())
        self.run(self.stage.start())

    @invariant()
    def nothing_without_approval(self) -> None:
        assert len(self.stage.exchange.wishes) <= self.approvals + self.renewable

    @invariant()
    def grants_have_not_outlived_their_end(self) -> None:
        for grant in self.stage.engine.grants.all_live():
            found = self.stage.engine.grants.live(grant.id)
            assert found is None or found.expires_at > self.hands.now

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        book = self.stage.engine.core.book
        for request_id in self.known:
            assert book.request(request_id) is not None

    def teardown(self) -> None:
        assert self.run(self.stage.engine.housekeeping.verify()).problem == ""
        self.run(self.stage.stop())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.folder.cleanup()


Life.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = Life.TestCase

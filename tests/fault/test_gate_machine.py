"""The whole gate against a small model: any order of asks, decisions, jumps, kills, two panels."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from entraclaw_tui.model.consent import Remember
from tests.support.beside_model import BesideModel
from tests.support.fault_table import Rows
from tests.support.gate_model import Now
from tests.support.memory_keyring import MemoryKeyring

NAMES = ("notes", "mail", "build")
CLIENTS = st.sampled_from(NAMES)
RESOURCES = st.sampled_from(("files", "calendar"))
PANELS = st.integers(0, 1)
REMEMBERED = st.sampled_from(list(Remember))
MOSTLY, RARELY = st.sampled_from([True, True, True, False]), st.sampled_from([False, False, True])
FAST = next(place for place in ("/dev/shm", "/tmp") if Path(place).is_dir())
"""Each step waits for the disk, and the disk is not what is tried here: memory will do."""


class Gate(RuleBasedStateMachine):
    """Does something, anything, to the engine and the model."""

    steps = 0
    given = 0
    first: Path
    """A worker's folder with nothing but a PIN: making one takes longer than many steps."""
    items: dict[str, str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ec-", dir=FAST))
        shutil.copytree(self.first, self.folder, dirs_exist_ok=True)
        keyring = MemoryKeyring()
        keyring.items |= self.items
        self.both = BesideModel(self.folder, NAMES, keyring)

    def teardown(self) -> None:
        try:
            self.both.close()
        finally:
            shutil.rmtree(self.folder)
        type(self).steps += self.both.steps
        type(self).given += self.both.given

    def some(self, data: st.DataObject) -> str:
        """Draw a request: those that are not over, and a few that are."""
        requests = self.both.model.requests
        ids = [id for id, request in requests.items() if request.state is not Now.OVER]
        return data.draw(st.sampled_from(ids + list(requests)[-2:]))

    def asked(self) -> bool:
        """Whether there is a request."""
        return bool(self.both.model.requests)

    # -- clients ------------------------------------------------------------------------------

    @rule(name=CLIENTS, resource=RESOURCES)
    def ask(self, name: str, resource: str) -> None:
        self.both.ask(name, resource)

    @rule(name=CLIENTS, resource=RESOURCES, remember=REMEMBERED, collect=st.booleans())
    def what_mostly_happens(
        self, name: str, resource: str, remember: Remember, collect: bool
    ) -> None:
        """By chance alone, a token would be rare."""
        both = self.both
        if both.model.paused:
            both.pause_or_resume(pause=False)
        if name in both.model.blocked:
            both.block_or_unblock(name, block=False)
        both.ask(name, resource)
        both.lock_or_unlock(0, unlock=True)
        for id in both.model.waiting(name, resource):
            both.allow(id, 0, remember, right=True)
            if collect:
                both.collect(id)

    @precondition(asked)
    @rule(data=st.data())
    def collect(self, data: st.DataObject) -> None:
        self.both.collect(self.some(data))

    @precondition(asked)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.both.cancel(self.some(data))

    # -- the person ---------------------------------------------------------------------------

    @precondition(asked)
    @rule(data=st.data(), panel=PANELS, remember=REMEMBERED, right=MOSTLY)
    def allow(self, data: st.DataObject, panel: int, remember: Remember, right: bool) -> None:
        self.both.allow(self.some(data), panel, remember, right=right)

    @precondition(asked)
    @rule(data=st.data())
    def deny(self, data: st.DataObject) -> None:
        self.both.deny(self.some(data))

    @precondition(lambda self: self.asked() and not self.both.model.paused)
    @rule(data=st.data())
    def both_decide(self, data: st.DataObject) -> None:
        self.both.both_decide(self.some(data))

    @precondition(asked)
    @rule(data=st.data(), by=st.integers(1, 3))
    def allow_what_was_not_seen(self, data: st.DataObject, by: int) -> None:
        self.both.allow_what_was_not_seen(self.some(data), by)

    @rule(panel=PANELS, unlock=MOSTLY)
    def lock_or_unlock(self, panel: int, unlock: bool) -> None:
        self.both.lock_or_unlock(panel, unlock=unlock)

    @rule(lock=st.booleans())
    def grants_end(self, lock: bool) -> None:
        self.both.grants_end(lock=lock)

    @rule(name=CLIENTS, block=RARELY)
    def block_or_unblock(self, name: str, block: bool) -> None:
        self.both.block_or_unblock(name, block=block)

    @rule(pause=RARELY)
    def pause_or_resume(self, pause: bool) -> None:
        self.both.pause_or_resume(pause=pause)

    # -- time, and death ----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1.0, 30.0, 100.0, 130.0, 400.0, 1000.0]))
    def time_passes(self, seconds: float) -> None:
        self.both.set_clocks(seconds, seconds)

    @rule(wall=st.sampled_from([-86_400.0, -3600.0, -60.0, 60.0, 3600.0, 86_400.0]))
    def the_clock_is_set(self, wall: float) -> None:
        self.both.set_clocks(wall, 0.0)

    @rule()
    def the_worker_is_killed(self) -> None:
        self.both.kill()

    @invariant()
    def nothing_is_lost_or_given_for_nothing(self) -> None:
        self.both.check()


@pytest.mark.parametrize(
    ("examples", "length"),
    [
        pytest.param(12, 40, id="short"),
        pytest.param(2000, 50, id="long", marks=pytest.mark.fault),
    ],
)
def test_the_gate_against_its_model(folder: Path, table: Rows, examples: int, length: int) -> None:
    first = BesideModel(folder, NAMES)
    first.close()
    Gate.first, Gate.items = folder, first.keyring.items
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

"""The right to allow: how it opens, how long it lasts, and everything that ends it."""

from __future__ import annotations

import asyncio

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker.sessions import IDLE, ApproverSession
from tests.support.worker_stage import Hands, approver


class Chair:
    """A session, what it told, and hands on its clocks."""

    def __init__(self, **changes: object) -> None:
        self.hands = Hands()
        self.told: list[str] = []
        self.session = ApproverSession(
            approver(**changes), self.hands.clock, lambda session, what: self.told.append(what)
        )

    def open(self) -> bool:
        return self.session.unlocked

    def timer(self) -> asyncio.TimerHandle | None:
        return self.session._timer

    def due_in(self) -> float:
        timer = self.timer()
        assert timer is not None
        return timer.when() - asyncio.get_running_loop().time()

    def refused(self) -> WireError:
        with pytest.raises(WireError) as refused:
            self.session.require_unlocked()
        return refused.value


async def test_it_begins_locked_and_looks_at_nothing() -> None:
    chair = Chair()
    assert IDLE == 600.0
    assert not chair.open()
    assert not chair.session.looking
    chair.session.touch()
    assert not chair.open()
    assert chair.timer() is None
    chair.session.lock("idle")
    chair.session.close()
    assert chair.told == []


async def test_it_is_open_for_ten_minutes_without_a_key() -> None:
    chair = Chair()
    chair.session.unlock()
    assert chair.told == ["unlocked"]
    chair.session.require_unlocked()
    chair.hands.pass_by(599.9)
    assert chair.open()
    chair.hands.pass_by(0.1)
    assert not chair.open()
    error = chair.refused()
    assert (error.code, error.hint) == (Code.LOCKED, "Unlock it with the PIN first.")
    assert chair.told == ["unlocked", "idle"]
    assert chair.timer() is None
    assert chair.refused().code is Code.LOCKED
    assert chair.told == ["unlocked", "idle"]  # it is said once


async def test_a_key_makes_the_ten_minutes_begin_again() -> None:
    chair = Chair()
    chair.session.unlock()
    chair.hands.pass_by(500)
    chair.session.touch()
    chair.hands.pass_by(599)
    assert chair.open()
    chair.hands.pass_by(1)
    chair.session.touch()  # too late: a key opens nothing
    assert not chair.open()
    assert chair.told == ["unlocked"]


@pytest.mark.parametrize(
    ("wall", "mono", "lives"),
    [
        (599.0, 0.0, True),
        (600.0, 0.0, False),  # the Mac slept: the monotonic clock stood still
        (0.0, 599.0, True),
        (0.0, 600.0, False),  # the clock was set back
        (-60.0, 0.0, True),  # a time server corrects so much
        (-61.0, 0.0, False),
        (86_400.0, 0.0, False),
    ],
)
async def test_either_clock_ends_it(wall: float, mono: float, lives: bool) -> None:
    chair = Chair()
    chair.session.unlock()
    chair.hands.now += wall
    chair.hands.ticks += mono
    assert chair.open() is lives


async def test_locking_and_leaving_end_it_at_once_and_say_why() -> None:
    chair = Chair()
    chair.session.unlock()
    timer = chair.timer()
    assert timer is not None
    chair.session.lock("screen locked")
    assert not chair.open()
    assert timer.cancelled()
    assert chair.timer() is None
    chair.session.lock("idle")
    chair.session.unlock()
    chair.session.close()
    assert not chair.open()
    assert chair.told == ["unlocked", "screen locked", "unlocked", "disconnected"]


async def test_it_locks_by_itself_where_nobody_asks() -> None:
    chair = Chair()
    chair.session.unlock()
    assert 600.0 < chair.due_in() <= 600.01
    first = chair.timer()
    chair.hands.pass_by(300)
    chair.session.touch()
    assert chair.timer() is first  # a key sets no new timer
    chair.hands.pass_by(300)
    chair.session._due()  # the first timer: a key came in the meantime
    assert chair.open()
    assert 300.0 < chair.due_in() <= 300.01
    chair.hands.pass_by(300)
    chair.session._due()
    assert not chair.open()
    assert chair.timer() is None
    assert chair.told == ["unlocked", "idle"]


async def test_a_timer_that_comes_late_finds_a_locked_session_and_says_nothing() -> None:
    chair = Chair()
    chair.session.unlock()
    chair.session.lock("screen locked")
    chair.session._due()
    assert chair.told == ["unlocked", "screen locked"]
    chair.session._arm()
    assert chair.timer() is None


async def test_a_timer_of_a_moment_that_has_passed_is_due_now() -> None:
    chair = Chair()
    chair.session.unlock()
    chair.hands.ticks += 1000
    chair.session._arm()
    assert 0.0 < chair.due_in() <= 0.01


async def test_without_a_terminal_nothing_is_allowed_even_unlocked() -> None:
    chair = Chair(terminal="")
    chair.session.unlock()
    error = chair.refused()
    assert error.code is Code.FORBIDDEN
    assert error.message == chair.session.approver.refusal
    assert chair.told == ["unlocked"]


async def test_what_a_panel_knows_of_its_session() -> None:
    chair = Chair(injectable_by="tmux")
    closed = chair.session.info("set", 0.0)
    assert (closed.unlocked, closed.idle_ends_at, closed.retry_at) == (False, None, None)
    assert (closed.injectable, closed.injectable_by) == (True, "tmux")
    assert (closed.may_allow, closed.refusal, closed.pin_state) == (True, "", "set")
    chair.session.unlock()
    chair.hands.pass_by(10)
    opened = chair.session.info("damaged", 0.5)
    assert (opened.unlocked, opened.idle_ends_at) == (True, chair.hands.now + 590)
    assert opened.retry_at == chair.hands.now + 0.5
    assert opened.pin_state == "damaged"
    chair.hands.pass_by(590)
    assert chair.session.info("set", -1.0).retry_at is None
    assert chair.session.info("set", 0.0).idle_ends_at is None
    nobody = Chair(terminal="").session.info("missing", 0.0)
    assert (nobody.may_allow, nobody.injectable) == (False, False)
    assert nobody.refusal

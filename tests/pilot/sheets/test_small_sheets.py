from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from textual import events
from textual.pilot import Pilot

from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.reason import READY, ReasonSheet
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from tests.support.sheet_stage import (
    LOCKED,
    NOW,
    OPEN,
    PIN,
    ScriptedLink,
    Stage,
    arm,
    press,
    until,
)


@asynccontextmanager
async def opened(
    make: Callable[[Stage], Sheet[Any]],
    link: ScriptedLink | None = None,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[Pilot[None], Stage]]:
    stage = Stage(link or ScriptedLink(), make)
    async with stage.run_test(size=size) as pilot:
        for _ in range(4):
            await pilot.pause(0)
        yield pilot, stage


@asynccontextmanager
async def unlocking(**session: object) -> AsyncIterator[tuple[Pilot[None], Stage]]:
    link = ScriptedLink(session=msgspec.structs.replace(LOCKED, **session))
    async with opened(lambda stage: UnlockSheet(link, stage.clock), link) as (pilot, stage):
        yield pilot, stage


# -- unlock


async def test_the_pin_unlocks_and_is_never_shown() -> None:
    async with unlocking() as (pilot, stage):
        await press(pilot, *"777777")
        assert "7" not in stage.text
        await press(pilot, "enter")
        await until(pilot, lambda: stage.results)
        assert stage.results == [True]
        assert stage.link.pins == ["777777"]


async def test_a_short_pin_is_not_sent_and_letters_are_not_taken() -> None:
    async with unlocking() as (pilot, stage):
        await press(pilot, "4", "x", "8", "enter")
        assert "6 digits or more" in stage.text
        await press(pilot, "2", "9", "1", "1", "backspace", "2", "enter")
        await until(pilot, lambda: stage.link.pins)
        assert stage.link.pins == ["482912"]


async def test_a_wrong_pin_waits_as_long_as_the_worker_says() -> None:
    async with unlocking() as (pilot, stage):
        stage.link.fails = WireError(Code.WRONG_PIN, "no", retry_after=8.0)
        await press(pilot, *PIN, "enter")
        await until(pilot, lambda: "Wrong PIN. Next try in 8 s." in stage.text)
        await press(pilot, *PIN, "enter")
        await pilot.pause()
        assert len(stage.link.pins) == 1
        stage.wall += 8.1
        await press(pilot, *PIN, "enter")
        await until(pilot, lambda: stage.results == [True])


async def test_the_wait_after_wrong_pins_of_before_is_shown() -> None:
    async with unlocking(retry_at=NOW + 5.0) as (pilot, stage):
        assert "Next try in 5 s." in stage.text
        stage.wall += 4
        await until(pilot, lambda: "Next try in 1 s." in stage.text)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (ConnectionLost("The worker closed the connection."), "closed the connection"),
        (WireError(Code.FORBIDDEN, "Not\x1b[2J from here."), "<U+001B>[2J from here."),
        (RuntimeError(PIN), "could not be sent (RuntimeError)"),
    ],
)
async def test_what_goes_wrong_is_said_without_the_pin(failure: Exception, said: str) -> None:
    async with unlocking() as (pilot, stage):
        stage.link.fails = failure
        await press(pilot, *PIN, "enter")
        await until(pilot, lambda: said in stage.text)
        assert PIN not in stage.text
        assert stage.results == []


async def test_pasted_digits_are_not_taken() -> None:
    async with unlocking() as (pilot, stage):
        stage.screen.post_message(events.Paste(PIN))
        await until(pilot, lambda: "Pasted text is not taken" in stage.text)
        await press(pilot, "enter")
        assert stage.link.pins == []


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ({"pin_state": "missing"}, "No PIN is set"),
        ({"may_allow": False, "refusal": "This program asks itself."}, "This program asks itself."),
    ],
)
async def test_where_no_pin_helps_none_is_asked(session: dict[str, object], said: str) -> None:
    async with unlocking(**session) as (pilot, stage):
        assert said in stage.text
        await press(pilot, *PIN, "enter")
        assert stage.link.pins == []
        await press(pilot, "escape")
        await until(pilot, lambda: stage.results == [False])


async def test_it_closes_when_the_session_opens_by_other_ways() -> None:
    async with unlocking() as (pilot, stage):
        stage.link.tell(session=OPEN)
        stage.told()
        await until(pilot, lambda: stage.results == [True])


async def test_a_lost_worker_takes_no_pin() -> None:
    async with unlocking() as (pilot, stage):
        stage.link.lose("The worker is not running: it has no socket.")
        stage.told()
        await press(pilot, *PIN, "enter")
        await until(pilot, lambda: "not running" in stage.text)
        assert stage.link.pins == []


# -- confirm


def sure(stage: Stage) -> ConfirmSheet:
    return ConfirmSheet(
        "End every grant?",
        effect="3 grants end, and their tokens.",
        command=["entraclaw-tui", "grants", "revoke", "--all"],
        monotonic=stage.monotonic,
    )


@pytest.mark.parametrize("key", ["enter", "escape", "n"])
async def test_what_comes_to_hand_first_cancels(key: str) -> None:
    async with opened(sure) as (pilot, stage):
        await arm(pilot, stage)
        assert "entraclaw-tui grants revoke --all" in stage.text
        await press(pilot, key)
        await until(pilot, lambda: stage.results == [False])


async def test_yes_works_once_the_sheet_has_been_there() -> None:
    async with opened(sure) as (pilot, stage):
        stage.now += 0.4
        await press(pilot, "y", "space", "tab")
        assert stage.results == []
        stage.now += 0.4
        await press(pilot, "y")
        await until(pilot, lambda: stage.results == [True])


async def test_a_question_in_markup_is_only_text() -> None:
    def make(stage: Stage) -> ConfirmSheet:
        return ConfirmSheet("[/x] [@click=screen.yes]\x1b[2J", command=["a\nb"] * 60)

    async with opened(make, size=(60, 16)) as (_, stage):
        assert "[/x] [@click=screen.yes]<U+001B>[2J" in stage.text
        assert "make the window larger" in stage.text
        assert "cancel" in stage.text


# -- reason


async def test_a_ready_reason() -> None:
    async with opened(lambda stage: ReasonSheet("mail-helper")) as (pilot, stage):
        await press(pilot, "down", "down", "up", "enter")
        await until(pilot, lambda: stage.results == [READY[1]])


async def test_own_words_typed_and_pasted() -> None:
    async with opened(lambda stage: ReasonSheet("mail-helper")) as (pilot, stage):
        await press(pilot, "D", "o", "x", "backspace")
        stage.screen.post_message(events.Paste(" not\n\x1b"))
        await until(pilot, lambda: "Do not<U+000A><U+001B>" in stage.text)
        await press(pilot, "enter")
        await until(pilot, lambda: stage.results == ["Do not<U+000A><U+001B>"])


async def test_own_words_start_anew_and_are_bounded() -> None:
    async with opened(lambda stage: ReasonSheet("mail-helper")) as (pilot, stage):
        stage.screen.post_message(events.Paste("x" * 999))
        await until(pilot, lambda: "xxx" in stage.text)
        await press(pilot, "ctrl+u", "n", "o", "enter")
        await until(pilot, lambda: stage.results == ["no"])


async def test_own_words_that_are_none_deny_nothing() -> None:
    async with opened(lambda stage: ReasonSheet("mail-helper")) as (pilot, stage):
        await press(pilot, *["down"] * 5, "space", "enter")
        await until(pilot, lambda: "Type your words first" in stage.text)
        assert stage.results == []
        await press(pilot, "n", "o", "enter")
        await until(pilot, lambda: stage.results == ["no"])


async def test_escape_gives_no_reason() -> None:
    async with opened(lambda stage: ReasonSheet("\x1b[31m[red]")) as (pilot, stage):
        assert "<U+001B>[31m[red]" in stage.text
        await press(pilot, "escape")
        await until(pilot, lambda: stage.results == [None])


# -- help


async def test_help_lists_the_place_in_focus_first_and_scrolls() -> None:
    async with opened(lambda s: HelpSheet("grants", "app"), size=(60, 16)) as (pilot, stage):
        assert stage.text.index("Grants") < stage.text.index("Everywhere")
        assert "Leave; the worker goes on." not in stage.text
        for _ in range(40):
            await press(pilot, "j")
        await until(pilot, lambda: "Leave; the worker goes on." in stage.text)
        await press(pilot, "q")
        await until(pilot, lambda: stage.results == [None])


async def test_help_goes_by_the_page_too() -> None:
    async with opened(lambda s: HelpSheet("grants", "app"), size=(60, 16)) as (pilot, stage):
        await press(pilot, *["pagedown"] * 6)
        await until(pilot, lambda: "Leave; the worker goes on." in stage.text)
        await press(pilot, *["pageup"] * 6)
        await until(pilot, lambda: "End every grant" in stage.text)


async def test_help_tells_a_key_once_as_the_place_in_focus_takes_it() -> None:
    async with opened(lambda s: HelpSheet("logs", "list", "app"), size=(80, 40)) as (_, stage):
        assert "Go to the first line." in stage.text
        assert "First row." not in stage.text
        assert "Next row." in stage.text


async def test_help_of_a_panel_that_only_looks_lists_nothing_that_changes() -> None:
    only_looks = Situation(readonly=True)
    async with opened(lambda s: HelpSheet("grants", "app", situation=only_looks)) as (_, stage):
        assert "revoke" not in stage.text.lower()
        assert "End every grant" not in stage.text
        assert "Everywhere" in stage.text


async def test_help_says_why_a_key_does_not_work_now() -> None:
    now = Situation(any_live=False)
    async with opened(lambda s: HelpSheet("grants", situation=now)) as (_, stage):
        assert "Not now: No grant lives." in stage.text


async def test_ctrl_c_leaves_the_program_from_a_sheet_too() -> None:
    async with opened(sure) as (pilot, stage):
        await press(pilot, "ctrl+c")
        await until(pilot, lambda: not stage.is_running or stage._exit)
        assert stage.results == []

"""The policy's sheet: nothing counts before it is saved, and saving takes what allowing does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from entraclaw_tui.dashboard.sheets.policy import PolicySheet
from entraclaw_tui.dashboard.sheets.policy_save import PolicySaveSheet
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.ipc.control_messages import PolicyResult
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Remember
from entraclaw_tui.model.policy import Policy
from tests.support.panel import grants
from tests.support.sheet_stage import LOCKED, NOW, OPEN, ScriptedLink, Stage, arm, press, until

PIN = "246810"


@asynccontextmanager
async def opened(
    link: ScriptedLink, *, readonly: bool = False, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], Stage]]:
    def make(stage: Stage) -> Sheet[Any]:
        return PolicySheet(link, stage.clock, readonly=readonly, monotonic=stage.monotonic)

    stage = Stage(link, make)
    async with stage.run_test(size=size) as pilot:
        await until(pilot, lambda: "longest wait" in stage.text)
        yield pilot, stage


async def save(pilot: Pilot[None], stage: Stage, pin: str = PIN) -> None:
    """Open the saving sheet, type the PIN and send it, each with the pauses of a person."""
    await press(pilot, "s")
    await until(pilot, lambda: isinstance(stage.screen, PolicySaveSheet))
    await until(pilot, lambda: "ends by it" in stage.text or "at once" in stage.text)
    await arm(pilot, stage)
    await press(pilot, *pin)
    await arm(pilot, stage)
    await press(pilot, "enter")
    stage.now += 1.0


async def test_a_long_policy_says_where_one_is_and_no_key_is_cut() -> None:
    link = ScriptedLink(session=LOCKED)
    many = Policy(refused_scopes=tuple(f"Mail.Read{n}" for n in range(14)))
    link.kept = PolicyResult(many, 1, "set", NOW)
    async with opened(link, size=(60, 16)) as (pilot, stage):
        assert "1 of 18" in stage.text
        await press(pilot, *["j"] * 20)
        assert "18 of 18" in stage.text
        assert "Mail.Read13" in stage.text
        for key in ("h l", "n", "x", "s", "u", "Esc"):
            assert f" {key}  " in stage.text
        assert "back" in stage.text


async def test_the_keys_stay_where_they_are_whatever_is_said() -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage):

        def place() -> int:
            return next(n for n, line in enumerate(stage.text.splitlines()) if "Esc  back" in line)

        first = place()
        for key in ("s", "j", "l", "j", "escape", "k"):
            await press(pilot, key)
            assert place() == first, key


async def test_x_takes_back_and_once_more_takes_that_back() -> None:
    link = ScriptedLink(session=OPEN)
    link.kept = PolicyResult(Policy(longest_remember=Remember.HOUR), 1, "set", NOW)
    async with opened(link) as (pilot, stage):
        assert "x  built in" in stage.text
        await press(pilot, "x")
        assert "1 change not saved" in stage.text
        assert "x  as stored" in stage.text
        await press(pilot, "x")
        assert "not saved" not in stage.text


async def test_help_of_a_panel_that_only_looks_lists_no_key_that_changes() -> None:
    async with opened(ScriptedLink(session=OPEN), readonly=True) as (pilot, stage):
        await press(pilot, "question_mark")
        await until(pilot, lambda: "Next rule." in stage.text)
        assert "save it with your PIN" not in stage.text


async def test_a_change_counts_once_it_is_saved_with_the_pin() -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage):
        await press(pilot, "h")
        assert "1 change not saved" in stage.text
        assert link.kept.revision == 0
        await save(pilot, stage)
        await until(pilot, lambda: "Saved." in stage.text)
        assert link.pins == [PIN]
        assert link.kept.policy.longest_remember is Remember.HOUR
        assert "not saved" not in stage.text


async def test_what_saving_ends_is_named_before() -> None:
    link = ScriptedLink(session=OPEN)
    (first, *_) = grants()
    link.tell(grant=first)
    link.would_end = (first.id,)
    async with opened(link) as (pilot, stage):
        await press(pilot, "h", "s")
        await until(pilot, lambda: "1 grant ends at once: " in stage.text)
        assert first.scopes[0] in stage.text


async def test_a_new_rule_is_typed_and_what_is_none_is_said() -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage):
        await press(pilot, "n", *"Mail Send", "enter")
        assert "no name of a permission" in stage.text
        await press(pilot, *["backspace"] * 5, *".Send", "enter")
        assert "permission Mail.Send" in stage.text
        assert "1 change not saved" in stage.text
        await press(pilot, "x")
        assert "Mail.Send" not in stage.text


async def test_leaving_with_a_draft_takes_a_second_press() -> None:
    async with opened(ScriptedLink(session=OPEN)) as (pilot, stage):
        await press(pilot, "h", "escape")
        assert "Nothing of this is saved" in stage.text
        await press(pilot, "j", "escape")
        assert isinstance(stage.screen, PolicySheet)
        await press(pilot, "escape")
        await until(pilot, lambda: stage.results == [None])


async def test_somebody_else_saving_meanwhile_loses_neither_draft() -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage):
        await press(pilot, "h")
        link.kept = PolicyResult(Policy(longest_wait=60), 1, "set", NOW)
        await save(pilot, stage)
        await until(pilot, lambda: "Somebody saved the policy meanwhile" in stage.text)
        assert "60 s" in stage.text
        assert "1 change not saved" in stage.text
        await save(pilot, stage)
        await until(pilot, lambda: "Saved." in stage.text)
        now = link.kept.policy
        assert (now.longest_wait, now.longest_remember) == (60, Remember.HOUR)


async def test_a_wrong_pin_saves_nothing_and_keeps_the_draft() -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage):
        await press(pilot, "h", "s")
        await until(pilot, lambda: "ends by it" in stage.text)
        link.fails = WireError(Code.WRONG_PIN, "Wrong.", "", 4.0)
        await arm(pilot, stage)
        await press(pilot, *"111111")
        await arm(pilot, stage)
        await press(pilot, "enter")
        stage.now += 1.0
        await until(pilot, lambda: "Wrong PIN. Next try in 4 s." in stage.text)
        assert link.kept.revision == 0
        await press(pilot, "escape")
        assert "1 change not saved" in stage.text


async def test_a_typing_hand_saves_nothing() -> None:
    """Digits and Enter that come with the sheet are for something else."""
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage):
        await press(pilot, "h", "s", *PIN, "enter")
        stage.now += 0.1
        await until(pilot, lambda: "ends by it" in stage.text)
        await press(pilot, *PIN, "enter")
        assert link.pins == []


@pytest.mark.parametrize("how", ["locked", "small", "readonly", "lost"])
async def test_where_nothing_can_be_saved_the_reason_is_said(how: str) -> None:
    link = ScriptedLink(session=LOCKED if how == "locked" else OPEN)
    if how == "lost":
        link.kept = PolicyResult(Policy(), 3, "lost")
    size = (80, 15) if how == "small" else (80, 24)
    async with opened(link, readonly=how == "readonly", size=size) as (pilot, stage):
        if how == "lost":
            assert "sudo entraclaw-tui pin reset" in stage.text
        await press(pilot, "h")
        if how == "readonly":
            assert "only looks" in stage.text
            return
        await press(pilot, "s")
        said = {
            "locked": "Unlock first",
            "small": "off below 60x16",
            "lost": "Somebody else changed",
        }[how]
        await until(pilot, lambda: said in stage.text)
        await arm(pilot, stage)
        await press(pilot, *PIN, "enter")
        stage.now += 1.0
        await arm(pilot, stage)
        assert link.pins == []

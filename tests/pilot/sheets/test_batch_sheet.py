"""The sheet of several requests: read all, then one PIN; high ones and changed ones stay out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from textual import events
from textual.pilot import Pilot

from entraclaw_tui.dashboard.sheets.batch import BatchSheet
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.ipc.messages import Session
from entraclaw_tui.model.consent import Request, State, Tier
from tests.support.sheet_stage import (
    LOCKED,
    OPEN,
    PIN,
    TMUX,
    ScriptedLink,
    Stage,
    arm,
    asked,
    press,
    requester,
    until,
)

LOW, MEDIUM = asked("r1"), asked("r2", Tier.MEDIUM)
HIGH = asked("r3", Tier.HIGH)


@asynccontextmanager
async def opened(
    *requests: Request,
    session: Session = OPEN,
    size: tuple[int, int] = (100, 50),
    readonly: bool = False,
) -> AsyncIterator[tuple[Pilot[None], Stage]]:
    link = ScriptedLink(*requests, session=session)

    def sheet(stage: Stage) -> BatchSheet:
        return BatchSheet(link, requests, stage.clock, readonly=readonly, monotonic=stage.monotonic)

    stage = Stage(link, sheet)  # type: ignore[arg-type]
    async with stage.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.pause()
        yield pilot, stage


async def submit(pilot: Pilot[None], stage: Stage, pin: str = PIN) -> None:
    await arm(pilot, stage)
    await press(pilot, *pin, "enter")
    stage.now += 1
    await pilot.pause(0.25)


async def test_one_pin_allows_the_low_and_medium_ones() -> None:
    async with opened(HIGH, MEDIUM, LOW) as (pilot, stage):
        assert "2 requests, once each: type your PIN" in stage.text
        assert "1 is high and waits: allowed alone" in stage.text
        await submit(pilot, stage)
        await until(pilot, lambda: "2 allowed." in stage.text)
        assert [(d.request, d.decision, d.proof) for d in stage.link.decisions] == [
            (LOW, "allow", PIN),
            (MEDIUM, "allow", PIN),
        ]
        assert PIN not in stage.text


@pytest.mark.parametrize("session", [OPEN, TMUX], ids=["open", "tmux"])
async def test_no_key_alone_allows(session: Session) -> None:
    async with opened(LOW, MEDIUM, session=session) as (pilot, stage):
        await arm(pilot, stage)
        for key in ("A", "a", "y", "space", "enter"):
            await press(pilot, key)
            stage.now += 1
            await pilot.pause(0.15)
        assert stage.link.decisions == []


async def test_a_short_pin_and_pasted_text_allow_nothing() -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        await submit(pilot, stage, PIN[:5])
        assert "Enter allows nothing without your PIN." in stage.text
        stage.screen.post_message(events.Paste(PIN))
        await pilot.pause()
        await press(pilot, "enter")
        stage.now += 1
        await pilot.pause(0.25)
        assert stage.link.decisions == []


async def test_digits_do_not_count_before_the_sheet_was_there() -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        stage.now += 0.3
        await press(pilot, *PIN, "enter")
        stage.now += 1
        await pilot.pause(0.25)
        assert stage.link.decisions == []
        assert "\u25cf" not in stage.text


async def test_every_request_must_have_been_visible() -> None:
    many = [asked(f"r{n}") for n in range(5)]
    async with opened(*many, size=(80, 24)) as (pilot, stage):
        assert "not seen" in stage.text
        await submit(pilot, stage)
        assert stage.link.decisions == []
        await press(pilot, *["pagedown"] * 6)
        assert "not seen" not in stage.text
        await submit(pilot, stage)
        assert len(stage.link.allowed) == 5


async def test_a_request_that_changes_is_read_again() -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, *PIN)
        changed = msgspec.structs.replace(
            MEDIUM, revision=2, digest="other", reason="and more", scopes=HIGH.scopes
        )
        stage.link.tell(request=changed)
        await until(pilot, lambda: "Read them again" in stage.text)
        assert "\u25cf" not in stage.text
        await press(pilot, "enter")
        stage.now += 1
        await pilot.pause(0.25)
        assert stage.link.decisions == []
        await submit(pilot, stage)
        assert [d.request for d in stage.link.allowed] == [LOW, changed]


async def test_what_ended_meanwhile_is_left_out() -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        stage.link.tell(request=msgspec.structs.replace(LOW, state=State.CANCELLED))
        await until(pilot, lambda: "over: decided elsewhere" in stage.text)
        await submit(pilot, stage)
        assert [d.request for d in stage.link.allowed] == [MEDIUM]


async def test_an_allowed_one_that_gets_no_token_says_so_with_the_next_step() -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        await submit(pilot, stage)
        await until(pilot, lambda: "2 allowed." in stage.text)
        assert "d  deny" not in stage.text
        failed = msgspec.structs.replace(
            LOW, state=State.FAILED, decision="allow", outcome_code="consent_needed"
        )
        stage.link.tell(request=failed)
        stage.told()
        await until(pilot, lambda: "allowed, but no token came:" in stage.text)
        assert "an admin" in stage.text


async def test_what_the_worker_refuses_is_told_by_row() -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        stage.link.stale = {"r1"}
        await submit(pilot, stage)
        await until(pilot, lambda: "1 allowed, 1 not" in stage.text)
        assert "The request is not the one you saw." in stage.text


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (WireError(Code.WRONG_PIN, "That is not the PIN.", "", 5.0), "Next try in 5 s."),
        (ConnectionLost("The worker closed the connection."), "Whether it counted"),
        (RuntimeError(PIN), "could not be sent (RuntimeError)"),
    ],
)
async def test_what_did_not_arrive_is_said(failure: Exception, told: str) -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        stage.link.fails = failure
        await submit(pilot, stage)
        await until(pilot, lambda: told in stage.text)
        assert PIN not in stage.text


async def test_a_locked_session_asks_for_the_unlock() -> None:
    async with opened(LOW, MEDIUM, session=LOCKED) as (pilot, stage):
        assert "Unlock first" in stage.text
        await submit(pilot, stage)
        assert stage.link.decisions == []
        await press(pilot, "u")
        await until(pilot, lambda: isinstance(stage.screen, UnlockSheet))


async def test_the_keys_are_told_and_the_sheet_arms_anew_after_that() -> None:
    async with opened(LOW, MEDIUM) as (pilot, stage):
        await press(pilot, "question_mark")
        await until(pilot, lambda: isinstance(stage.screen, HelpSheet))
        assert "Allow the low and medium ones" in stage.text
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(stage.screen, BatchSheet))
        await press(pilot, *PIN)
        assert "Too soon" in stage.text


async def test_only_high_ones_cannot_be_allowed_together() -> None:
    async with opened(HIGH, asked("r4", Tier.HIGH)) as (pilot, stage):
        assert "High ones are decided alone" in stage.text
        await submit(pilot, stage)
        assert stage.link.decisions == []


async def test_deny_asks_first_then_denies_high_ones_too() -> None:
    async with opened(LOW, HIGH, session=LOCKED) as (pilot, stage):
        await press(pilot, "d")
        await until(pilot, lambda: isinstance(stage.screen, ConfirmSheet))
        assert "User.Read for mcp-notes, Mail.Send +1 for mcp-notes." in stage.text
        await arm(pilot, stage)
        await press(pilot, "y")
        await until(pilot, lambda: len(stage.link.denied) == 2)
        await until(pilot, lambda: "2 denied." in stage.text)


async def test_the_question_names_what_is_denied_and_counts_what_is_equal() -> None:
    crowd = [asked(f"r{n}") for n in range(7)]
    others = [asked(f"o{n}", requester=requester(f"/bin/tool-{n}")) for n in range(4)]
    async with opened(*crowd, *others) as (pilot, stage):
        await press(pilot, "d")
        await until(pilot, lambda: isinstance(stage.screen, ConfirmSheet))
        assert "Deny 11 requests?" in stage.text
        text = " ".join(stage.text.replace("\u2502", " ").split())
        wanted = "7 x User.Read for mcp-notes, User.Read for tool-0, User.Read for tool-1, 2 more."
        assert wanted in text


async def test_a_panel_that_only_looks_decides_nothing() -> None:
    async with opened(LOW, MEDIUM, readonly=True) as (pilot, stage):
        await press(pilot, "d")
        await submit(pilot, stage)
        assert "--readonly" in stage.text
        assert stage.link.decisions == []

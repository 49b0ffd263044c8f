"""The sign-in: what a person in a hurry sees and presses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.sheets.sign_in import SignInSheet
from entraclaw_tui.dashboard.symbols import PLAIN, Symbols
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.ipc.sign_in import SignIn
from tests.support.sheet_stage import (
    CODE,
    LOCKED,
    OPEN,
    SOMEBODY,
    ScriptedLink,
    Stage,
    arm,
    press,
    until,
)

SIGNS = Symbols()


@asynccontextmanager
async def opened(
    link: ScriptedLink,
    *,
    readonly: bool = False,
    symbols: Symbols = SIGNS,
    size: tuple[int, int] = (80, 30),
) -> AsyncIterator[tuple[Pilot[None], Stage, list[tuple[str, str]]]]:
    copied: list[tuple[str, str]] = []

    def make(stage: Stage) -> Sheet[Any]:
        return SignInSheet(
            link,
            lambda text, what: copied.append((text, what)),
            stage.clock,
            readonly=readonly,
            symbols=symbols,
        )

    stage = Stage(link, make)
    async with stage.run_test(size=size) as pilot:
        await until(pilot, lambda: "demo@contoso.example" in stage.text)
        yield pilot, stage, copied


async def test_code_and_address_stand_large_and_can_be_copied() -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage, copied):
        assert "is not signed in" in stage.text
        await press(pilot, "s")
        await until(pilot, lambda: "C N T 7 - Q X 4 D" in stage.text)
        assert "https://microsoft.com/devicelogin" in stage.text
        assert "14:32" in stage.text
        await press(pilot, "c", "c")
        assert copied == [
            ("CNT7-QX4D", "the code"),
            ("https://microsoft.com/devicelogin", "the address"),
        ]


async def test_the_end_of_the_sign_in_shows_by_itself() -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage, _):
        await press(pilot, "s")
        await until(pilot, lambda: "C N T 7" in stage.text)
        link.signing_in = SignIn("done", "demo@contoso.example", True)
        await until(pilot, lambda: "The sign-in is stored." in stage.text)
        assert "is signed in" in stage.text
        assert "C N T 7" not in stage.text


async def test_a_locked_panel_asks_for_the_pin_first() -> None:
    link = ScriptedLink(session=LOCKED)
    async with opened(link) as (pilot, stage, _):
        assert "unlock to sign in" in stage.text
        await press(pilot, "s")
        assert "Unlock first: press u." in stage.text
        assert link.sign_in_steps == ["status"]
        await press(pilot, "u")
        await until(pilot, lambda: "PIN" in stage.text)


async def test_the_tenants_refusal_is_explained() -> None:
    link = ScriptedLink(session=OPEN)
    link.signing_in = SignIn(
        "failed",
        "demo@contoso.example",
        False,
        code="blocked",
        message="A policy of the directory blocks this.",
        hint="Only the directory's administrator can change that.",
    )
    async with opened(link) as (_, stage, _):
        assert "A policy of the directory blocks this." in stage.text
        assert "administrator" in stage.text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WireError(Code.EXCHANGE_FAILED, "Entra cannot be reached.", "Try again."), "Try again."),
        (ConnectionLost("The worker has stopped."), "The worker has stopped."),
    ],
)
async def test_what_goes_wrong_is_said_and_can_be_tried_again(
    error: WireError | ConnectionLost, said: str
) -> None:
    link = ScriptedLink(session=OPEN)
    async with opened(link) as (pilot, stage, _):
        link.fails = error
        await press(pilot, "s")
        await until(pilot, lambda: said in stage.text)
        await press(pilot, "s")
        await until(pilot, lambda: "C N T 7" in stage.text)
        assert said not in stage.text


async def test_signing_out_asks_first() -> None:
    link = ScriptedLink(session=OPEN)
    link.signing_in = SOMEBODY
    async with opened(link) as (pilot, stage, _):
        await press(pilot, "O")
        await until(pilot, lambda: "Sign demo@contoso.example out?" in stage.text)
        await press(pilot, "enter")
        await until(pilot, lambda: "Sure?" not in stage.text)
        assert "sign_out" not in link.sign_in_steps
        await press(pilot, "O")
        await until(pilot, lambda: "Sure?" in stage.text)
        await until_armed(pilot, stage)
        await press(pilot, "y")
        await until(pilot, lambda: "is not signed in" in stage.text)
        assert link.sign_in_steps.count("sign_out") == 1


async def until_armed(pilot: Pilot[None], stage: Stage) -> None:
    from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet

    await arm(pilot, stage)
    await until(pilot, lambda: isinstance(stage.screen, ConfirmSheet) and stage.screen.armed)


async def test_a_waiting_sign_in_can_be_left_and_cancelled() -> None:
    link = ScriptedLink(session=OPEN)
    link.signing_in = CODE
    async with opened(link) as (pilot, stage, _):
        await until(pilot, lambda: "C N T 7" in stage.text)
        await press(pilot, "x")
        await until(pilot, lambda: "C N T 7" not in stage.text)
        assert "cancel" in link.sign_in_steps
        await press(pilot, "escape")
        await until(pilot, lambda: stage.results)


async def test_somebody_elses_panel_shows_no_code() -> None:
    link = ScriptedLink(session=OPEN)
    link.signing_in = msgspec.structs.replace(CODE, user_code="", verification_uri="")
    async with opened(link) as (_, stage, _):
        assert "its code is shown in the panel that began it" in stage.text


async def test_readonly_only_looks() -> None:
    link = ScriptedLink(session=OPEN)
    link.signing_in = SOMEBODY
    async with opened(link, readonly=True) as (pilot, stage, _):
        await press(pilot, "s", "O")
        assert "Sure?" not in stage.text
        assert set(link.sign_in_steps) == {"status"}


@pytest.mark.parametrize(
    ("symbols", "size", "drawn"),
    [
        (SIGNS, (80, 30), True),
        (SIGNS, (80, 24), True),
        (SIGNS, (60, 15), False),
        (PLAIN, (80, 30), False),
    ],
)
async def test_the_picture_code_is_there_where_it_fits(
    symbols: Symbols, size: tuple[int, int], drawn: bool
) -> None:
    link = ScriptedLink(session=OPEN)
    link.signing_in = CODE
    async with opened(link, symbols=symbols, size=size) as (pilot, stage, _):
        await until(pilot, lambda: "C N T 7" in stage.text)
        assert ("\u2588" in stage.text) == drawn
        assert "Esc" in stage.text

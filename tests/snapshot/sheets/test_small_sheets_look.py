"""The small sheets: unlock, confirm, reason, help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.reason import ReasonSheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.ipc.errors import Code, WireError
from tests.support.sheet_stage import LOCKED, PIN, ScriptedLink, Stage, press, until

Picture = Callable[..., bool]
SIZES = ["120x40", "80x24"]


def unlock(link: ScriptedLink) -> Callable[[Stage], UnlockSheet]:
    return lambda stage: UnlockSheet(link, stage.clock)


@pytest.mark.parametrize("size", [*SIZES, "60x16"])
def test_unlock(picture: Picture, size: str) -> None:
    link = ScriptedLink(session=LOCKED)
    assert picture(link, unlock(link), size, "4", "8", "2")


def test_unlock_after_a_wrong_pin(picture: Picture) -> None:
    link = ScriptedLink(session=LOCKED)

    async def wrong(pilot: Pilot[Any], stage: Stage) -> None:
        link.fails = WireError(Code.WRONG_PIN, "no", retry_after=8)
        await press(pilot, *PIN, "enter")
        await until(pilot, lambda: "Next try in 8 s" in stage.text)

    assert picture(link, unlock(link), "80x24", then=wrong)


def test_unlock_without_a_pin(picture: Picture) -> None:
    link = ScriptedLink(session=msgspec.structs.replace(LOCKED, pin_state="missing"))
    assert picture(link, unlock(link), "80x24")


@pytest.mark.parametrize("size", SIZES)
def test_confirm(picture: Picture, size: str) -> None:
    def make(stage: Stage) -> ConfirmSheet:
        return ConfirmSheet(
            "Restart the agent's job?",
            effect="It ends, and launchd starts it again. Requests that wait go on waiting.",
            command=["/bin/launchctl", "kickstart", "-k", "gui/501/com.entraclaw.agent"],
            yes="restart",
            monotonic=stage.monotonic,
        )

    assert picture(ScriptedLink(), make, size)


@pytest.mark.parametrize("size", SIZES)
def test_reason(picture: Picture, size: str) -> None:
    assert picture(ScriptedLink(), lambda s: ReasonSheet("mail-helper"), size, "down")


def test_reason_in_own_words(picture: Picture) -> None:
    keys = [key if key != " " else "space" for key in "not on a Friday"]

    async def write(pilot: Pilot[Any], stage: Stage) -> None:
        for key in keys:
            await pilot.press(key)

    assert picture(ScriptedLink(), lambda s: ReasonSheet("mail-helper"), "80x24", then=write)


@pytest.mark.parametrize("size", [*SIZES, "60x16"])
def test_help(picture: Picture, size: str) -> None:
    assert picture(ScriptedLink(), lambda s: HelpSheet("requests", "list", "app"), size)


def test_help_says_what_does_not_work_now(picture: Picture) -> None:
    gone = Situation(connected=False, absence="The worker is not running: it has no socket.")
    make = lambda s: HelpSheet("requests", "app", situation=gone)  # noqa: E731
    assert picture(ScriptedLink(), make, "120x40")

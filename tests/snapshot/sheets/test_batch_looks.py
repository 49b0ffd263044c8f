"""The sheet of several requests, in the states that a person can meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import pytest
from textual.pilot import Pilot

from entraclaw_tui.dashboard.sheets.batch import BatchSheet
from entraclaw_tui.model.consent import Request, State, Tier
from entraclaw_tui.model.privacy import Signature
from tests.support.sheet_stage import (
    LOCKED,
    PIN,
    TMUX,
    ScriptedLink,
    Stage,
    asked,
    press,
    requester,
    until,
)

Picture = Callable[..., bool]

LOW = asked("r1")
MEDIUM = asked(
    "r2",
    Tier.MEDIUM,
    claimed_name="m\u0430il-helper",
    reason="Sum up what came in since yesterday",
    new_client=True,
    requester=requester(
        "/opt/homebrew/bin/mail-helper", signature=Signature("/x", "unsigned"), is_interpreter=True
    ),
)
HIGH = asked("r3", Tier.HIGH, claimed_name="mail-helper")
ALL = (HIGH, MEDIUM, LOW)


def sheet(link: ScriptedLink, requests: Sequence[Request]) -> Callable[[Stage], BatchSheet]:
    return lambda stage: BatchSheet(link, requests, stage.clock, monotonic=stage.monotonic)


@pytest.mark.parametrize("size", ["120x40", "80x24", "60x16"])
def test_not_all_was_seen(picture: Picture, size: str) -> None:
    link = ScriptedLink(*ALL)
    assert picture(link, sheet(link, ALL), size)


@pytest.mark.parametrize("size", ["120x40", "80x24", "60x16"])
def test_read_to_the_end_and_a_pin_typed(picture: Picture, size: str) -> None:
    link = ScriptedLink(*ALL)
    assert picture(link, sheet(link, ALL), size, *["j"] * 30, *PIN[:4])


def test_locked(picture: Picture) -> None:
    link = ScriptedLink(*ALL, session=LOCKED)
    assert picture(link, sheet(link, ALL), "80x24")


def test_one_allowed_and_one_refused(picture: Picture) -> None:
    link = ScriptedLink(*ALL, session=TMUX)
    link.stale = {"r2"}

    async def decide(pilot: Pilot[None], stage: Stage) -> None:
        await press(pilot, *PIN, "enter")
        stage.now += 1
        await until(pilot, lambda: "1 allowed, 1 not" in stage.text)
        after = msgspec.structs.replace(LOW, decision="allow", state=State.EXCHANGING)
        stage.link.tell(request=after)

    assert picture(link, sheet(link, ALL), "120x40", "j", then=decide)

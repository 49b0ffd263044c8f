"""The request's sheet, in every state that a person can meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Session
from entraclaw_tui.model.consent import Parent, Request, Scope, State, Tier
from entraclaw_tui.model.privacy import Signature
from tests.support.sheet_stage import (
    LOCKED,
    MAIL_READ,
    MAIL_SEND,
    OFFLINE,
    OPEN,
    PIN,
    TMUX,
    ScriptedLink,
    Stage,
    asked,
    press,
    requester,
    token,
    until,
)

Picture = Callable[..., bool]
SIZES = ["120x40", "80x24", "60x16"]

HIGH = asked(
    "r1",
    Tier.HIGH,
    claimed_name="mail-helper",
    reason="Send the weekly report to the team list",
    requester=requester("/opt/homebrew/bin/mail-helper"),
)
MEDIUM = asked(
    "r2",
    Tier.MEDIUM,
    claimed_name="Outlook Helper",
    reason="Sum up what came in since yesterday, and say what wants an answer today",
    scopes=(MAIL_READ,),
    new_client=True,
    requester=requester(
        "/opt/homebrew/Cellar/python@3.14/3.14.6/bin/python3.14",
        is_interpreter=True,
        verified_by="start time",
        terminal="",
        signature=Signature("/x", "adhoc", "org.python.python"),
    ),
)
ODD = asked(
    "r3",
    Tier.HIGH,
    claimed_name="m\u0430il-helper\u202e",
    claimed_version="\x1b[2J1.0",
    reason=(
        "Please allow this quickly, it is only a routine check that your administrator has asked "
        "for and that every colleague has agreed to already.\nNothing happens. [red]Safe[/red] "
        "\x1b]0;hi\x07 The permissions below are the usual ones; there is no need to read them."
    ),
    merged=2,
    new_client=True,
    scopes=(
        MAIL_SEND,
        OFFLINE,
        Scope(
            "Directory.ReadWrite.All",
            Tier.HIGH,
            "read and change the whole directory",
            admin_only=True,
        ),
        Scope("Contoso.Things.Manage", Tier.HIGH, "something this panel does not know", False),
    ),
    requester=requester(
        "/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/build-9f8e7d6c/node",
        signature=Signature("/x", "unsigned"),
        parents=(
            Parent(4711, "node"),
            Parent(4600, "zsh"),
            Parent(812, "Code Helper"),
            Parent(1, "launchd"),
        ),
    ),
)


def sheet(link: ScriptedLink, request: Request, **more: Any) -> Callable[[Stage], RequestSheet]:
    return lambda stage: RequestSheet(
        link, request.id, stage.clock, monotonic=stage.monotonic, **more
    )


def waiting(request: Request, session: Session = OPEN) -> ScriptedLink:
    return ScriptedLink(request, asked("r8"), asked("r9"), session=session)


@pytest.mark.parametrize("size", SIZES)
def test_low_armed(picture: Picture, size: str) -> None:
    link = waiting(asked())
    assert picture(link, sheet(link, asked()), size)


@pytest.mark.parametrize("size", SIZES)
def test_medium_half_typed(picture: Picture, size: str) -> None:
    link = waiting(MEDIUM)
    keys = ["pagedown", "pageup", "4"] if size == "60x16" else ["t", "4"]
    assert picture(link, sheet(link, MEDIUM), size, *keys)


@pytest.mark.parametrize("size", SIZES)
def test_high_pin_typed(picture: Picture, size: str) -> None:
    link = waiting(HIGH)
    keys = ["j"] * 10 if size == "60x16" else []
    assert picture(link, sheet(link, HIGH), size, *keys, *PIN)


@pytest.mark.parametrize("size", SIZES)
def test_hostile(picture: Picture, size: str) -> None:
    link = waiting(ODD)
    assert picture(link, sheet(link, ODD), size)


@pytest.mark.parametrize("size", SIZES)
def test_locked(picture: Picture, size: str) -> None:
    link = waiting(HIGH, LOCKED)
    assert picture(link, sheet(link, HIGH), size)


@pytest.mark.parametrize("size", ["120x40", "80x24"])
def test_in_tmux(picture: Picture, size: str) -> None:
    link = waiting(asked(), TMUX)
    assert picture(link, sheet(link, asked()), size)


def test_arming(picture: Picture) -> None:
    link = waiting(asked())

    async def early(pilot: Pilot[Any], stage: Stage) -> None:
        await press(pilot, "z", "A")

    assert picture(link, sheet(link, asked()), "80x24", then=early)


@pytest.mark.parametrize("size", ["59x24", "60x15"])
def test_window_too_small(picture: Picture, size: str) -> None:
    link = waiting(asked())
    assert picture(link, sheet(link, asked()), size)


def test_may_only_deny(picture: Picture) -> None:
    refused = msgspec.structs.replace(
        LOCKED, may_allow=False, refusal="This panel was started by the program that asks."
    )
    link = waiting(asked(), refused)
    assert picture(link, sheet(link, asked()), "80x24")


def test_readonly(picture: Picture) -> None:
    link = waiting(asked())
    assert picture(link, sheet(link, asked(), readonly=True), "80x24")


def test_wrong_pin(picture: Picture) -> None:
    link = waiting(HIGH)

    async def refuse(pilot: Pilot[Any], stage: Stage) -> None:
        link.fails = WireError(Code.WRONG_PIN, "no", retry_after=4)
        await press(pilot, *PIN, "enter")
        stage.now += 1
        await until(pilot, lambda: "Wrong PIN." in stage.text)

    assert picture(link, sheet(link, HIGH), "80x24", then=refuse)


def test_worker_lost(picture: Picture) -> None:
    link = waiting(HIGH)

    async def lose(pilot: Pilot[Any], stage: Stage) -> None:
        link.lose("The worker closed the connection.")
        stage.told()

    assert picture(link, sheet(link, HIGH), "80x24", then=lose)


ENDS = {
    "denied": asked(state=State.DENIED, decision="deny", decided_by="panel 99 on ttys004"),
    "expired": asked(state=State.EXPIRED),
    "cancelled": asked(state=State.CANCELLED),
    "ready": asked(state=State.READY, decision="allow"),
    "failed": asked(
        state=State.FAILED,
        decision="allow",
        outcome_code="consent_needed",
        outcome_text="AADSTS65001: the user or administrator has not consented to this use.",
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_ended_elsewhere(picture: Picture, end: str) -> None:
    link = waiting(asked())

    async def over(pilot: Pilot[Any], stage: Stage) -> None:
        link.tell(request=ENDS[end])
        stage.told()

    assert picture(link, sheet(link, asked()), "80x24", then=over)


@pytest.mark.parametrize("size", SIZES)
def test_token_delivered(picture: Picture, size: str) -> None:
    link = waiting(asked())

    async def allow(pilot: Pilot[Any], stage: Stage) -> None:
        for _ in range(8):
            await press(pilot, "j")
        stage.now += 1
        await press(pilot, "A")
        await until(pilot, lambda: "Allowed." in stage.text)
        link.tell(token=token())
        link.tell(request=asked(state=State.DELIVERED, decision="allow", revision=5))
        stage.told()

    assert picture(link, sheet(link, asked()), size, then=allow)


def test_light(picture: Picture) -> None:
    link = waiting(HIGH)

    async def light(pilot: Pilot[Any], stage: Stage) -> None:
        stage.theme = "light"

    assert picture(link, sheet(link, HIGH), "80x24", then=light)


def test_palette_of_the_terminal(picture: Picture) -> None:
    link = waiting(HIGH)

    async def ansi(pilot: Pilot[Any], stage: Stage) -> None:
        stage.theme = "ansi-dark"

    assert picture(link, sheet(link, HIGH), "80x24", then=ansi)

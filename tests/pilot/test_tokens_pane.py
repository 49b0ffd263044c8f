"""The tokens: renew, forget, sign in, how long exchanges took, and what Entra asked for."""

from __future__ import annotations

import msgspec
import pytest

from entraclaw_tui.dashboard.sheets.sign_in import SignInSheet
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Pause
from tests.pilot.conftest import Raise
from tests.support.panel import LOCKED, NOW, Stage, snapshot, token, worker

OPEN = msgspec.structs.replace(LOCKED, unlocked=True, idle_ends_at=NOW + 600)
TAKEN = (12, 40, 212, 84)
TOKENS = tuple(
    msgspec.structs.replace(token(f"t{n}", "User.Read"), exchange_ms=ms, issued_at=NOW - 400 + n)
    for n, ms in enumerate(TAKEN)
)


@pytest.mark.parametrize(
    ("key", "asked", "said"),
    [("n", "renew", "Renewed: User.Read."), ("x", "forget", "Forgotten: User.Read.")],
)
async def test_a_grants_token_is_renewed_or_forgotten(
    play: Raise, key: str, asked: str, said: str
) -> None:
    it = await play(Stage(first=snapshot(session=OPEN, tokens=TOKENS)))
    await it.press("7")
    await it.pass_time(1)
    await it.press(key)
    assert (asked, "g2") in it.stage.link.asked
    assert said in it.note


async def test_renewing_takes_an_open_session(play: Raise) -> None:
    it = await play(Stage(first=snapshot(tokens=TOKENS)))
    await it.press("7")
    await it.pass_time(1)
    await it.press("n")
    assert not [a for a in it.stage.link.asked if a[0] == "renew"]
    assert "nlock" in it.note


async def test_a_refusal_of_entra_is_said(play: Raise) -> None:
    it = await play(Stage(first=snapshot(session=OPEN, tokens=TOKENS)))
    it.stage.link.error = WireError(Code.EXCHANGE_FAILED, "Entra asks for a pause.", "It goes on.")
    await it.press("7")
    await it.pass_time(1)
    await it.press("n")
    assert "Entra asks for a pause." in it.note


async def test_a_token_that_was_allowed_once_has_nothing_to_renew(play: Raise) -> None:
    once = msgspec.structs.replace(TOKENS[0], grant_id="")
    it = await play(Stage(first=snapshot(session=OPEN, tokens=(once,))))
    await it.press("7")
    await it.pass_time(1)
    await it.press("n")
    assert "allowed once" in it.note


async def test_exchanges_and_pauses_show(play: Raise) -> None:
    paused = worker(pauses=(Pause("demo@contoso.example", NOW + 43),))
    it = await play(Stage(first=snapshot(worker=paused, tokens=TOKENS)))
    await it.press("7", "enter")
    await it.press("escape")
    frame = str(it.home.panes["tokens"]._frame)
    assert "12-212 ms" in frame
    assert "Entra wants a pause for demo@contoso.example" in frame
    await it.pass_time(60)
    it.home.panes["tokens"].reload()
    assert "pause" not in str(it.home.panes["tokens"]._frame)


async def test_the_way_to_the_sign_in(play: Raise) -> None:
    it = await play()
    await it.press("7", "i")
    assert isinstance(it.panel.screen, SignInSheet)

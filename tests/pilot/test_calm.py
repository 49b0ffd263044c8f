"""Idle means idle, and hostile text is text."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest
from textual.pilot import Pilot

from entraclaw_tui.model.consent import Scope, Tier
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant
from entraclaw_tui.model.source import Loaded
from tests.pilot.conftest import Play, Raise
from tests.support.panel import (
    NOW,
    Stage,
    always,
    follow,
    grant,
    item,
    job,
    request,
    settle,
    snapshot,
    sources,
    token,
    worker,
)

HOSTILE = [
    "\x1b[2J\x1b]52;c;aGk=\x07",
    "\x9b31m\x00\x7f",
    "[@click=app.quit]press me[/]",
    "[/nope] [b] a[0] [/]",
    "approve \u202etxt.exe",
    "zero\u200bwidth\ufeff",
    "two\nlines\u2028three",
    "\ud800 lone",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 family",
]


def _painted(it: Play) -> list[tuple[int, ...]]:
    return [tuple(id(line) for line in pane._painted.values()) for pane in it.home.panes.values()]


async def test_without_news_nothing_is_painted(play: Raise) -> None:
    it = await play()
    await it.pass_time(0)
    before = _painted(it)
    for _ in range(5):
        it.panel.feeds.refresh()
        await it.pass_time(0.01)
    assert _painted(it) == before


async def test_ages_change_in_coarse_steps_only(play: Raise) -> None:
    it = await play()
    before = _painted(it)
    await it.pass_time(1)
    assert _painted(it) == before
    await it.pass_time(60)
    assert _painted(it) != before


@pytest.mark.parametrize("evil", HOSTILE)
async def test_hostile_text_stays_text(play: Raise, evil: str) -> None:
    scope = Scope(evil, Tier.HIGH, evil)
    asked = request("r1", program=f"/tmp/{evil}", name=evil, reason=evil, outcome=evil)
    asked = msgspec.structs.replace(asked, scopes=(scope,), agent=evil)
    whole = snapshot(
        worker=worker(note=evil),
        requests=(asked,),
        grants=(grant("g1", evil, program=evil),),
        tokens=(token("t1", evil, client=evil),),
    )
    row = PrivacyGrant(evil, evil, evil, True, evil, evil, NOW, "user", evil, evil)
    mac = sources(
        job=always(Loaded(job(label=evil, state=evil, domain=evil, program=evil), NOW)),
        keychain=always(Loaded(Keychain(evil, (item(evil, 1, evil),), 1), NOW)),
        privacy=always(Loaded(Privacy((row,), evil, evil), NOW)),
        logs=(follow([LogLine(NOW, evil, "warning", evil)]),),
    )
    it = await play(Stage(first=whole, mac=mac, banner=evil))
    for number in "12345678":
        await it.press(number, "enter")
        _assert_clean(it.pilot)
        await it.press("escape")
        _assert_clean(it.pilot)
    await it.press("1", "slash")
    it.home.requests.filter(evil)
    await settle(it.pilot, it.stage)
    _assert_clean(it.pilot)
    assert it.panel.is_running


def _assert_clean(pilot: Pilot[None]) -> None:
    for screen in pilot.app.screen_stack:
        for strip in screen._compositor.render_strips():
            text = "".join(segment.text for segment in strip)
            odd = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
            assert not odd, f"{odd!r} in {text!r}"


async def test_signs_that_a_narrow_window_is_not_enough(play: Raise) -> None:
    it = await play(size=(59, 40))
    assert it.shows("small", "requests") == [True, False]
    await it.pilot.resize_terminal(60, 15)
    await settle(it.pilot, it.stage)
    assert it.shows("small", "requests") == [False, True]

"""Keys that come faster than the screen changes mean what they would mean slowly."""

from __future__ import annotations

from textual import events
from textual.keys import _character_to_key

from entraclaw_tui.model.log import LogLine
from tests.pilot.conftest import Play, Raise
from tests.support.panel import NOW, settle

_NAMED = {"\r": "enter", "\x1b": "escape"}


async def _burst(it: Play, keys: str) -> None:
    """Send keys at once, as a terminal does that was busy: none waits for the one before."""
    for character in keys:
        name = _NAMED.get(character) or _character_to_key(character)
        it.panel.post_message(events.Key(name, None if character in _NAMED else character))
    await settle(it.pilot, it.stage)
    await settle(it.pilot, it.stage)


async def test_a_filter_typed_at_once_denies_nothing(play: Raise) -> None:
    it = await play()
    await _burst(it, "/dDmax")
    assert it.stage.link.asked == []
    assert it.at_home
    assert it.home.panes["requests"].sought == "dDmax"
    await _burst(it, "\x1b")
    assert it.home.panes["requests"].sought == ""


async def test_what_follows_enter_at_once_is_for_the_pane(play: Raise) -> None:
    it = await play()
    lines = [LogLine(NOW + n, "worker", "info", f"line number {n}.") for n in range(50)]
    it.panel.feeds.logs.put(lines)
    await settle(it.pilot, it.stage)
    await it.press("8")
    await _burst(it, "/number 3\rNN")
    (cursor,) = (text for text in it.text("logs").splitlines() if text.startswith("\u25b8"))
    assert cursor.endswith("line number 37.")
    await _burst(it, "&!number\rf")
    assert it.home.panes["logs"].sought == "!number"
    await _burst(it, "\x1b\x1bt5m\r")
    assert it.home.panes["logs"].sought == ""


async def test_keys_after_a_filter_was_left_work_again(play: Raise) -> None:
    it = await play()
    await _burst(it, "/mail\rd")
    assert it.home.panes["requests"].sought == "mail"
    # The row is new under the cursor, so that the key is heard and not obeyed.
    assert "Press it again" in it.note
    assert it.stage.link.asked == []


async def test_a_key_right_behind_a_pane_s_number_is_for_that_pane(play: Raise) -> None:
    it = await play()
    await _burst(it, "8d")
    assert it.stage.link.asked == []
    await _burst(it, "1")
    await _burst(it, "8z")
    assert it.home.zoomed

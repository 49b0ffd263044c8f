"""Logs that are followed while they are rotated, cut short, flooded; and finding a line in them."""

from __future__ import annotations

import stat

from tests.support.story_mac import Mac
from tests.support.story_panel import Panel


def test_a_rotation_while_somebody_follows_loses_no_line(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints("before the rotation")
    panel.sees("before the rotation")
    log = mac.places.agent_out
    mac.prints("last line of the old file")
    log.rename(log.with_suffix(".1"))
    mac.prints("first line of the new file")
    panel.sees("last line of the old file", "first line of the new file", "following")
    log.with_suffix(".1").unlink()


def test_a_log_that_is_cut_short_is_followed_from_its_new_start(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints(*(f"line {number} of a long log" for number in range(40)))
    panel.sees("line 39 of a long log")
    mac.places.agent_out.write_text("")
    mac.prints("short again")
    panel.sees("short again", "following")


def test_a_paused_log_holds_still_and_counts_what_is_new(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints("read this in peace")
    panel.sees("read this in peace")
    panel.press("f")
    panel.sees("paused")
    mac.prints(*(f"hurry {number}" for number in range(30)))
    panel.sees(r"paused, 3\d new", "read this in peace")
    panel.press("f")
    panel.sees("following", "hurry 29")


def test_a_search_goes_from_hit_to_hit(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints("a needle in the morning", "hay", "another needle at noon")
    panel.sees("at noon")
    panel.press("/")
    panel.types("needle")
    panel.sees("Hit 2 of 2", r"\u25b8.*at noon")
    panel.press("N")
    panel.sees(r"\u25b8.*in the morning")
    panel.press("n")
    panel.sees(r"\u25b8.*at noon")


def test_a_filter_says_that_it_filters_and_turns_around(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints("apples for breakfast", "pears for lunch")
    panel.sees("pears for lunch")
    panel.press("&")
    panel.types("apples")
    panel.sees('only "apples"', "apples for breakfast")
    panel.sees_no("pears for lunch")
    panel.press("escape")
    panel.sees_no("only .apples")
    panel.press("&")
    panel.types("!apples")
    panel.sees('without "apples"', "pears for lunch")
    panel.sees_no("apples for breakfast")
    panel.press("escape")
    panel.sees("apples for breakfast")


def test_one_log_alone(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints("the agent's own words")
    panel.sees("the agent's own words")
    panel.press("g")
    panel.sees("WILL_SP")
    panel.press("s")
    panel.sees("Which logs are shown")
    panel.press("j", "j", "j", "o")
    panel.goes_back("Which logs are shown")
    panel.sees_no("WILL_SP")
    panel.press("G")
    panel.sees("the agent's own words")


def test_what_is_shown_is_saved_for_its_owner_alone(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints("worth keeping")
    panel.sees("worth keeping")
    panel.press("S")
    name = panel.sees(r"logs-[\d-]+\.txt")[0]
    (kept,) = mac.root.rglob(name)
    assert "worth keeping" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_escape_codes_in_a_log_do_nothing(mac: Mac, panel: Panel) -> None:
    panel.press("8")
    mac.prints("[b]not bold[/b] \x1b]0;owned\x07\x1b[2J")
    panel.sees(r"\[b\]not bold\[/b\] <U\+001B>\]0;owned")
    assert b"\x1b]0;owned" not in panel.raw
    assert "8 Logs" in panel.text

"""What a person writes into config.toml for the panel: taken, or told as a finding."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.stories.conftest import Open
from tests.support.story_mac import Mac


@pytest.fixture(autouse=True)
def as_before(mac: Mac) -> Iterator[None]:
    """Put the settings back."""
    config = mac.places.config
    before = config.read_text()
    yield
    config.write_text(before)


def writes(mac: Mac, lines: str) -> None:
    """Add lines to the settings."""
    with mac.places.config.open("a") as file:
        file.write(f"\n{lines}\n")


def test_a_moved_key_works_and_the_footer_names_it(mac: Mac, opened: Open) -> None:
    writes(mac, '[keys]\n"requests.deny" = "z"')
    panel = opened(mac)
    name = mac.newcomer("by-another-key")
    program, _ = mac.asks(name, "User.Read")
    panel.finds("User.Read", name)
    panel.sees("z +deny")
    panel.reads()
    panel.press("z")
    program.hears("denied")


def test_keys_that_clash_are_told_and_stay(mac: Mac, opened: Open) -> None:
    writes(mac, '[keys]\n"requests.deny" = "a"\n"logs.follow" = "q"')
    panel = opened(mac)
    panel.press("2")
    panel.sees("Some keys of the panel are not where the settings put them")
    panel.press("enter")
    panel.sees(r"requests\.deny", r"a is requests\.allow already", "q is quit already")
    panel.goes_back("\u2500 Finding")
    panel.press("q")
    assert panel.wait_end() == 0


def test_looks_that_mean_nothing_are_told(mac: Mac, opened: Open) -> None:
    writes(mac, '[looks]\ntheme = "purple"\nsparkles = true')
    panel = opened(mac)
    panel.press("2")
    panel.sees("Some settings of the panel's looks mean nothing")
    panel.press("enter")
    panel.sees(r"\[looks\] sparkles means", r"\[looks\] theme is one", "dark, light, contrast")


def test_a_corrected_file_leaves_no_finding(mac: Mac, opened: Open) -> None:
    before = mac.places.config.read_text()
    writes(mac, '[looks]\ntheme = "purple"')
    panel = opened(mac)
    panel.press("2")
    panel.sees("looks mean nothing")
    mac.places.config.write_text(before)
    panel.press("r")
    panel.sees("Nothing is wrong that can be seen from here")


def test_a_console_without_our_signs_gets_plain_ones(mac: Mac, opened: Open) -> None:
    panel = opened(mac, environment={"TERM": "linux"})
    panel.sees("1 Requests", r"worker \d+")
    assert "\u25cf" not in panel.text
    panel.leaves()

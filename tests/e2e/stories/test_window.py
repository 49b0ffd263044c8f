"""The window, its colors, the mouse, and the way out and back."""

from __future__ import annotations

import re
import signal

import psutil

from tests.e2e.stories.conftest import Open
from tests.support.story_mac import Mac
from tests.support.story_panel import Panel

COLORED = re.compile(rb"\x1b\[[0-9;]*(?:38|48);[0-9;]*m")


def test_a_storm_of_sizes_ends_in_a_whole_picture(mac: Mac, panel: Panel) -> None:
    mac.asks("mcp-notes", "User.Read")
    panel.finds("User.Read", "mcp-notes")
    for number in range(40):
        panel.resize(30 + number * 4, 8 + number)
        panel.pump(0.01)
    panel.resize(80, 24)
    panel.screen.reset()
    panel.resize(79, 24)
    panel.sees("1 Requests", "8 Logs", r"User\.Read +mcp-notes", r"Enter +open")
    assert all(len(line) <= 79 for line in panel.text.splitlines())
    panel.sees(r"\u25b8 .*User\.Read +mcp-notes")
    panel.leaves()


def test_too_small_says_how_large_and_keeps_the_cursor(mac: Mac, panel: Panel) -> None:
    mac.asks("mcp-notes", "User.Read")
    mac.asks("mail-helper", "User.Read")
    panel.finds("User.Read", "mcp-notes")
    panel.resize(30, 6)
    panel.sees("too small", r"\d+ x \d+")
    panel.resize(80, 24)
    panel.sees(r"\u25b8 .*mcp-notes")
    panel.finds("User.Read", "mail-helper")


def test_a_click_selects_and_a_click_on_a_tab_goes_there(mac: Mac, panel: Panel) -> None:
    mac.asks("mcp-notes", "User.Read")
    mac.asks("mail-helper", "Mail.Read")
    panel.finds("Mail.Read", "mail-helper")
    panel.clicks(r"User\.Read +mcp-notes")
    panel.sees(r"\u25b8.*mcp-notes")
    panel.clicks("5 Keys")
    panel.sees("\u2500 5 Keychain")


def test_without_the_mouse_the_terminal_keeps_its_own(mac: Mac, panel: Panel, opened: Open) -> None:
    panel.sees("5 Keys")
    assert b"\x1b[?1000h" in panel.raw
    other = opened(mac, "--no-mouse")
    other.press("5")
    other.sees("\u2500 5 Keychain")
    assert b"\x1b[?1000h" not in other.raw
    other.clicks("4 Job")  # nobody asked for it: something else than a mouse sent this
    other.press("?")
    other.sees("Whether the keychain is open")  # the help of the pane in focus
    other.goes_back("Whether the keychain is open")
    other.leaves()


def test_no_color_is_no_color(mac: Mac, opened: Open) -> None:
    colored = opened(mac)
    colored.sees("worker")
    assert COLORED.search(colored.raw)
    plain = opened(mac, environment={"NO_COLOR": "1"})
    plain.press("5")
    plain.sees("research-bot:v1", "login open")
    tones = {match[0] for match in COLORED.finditer(plain.raw)}
    grey = re.compile(rb"(?:38|48);2;(\d+);\1;\1")
    assert all(re.search(grey, tone) for tone in tones), tones


def test_a_letter_jumps_to_a_row(mac: Mac, panel: Panel) -> None:
    mac.asks("mcp-notes", "User.Read")
    mac.asks("mail-helper", "Mail.Read")
    panel.finds("Mail.Read", "mail-helper")
    panel.press("J")
    panel.sees("A letter goes to its row")
    letter = panel.sees(r"\u2502 ?([a-z]) .*User\.Read +mcp-notes")[1]
    panel.press(letter)
    panel.sees(r"\u25b8.*mcp-notes")


def test_the_help_is_about_the_pane_in_focus(panel: Panel) -> None:
    panel.press("8", "?")
    panel.sees("Follow new lines, or hold still to read")
    panel.goes_back("Follow new lines")
    panel.press("3", "?")
    panel.sees("End the selected grant and its tokens")
    assert "Follow new lines" not in panel.text


def test_the_palette_finds_a_command_by_its_name(panel: Panel) -> None:
    panel.press("8", ":")
    panel.sees("Search for commands", "Follow new lines")
    panel.press(*"sources")
    panel.sees_no("Follow new lines")  # before anything is typed all are listed
    panel.sees("Switch logs on and off")
    panel.press("enter")
    panel.sees("Which logs are shown")


def test_away_and_back_with_a_sheet_open(mac: Mac, panel: Panel) -> None:
    mac.asks("mcp-notes", "User.Read")
    panel.opens("User.Read", "mcp-notes")
    process = psutil.Process(panel.pid)
    panel.goes_back()
    panel.press("ctrl+z")
    panel.until(lambda: process.status() == psutil.STATUS_STOPPED, "the stop")
    assert panel.modes == panel.before
    panel.screen.reset()
    panel.signal(signal.SIGCONT)
    panel.sees("PRETEND MAC", r"User\.Read +mcp-notes")
    panel.opens("User.Read", "mcp-notes")


def test_killed_while_the_pin_is_typed_it_gives_the_terminal_back(mac: Mac, panel: Panel) -> None:
    panel.press("u")
    panel.sees("PIN opens this panel")
    panel.press(*"2468")
    panel.signal(signal.SIGTERM)
    assert panel.wait_end() == 128 + signal.SIGTERM
    assert panel.modes == panel.before
    assert b"2468" not in panel.raw.replace(b"the PIN is 246810", b"")

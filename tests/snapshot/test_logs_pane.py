"""The logs at every size: following, paused, searched, filtered, unfolded, empty and failed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from entraclaw_tui.dashboard.logs.log_sources import LogSource
from entraclaw_tui.model.log import NOTICE, LogLine
from tests.snapshot.conftest import Look
from tests.support.panel import NOW, Stage, follow, log_lines, sources

SIZES = ["80x24", "120x40", "60x15"]
_RAW = (
    '{"at":1800000000.0,"level":"warning","origin":"worker","message":"The exchange was slow.",'
    '"client":"mcp-notes","ms":"2140","resource":"https://graph.microsoft.com",'
    '"scopes":"Mail.Read Calendars.Read User.Read offline_access"}'
)


def _lines() -> list[LogLine]:
    """A day of lines: yesterday's end, every level, a long one, one that wants to deceive."""
    lines = [
        LogLine(NOW - 90_000 + n, "launchd", "info", f"com.entraclaw.agent: event {n}")
        for n in range(30)
    ]
    lines += [LogLine(NOW - 3600 + n, "worker", "debug", f"heartbeat {n}") for n in range(30)]
    lines += log_lines()
    lines += [
        LogLine(NOW - 5, "worker", "warning", "The exchange was slow. client=mcp-notes", _RAW),
        LogLine(NOW - 4, "agent err", "info", f"Traceback: {'a long line of words ' * 12}"),
        LogLine(NOW - 3, "client", "info", "mail-helper: \x1b[2J\u202eallowed\u202c [bold]Mail[/]"),
        LogLine(NOW - 2, "worker", NOTICE, "/Users/demo/logs/worker.log was cut."),
        LogLine(NOW - 1, "worker", "info", "A client asks for Mail.Read."),
    ]
    return lines


def _stage() -> Stage:
    return Stage(mac=sources(logs=(follow(_lines()),)))


@pytest.mark.parametrize("size", SIZES)
def test_following(look: Look, size: str) -> None:
    assert look(_stage(), size, "8", "z")


@pytest.mark.parametrize("size", SIZES)
def test_paused_with_news(look: Look, size: str) -> None:
    stage = _stage()
    more = [LogLine(NOW + n, "worker", "info", f"new line {n}") for n in range(1234)]
    news = partial(stage.feeds.logs.put, more)
    assert look(stage, size, "8", "z", "k", "k", "k", then=news)


@pytest.mark.parametrize("size", SIZES)
def test_filtered(look: Look, size: str) -> None:
    assert look(_stage(), size, "8", "z", "ampersand", *"mail", "enter")


@pytest.mark.parametrize("size", SIZES)
def test_searched(look: Look, size: str) -> None:
    assert look(_stage(), size, "8", "z", "slash", *"mail", "enter", "N")


@pytest.mark.parametrize("size", SIZES)
def test_empty(look: Look, size: str) -> None:
    assert look(Stage(mac=sources(logs=())), size, "8", "z")


@pytest.mark.parametrize("size", SIZES)
def test_failed(look: Look, size: str) -> None:
    async def refuse() -> AsyncIterator[list[LogLine]]:
        for number in (13,):
            raise PermissionError(number, "Permission denied")
        yield []

    stage = Stage(mac=sources(logs=(LogSource("launchd", "/private/var/log/launchd.log", refuse),)))
    assert look(stage, size, "8", "z")


def test_unfolded(look: Look) -> None:
    assert look(_stage(), "80x24", "8", *"kkkk", "enter")


def test_wrapped(look: Look) -> None:
    assert look(_stage(), "80x24", "8", "w", "k")


def test_only_without(look: Look) -> None:
    assert look(_stage(), "80x24", "8", "e", "ampersand", *"!slow", "enter")


def test_no_line_passes(look: Look) -> None:
    assert look(_stage(), "80x24", "8", "ampersand", *"zebra", "enter")


def test_the_first_lines_are_of_yesterday(look: Look) -> None:
    assert look(_stage(), "80x24", "8", "g")


def test_search_is_typed(look: Look) -> None:
    assert look(_stage(), "80x24", "8", "slash", *"mail")


@pytest.mark.parametrize("size", ["80x24", "60x15"])
def test_the_sources(look: Look, size: str) -> None:
    stage = _stage()
    stage.feeds.logs.troubles["worker"] = "/Users/demo/logs/worker.log cannot be read: no."
    assert look(stage, size, "8", "s", "2")


@pytest.mark.parametrize("theme", ["ansi", "light"])
def test_in_other_looks(look: Look, theme: str) -> None:
    stage = Stage(mac=sources(logs=(follow(_lines()),)), theme=theme)
    assert look(stage, "80x24", "8", "slash", *"mail", "enter", "N")

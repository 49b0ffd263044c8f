"""Each pane by itself: loaded, filtered, with the details of a row, and with old data."""

from __future__ import annotations

import pytest

from entraclaw_tui.model.source import Failed
from tests.snapshot.conftest import Look
from tests.support.panel import NOW, Stage, once_then, sources

PANES = ["requests", "findings", "grants", "job", "keychain", "privacy", "tokens", "logs"]


@pytest.mark.parametrize("pane", PANES)
def test_alone(look: Look, pane: str) -> None:
    assert look(Stage(), "80x24", str(PANES.index(pane) + 1))


@pytest.mark.parametrize(
    "pane", ["findings", "grants", "job", "keychain", "privacy", "tokens", "logs"]
)
def test_opened(look: Look, pane: str) -> None:
    assert look(Stage(), "120x40", str(PANES.index(pane) + 1), "enter")


@pytest.mark.parametrize("pane", PANES)
def test_filtered(look: Look, pane: str) -> None:
    keys = ["slash", *"read", "enter"]
    assert look(Stage(), "80x24", str(PANES.index(pane) + 1), *keys)


def test_filter_is_typed(look: Look) -> None:
    assert look(Stage(), "80x24", "slash", *"mail")


def test_filter_matches_nothing(look: Look) -> None:
    assert look(Stage(), "120x40", "slash", *"zebra", "enter")


@pytest.mark.parametrize("size", ["120x40", "80x24"])
def test_worker_went(look: Look, size: str) -> None:
    stage = Stage()
    stage.later(lambda: stage.link.lose("The worker closed the connection."), at=NOW + 190)
    assert look(stage, size)


@pytest.mark.parametrize("pane", ["job", "keychain", "privacy"])
def test_old_data(look: Look, pane: str) -> None:
    base = sources()
    reader = {"job": base.job, "keychain": base.keychain, "privacy": base.privacy}[pane]
    failing = once_then(reader, Failed("The tool did not answer within 5 s", ""))
    stage = Stage(mac=sources(**{pane: failing}))
    stage.later(stage.panel.feeds.refresh, at=NOW + 400)
    assert look(stage, "80x24", str(PANES.index(pane) + 1))

"""Twelve telling pictures in every look: no meaning may hang on a color or on much room."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entraclaw_tui.model.source import Loaded
from tests.snapshot.conftest import Look
from tests.support.panel import CRASHING, NOW, Stage, always, clients, job, snapshot, sources

Made = Callable[[str], Stage]


def usual(theme: str) -> Stage:
    return Stage(theme=theme)


def down(theme: str) -> Stage:
    mac = sources(job=always(Loaded(job(**CRASHING), NOW)))
    return Stage(reason="Nothing listens on the worker's socket.", mac=mac, theme=theme)


def later(theme: str) -> Stage:
    """The rows have been there for a moment: they can be marked."""
    stage = Stage(theme=theme)
    stage.later(lambda: stage.link.tell(snapshot(seq=11)), at=NOW + 1)
    return stage


def known(theme: str) -> Stage:
    """Some programs have asked before."""
    return Stage(first=snapshot(clients=clients()), theme=theme)


SCENES: dict[str, tuple[Made, list[str]]] = {
    "overview": (usual, []),
    "down": (down, []),
    "request": (usual, ["enter"]),
    "marked": (later, ["space", "j", "v"]),
    "history": (usual, ["h"]),
    "finding": (usual, ["2", "enter"]),
    "grant": (usual, ["3", "enter"]),
    "clients": (known, ["B"]),
    "policy": (usual, ["P", "j", "l"]),
    "job": (usual, ["4", "enter"]),
    "item": (usual, ["5", "enter"]),
    "logs": (usual, ["8", "slash", *"read", "enter"]),
}
scenes = pytest.mark.parametrize("scene", SCENES)


@scenes
@pytest.mark.parametrize("theme", ["light", "contrast", "ansi"])
def test_theme(look: Look, scene: str, theme: str) -> None:
    made, keys = SCENES[scene]
    assert look(made(theme), "80x24", *keys)


@scenes
def test_no_color(look: Look, scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    made, keys = SCENES[scene]
    assert look(made(""), "80x24", *keys)


@scenes
@pytest.mark.parametrize("size", ["120x40", "60x16"])
def test_size(look: Look, scene: str, size: str) -> None:
    made, keys = SCENES[scene]
    assert look(made(""), size, *keys)

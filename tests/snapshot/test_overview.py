"""The whole panel at the sizes that people have."""

from __future__ import annotations

import pytest

from entraclaw_tui.dashboard.symbols import PLAIN
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.snapshot.conftest import Look
from tests.support.panel import (
    CRASHING,
    NOW,
    Stage,
    always,
    follow,
    job,
    log_lines,
    snapshot,
    sources,
    worker,
)

SIZES = ["120x40", "100x30", "80x24", "60x15"]


@pytest.mark.parametrize("size", SIZES)
def test_loaded(look: Look, size: str) -> None:
    assert look(Stage(), size)


@pytest.mark.parametrize("size", SIZES)
def test_nobody_asks(look: Look, size: str) -> None:
    quiet = snapshot(requests=(), grants=(), tokens=())
    assert look(Stage(first=quiet), size)


@pytest.mark.parametrize("size", ["120x40", "80x24", "60x15"])
def test_worker_down(look: Look, size: str) -> None:
    mac = sources(job=always(Loaded(job(**CRASHING), NOW)))
    assert look(Stage(reason="Nothing listens on the worker's socket.", mac=mac), size)


@pytest.mark.parametrize("size", ["120x40", "80x24"])
def test_everything_fails(look: Look, size: str) -> None:
    hint = "`entraclaw-tui doctor` looks deeper."
    broken = always(Failed("launchctl did not answer within 5 s", hint))
    mac = sources(
        job=broken,
        keychain=always(
            Failed("The login keychain is locked.", "`security unlock-keychain` unlocks it here.")
        ),
        privacy=always(
            Failed(
                "This terminal may not read the privacy databases.",
                "Full Disk Access for the terminal, or a worker that has it, opens them.",
            )
        ),
        machine=broken,
        logs=(),
    )
    assert look(Stage(reason="The worker's socket is not there.", mac=mac), size)


def test_nothing_is_installed(look: Look) -> None:
    mac = sources(
        job=always(
            Empty(
                "launchd knows no job com.entraclaw.agent. `entraclaw-tui agent install` makes it."
            )
        ),
        keychain=always(Empty("The login keychain has no item of the agent.")),
        privacy=always(Empty("Neither database has a row for the agent.")),
        logs=(),
    )
    stage = Stage(reason="The worker's socket is not there.", mac=mac, pretend=False)
    assert look(stage, "120x40")


def test_real_mac_light(look: Look) -> None:
    assert look(Stage(pretend=False, theme="light"), "120x40")


def test_palette_of_the_terminal(look: Look) -> None:
    assert look(Stage(theme="ansi-dark"), "120x40")


def test_plain_signs(look: Look) -> None:
    assert look(Stage(symbols=PLAIN), "80x24")


def test_readonly(look: Look) -> None:
    assert look(Stage(readonly=True), "80x24")


def test_worker_has_trouble(look: Look) -> None:
    ill = worker(
        paused=True,
        storage="degraded",
        keychain="locked",
        note="The disk is full: what is decided now is not kept over a restart.",
    )
    assert look(Stage(first=snapshot(worker=ill)), "120x40")


def test_too_small(look: Look) -> None:
    assert look(Stage(), "59x14")


def test_long_lines_wrap(look: Look) -> None:
    lines = [*log_lines(), *log_lines()[:1]]
    long = lines[-1].__class__(NOW, "worker", "warning", "a long message that goes on " * 6)
    mac = sources(logs=(follow([*log_lines(), long]),))
    assert look(Stage(mac=mac), "80x24", "8", "w")

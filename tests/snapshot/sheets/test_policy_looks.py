"""The sheets of the policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entraclaw_tui.dashboard.sheets.policy import PolicySheet
from entraclaw_tui.ipc.control_messages import PolicyResult
from entraclaw_tui.model.consent import Remember, Tier
from entraclaw_tui.model.policy import Policy
from tests.support.sheet_stage import LOCKED, NOW, OPEN, ScriptedLink, Stage

Picture = Callable[..., bool]
STRICT = Policy(
    raised={"Files.Read": Tier.HIGH},
    refused_scopes=("Mail.Send",),
    refused_resources=("https://vault.azure.net",),
    once_clients=("/opt/homebrew/Caskroom/a-long-folder/1.2.3/mail-helper",),
    longest_remember=Remember.HOUR,
    longest_wait=60,
)


def sheet(link: ScriptedLink) -> Callable[[Stage], PolicySheet]:
    return lambda stage: PolicySheet(link, stage.clock, monotonic=stage.monotonic)


@pytest.mark.parametrize("size", ["80x24", "60x16"])
def test_rules(picture: Picture, size: str) -> None:
    link = ScriptedLink(session=OPEN)
    link.kept = PolicyResult(STRICT, 2, "set", NOW)
    assert picture(link, sheet(link), size, "x", "j", "j", "j", "j", "j", "j", "x", "j")


@pytest.mark.parametrize("size", ["80x24", "60x16"])
def test_as_built_in_and_locked(picture: Picture, size: str) -> None:
    link = ScriptedLink(session=LOCKED)
    assert picture(link, sheet(link), size)


def test_lost(picture: Picture) -> None:
    link = ScriptedLink(session=OPEN)
    link.kept = PolicyResult(STRICT, 4, "lost", NOW)
    assert picture(link, sheet(link), "80x24")


def test_new_rule(picture: Picture) -> None:
    link = ScriptedLink(session=OPEN)
    assert picture(link, sheet(link), "80x24", "n", "down", *"Mail Send", "enter")


@pytest.mark.parametrize("size", ["80x24", "60x16"])
def test_saving(picture: Picture, size: str) -> None:
    link = ScriptedLink(session=OPEN)
    link.would_end = ("g1", "g2")
    assert picture(link, sheet(link), size, "h", "j", "l", "j", "l", "s", *"2468")

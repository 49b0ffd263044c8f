"""The sign-in's sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entraclaw_tui.dashboard.sheets.sign_in import SignInSheet
from entraclaw_tui.ipc.sign_in import SignIn
from tests.support.sheet_stage import CODE, LOCKED, NOBODY, OPEN, SOMEBODY, ScriptedLink, Stage

Picture = Callable[..., bool]
REFUSED = SignIn(
    "failed",
    "demo@contoso.example",
    False,
    code="blocked",
    message="A policy of the directory blocks this.",
    hint="Only the directory's administrator can change that.",
)


def sheet(link: ScriptedLink) -> Callable[[Stage], SignInSheet]:
    return lambda stage: SignInSheet(link, lambda text, what: None, stage.clock)


@pytest.mark.parametrize("size", ["120x40", "80x24", "60x16"])
def test_code(picture: Picture, size: str) -> None:
    link = ScriptedLink(session=OPEN)
    link.signing_in = CODE
    assert picture(link, sheet(link), size)


@pytest.mark.parametrize(
    ("name", "state"),
    [("nobody", NOBODY), ("somebody", SOMEBODY), ("refused", REFUSED)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_states(picture: Picture, name: str, state: SignIn) -> None:
    link = ScriptedLink(session=LOCKED if name == "nobody" else OPEN)
    link.signing_in = state
    assert picture(link, sheet(link), "80x24")

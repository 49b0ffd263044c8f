"""The sheet of the clients."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entraclaw_tui.dashboard.sheets.clients import ClientsSheet
from tests.pilot.sheets.test_clients_sheet import CLIENTS, knowing
from tests.support.sheet_stage import LOCKED, OPEN, ScriptedLink, Stage

Picture = Callable[..., bool]


def sheet(link: ScriptedLink) -> Callable[[Stage], ClientsSheet]:
    return lambda stage: ClientsSheet(link, stage.clock)


@pytest.mark.parametrize("size", ["80x24", "60x16"])
def test_clients(picture: Picture, size: str) -> None:
    link = knowing(*CLIENTS, session=LOCKED)
    assert picture(link, sheet(link), size)


def test_nobody(picture: Picture) -> None:
    link = knowing(session=OPEN)
    assert picture(link, sheet(link), "80x24")

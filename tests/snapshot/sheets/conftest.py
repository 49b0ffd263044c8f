"""A picture of one sheet in one state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from textual.pilot import Pilot

from entraclaw_tui.dashboard.sheets.sheet import Sheet
from tests.support.sheet_stage import ScriptedLink, Stage, arm, press

Step: TypeAlias = Callable[[Pilot[Any], Stage], Awaitable[None]]
Picture: TypeAlias = Callable[..., bool]


@pytest.fixture
def picture(snap_compare: Callable[..., bool]) -> Picture:
    """Compare a sheet with its picture: after keys, each pressed while armed, and a last step."""

    def compare(
        link: ScriptedLink,
        make: Callable[[Stage], Sheet[Any]],
        size: str,
        *keys: str,
        then: Step | None = None,
    ) -> bool:
        stage = Stage(link, make)
        columns, rows = map(int, size.split("x"))

        async def before(pilot: Pilot[Any]) -> None:
            for key in keys:
                await arm(pilot, stage)
                await press(pilot, key)
            await arm(pilot, stage)
            if then is not None:
                await then(pilot, stage)
            await pilot.pause()
            if isinstance(stage.screen, Sheet):
                stage.screen.repaint()
            await pilot.pause()

        return snap_compare(stage, terminal_size=(columns, rows), run_before=before)

    return compare

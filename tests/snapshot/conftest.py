"""A picture of the panel at a size, once everything that was told is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.panel import Stage, settle

Look = Callable[..., bool]


@pytest.fixture
def look(snap_compare: Callable[..., bool]) -> Look:
    """Compare the panel of a stage with its picture, after some keys and what happens `then`."""

    def compare(
        stage: Stage, size: str, *keys: str, then: Callable[[], None] = lambda: None
    ) -> bool:
        columns, rows = map(int, size.split("x"))

        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot, stage)
            for key in keys:
                await pilot.press(key)
            then()
            await settle(pilot, stage)

        return snap_compare(stage.panel, terminal_size=(columns, rows), run_before=before)

    return compare

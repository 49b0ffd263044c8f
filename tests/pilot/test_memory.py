"""A panel that stays open for weeks does not grow by what was looked at."""

from __future__ import annotations

from textual._styles_cache import StylesCache

from tests.pilot.conftest import Raise
from tests.support.panel import Stage


async def test_pictures_of_sheets_that_were_closed_are_let_go(play: Raise) -> None:
    """Their memory is the one cache that holds them on; each would cost some 200 kB."""
    panel = await play(Stage(), size=(120, 40))
    for _ in range(3):
        await panel.pilot.press("3", "enter", "enter", "escape", "escape")
    assert StylesCache.get_inner_outer.cache_info().currsize > 0
    panel.panel.tick()
    assert StylesCache.get_inner_outer.cache_info().currsize == 0

"""What a person sees first is right at once: no second picture puts it in order."""

from __future__ import annotations

import pytest
from textual.screen import Screen

from entraclaw_tui.dashboard import key
from entraclaw_tui.dashboard.app import Panel
from entraclaw_tui.model.source import Loaded
from tests.pilot.conftest import Raise
from tests.support.panel import NOW, Stage, job


async def test_the_first_picture_tells_the_job_in_the_width_there_is(
    play: Raise, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures: list[str] = []
    display = Panel._display

    def seen(self: Panel, screen: Screen[object], what: object) -> None:
        rows = screen._compositor.render_strips()
        pictures.append("\n".join("".join(s.text for s in row) for row in rows))
        display(self, screen, what)  # type: ignore[arg-type]

    monkeypatch.setattr(Panel, "_display", seen)
    stage = Stage()
    stage.feeds.store.put(key.JOB, Loaded(job(), NOW))
    await play(stage)
    assert "running  pid" in pictures[0]
    assert str(job().pid) in pictures[0]

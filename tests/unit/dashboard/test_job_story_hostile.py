"""Whatever a Mac's tools say, the job's story shows it as text."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from entraclaw_tui.dashboard import job_readers
from entraclaw_tui.dashboard.job_story.chapter import Chapter, Look
from entraclaw_tui.dashboard.job_story.table import CHAPTERS
from entraclaw_tui.dashboard.key import JOB
from entraclaw_tui.macos.hidden import Hidden
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Empty, Failed, Loaded
from entraclaw_tui.text import clean
from tests.support.job_story import Story
from tests.support.panel import NOW, Stage, job

ODD = "\x1b[2J[@click=app.quit]x[/]\u202etxt\n\x07"


def spoiled(value: Any) -> Any:
    """The same value with hostile text in every string of it."""
    if isinstance(value, str):
        return value + ODD
    if isinstance(value, msgspec.Struct):
        return type(value)(*(spoiled(one) for one in msgspec.structs.astuple(value)))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: spoiled(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, tuple):
        parts = [spoiled(one) for one in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, dict):
        return {spoiled(key): spoiled(one) for key, one in value.items()}
    return value


def look(*, all_failed: bool) -> Look:
    stage = Stage()
    store = stage.panel.feeds.store
    for name, key in job_readers.KEYS.items():
        found = Story(entitlements={"a": True, "b": "c", "d": ["e"]}).answers[name]
        if all_failed:
            store.put(key, Failed(ODD, ODD))
        else:
            empty = isinstance(found, Empty)
            store.put(key, Empty(ODD) if empty else Loaded(spoiled(found), NOW))
    told: Job = msgspec.structs.replace(
        spoiled(job(pid=None, pended="x", semaphores=(("a", "b"),), spawn_filter="y")), pid=None
    )
    store.put(JOB, Failed(ODD, ODD) if all_failed else Loaded(told, NOW))
    return Look(stage.panel.desk, 60, NOW, ("x", Hidden(ODD)))


@pytest.mark.parametrize("all_failed", [False, True])
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda one: one.id)
def test_a_chapter_shows_text_alone(chapter: Chapter, all_failed: bool) -> None:
    seen = look(all_failed=all_failed)
    lines = [chapter.gist(seen), *(row.line for row in chapter.page(seen))]
    for line in lines:
        for piece in line:
            assert clean(piece.text, 10_000) == piece.text

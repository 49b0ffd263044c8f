"""`jobs --story`: the panel's chapters of one job, as lines or as one JSON document.

Values of the environment stay hidden in both. Login Items are not asked: macOS may want a password.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli.output import outcome, print_json
from entraclaw_tui.model.source import Empty, Failed, Loaded
from entraclaw_tui.text import Shown

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.job_story.chapter import Look, Row
    from entraclaw_tui.dashboard.lines import Line
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.model.job import Job

_NARROWEST, _WIDEST = 60, 120
_ASKED = (
    "started",
    "definition",
    "process",
    "domain",
    "program",
    "signature",
    "entitlements",
    "assessment",
    "ticket",
    "environment",
    "told",
    "said",
)
"""The readers whose answers are told, by the names that the JSON has too."""
_NOT_HERE = ("findings", "login-items", "printed")


async def tell(host: Host, label: str, *, as_json: bool) -> int:
    """Print the whole story of a job; return the exit code."""
    from entraclaw_tui.dashboard import job_readers
    from entraclaw_tui.dashboard.poll import answer
    from entraclaw_tui.macos.jobs import read_job

    readers = job_readers.of_mac(host, time.time, label)
    job, found = await asyncio.gather(
        read_job(host, label),
        asyncio.gather(
            *(answer(job_readers.KEYS[name], getattr(readers, name)) for name in _ASKED)
        ),
    )
    answers = dict(zip(_ASKED, found, strict=True))
    if as_json:
        sources = {name: _plain(one) for name, one in answers.items() if name != "domain"}
        print_json({"label": label, "job": job, "words": _words(job), **sources})
    else:
        for line in _lines(host, job, answers):
            click.echo(line)
    return outcome(job)


def _words(job: Loaded[Job] | Empty | Failed) -> dict[str, str]:
    """Return what launchd's words mean."""
    from entraclaw_tui.macos import launchctl_words as words

    if not isinstance(job, Loaded):
        return {}
    return {
        "state": words.state_words(job.value),
        "started": words.why_started(job.value.immediate_reason),
        "ended": words.how_ended(job.value),
        "next": words.what_next(job.value),
    }


def _plain(source: object) -> object:
    """Return a source as JSON tells it: named tuples by the names of their fields."""
    if isinstance(source, Loaded) and isinstance(source.value, tuple):
        named = getattr(source.value, "_asdict", None)
        return source if named is None else Loaded(named(), source.at)
    return source


def _lines(
    host: Host,
    job: Loaded[Job] | Empty | Failed,
    answers: dict[str, Loaded[object] | Empty | Failed],
) -> list[Shown]:
    from entraclaw_tui.dashboard import job_readers
    from entraclaw_tui.dashboard.desk import Desk
    from entraclaw_tui.dashboard.feeds import feeds_for
    from entraclaw_tui.dashboard.job_story.chapter import Look
    from entraclaw_tui.dashboard.job_story.table import CHAPTERS
    from entraclaw_tui.dashboard.key import JOB
    from entraclaw_tui.dashboard.panes.job_facts import head
    from entraclaw_tui.dashboard.symbols import Symbols
    from entraclaw_tui.macos.places import Places

    feeds = feeds_for(host, Places.of(host), time.time)
    feeds.store.put(JOB, job)
    for name, source in answers.items():
        feeds.store.put(job_readers.KEYS[name], source)
    desk = Desk(host, feeds, time.time, Symbols())
    width = max(_NARROWEST, min(shutil.get_terminal_size((100, 24)).columns, _WIDEST))
    look = Look(desk, width - 2, time.time())
    told = [_text(head(desk, feeds.store.get(JOB), width))]
    for chapter in CHAPTERS:
        if chapter.id not in _NOT_HERE:
            page = _page(look, chapter.page(look))
            told += [Shown(""), Shown(chapter.title), *page]
    return told


def _page(look: Look, rows: list[Row]) -> list[Shown]:
    return [Shown(f"  {_text(row.line)}".rstrip()) for row in rows]


def _text(line: Line) -> Shown:
    return Shown("".join(piece.text for piece in line))

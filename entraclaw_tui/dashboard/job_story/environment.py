"""The variables its process gets: names alone, and one value at a time for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import job_keys, words
from entraclaw_tui.dashboard.job_story.chapter import (
    Chapter,
    Look,
    Row,
    gist_of,
    page_of,
)
from entraclaw_tui.dashboard.lines import GAP, Line, Piece, Tone, folded, piece
from entraclaw_tui.model.job import EnvironmentName
from entraclaw_tui.model.source import value_of
from entraclaw_tui.text import Shown, cells, clean, shorten

# Whose a variable is, in long and in short.
_KINDS = {
    "environment": ("its own", "own"),
    "controller-supplied environment": ("its starter's", "starter"),
    "inherited environment": ("the whole session's", "session"),
    "default environment": ("launchd's", "launchd"),
    "global environment": ("the Mac's", "Mac"),
}
_ORDER = tuple(_KINDS)
_WIDE = 70


def _gist(look: Look) -> Line:
    return gist_of(look, look.store.get(job_keys.ENVIRONMENT), _short)


def _short(names: Sequence[EnvironmentName]) -> Line:
    session = sum(one.kind == "inherited environment" for one in names)
    of_session = f"; {session} of the whole session's" if session else ""
    return (piece(f"{words.count(len(names), 'value')}, hidden{of_session}"),)


def _page(look: Look) -> list[Row]:
    source = look.store.get(job_keys.ENVIRONMENT)
    names = value_of(source)
    if names is None:
        return [Row(line) for line in page_of(look, source, lambda _: [])]
    told = [Row(line) for line in page_of(look, source, lambda _: [])]
    ordered = sorted(names, key=lambda one: _ORDER.index(one.kind) if one.kind in _ORDER else 9)
    return [*told, *(row for name in ordered for row in _rows(look, name))]


def row_id(name: EnvironmentName) -> str:
    """Return what tells a variable from all others."""
    return f"{name.kind}\0{name.name}"


def _rows(look: Look, name: EnvironmentName) -> list[Row]:
    own = row_id(name)
    wide = look.width >= _WIDE
    room = 30 if wide else 22
    label = shorten(clean(name.name, 200), room)
    whose = _KINDS.get(name.kind, (name.kind, name.kind))[0 if wide else 1]
    head = (
        Piece(Shown(label + " " * (room - cells(label) + GAP))),
        Piece(Shown(shorten(clean(whose), 19).ljust(21 if wide else 9)), Tone.DIM),
    )
    if look.shown is not None and look.shown[0] == own:
        value = clean(look.desk.host.shown(look.shown[1].reveal()), 4000)
        lines = folded((*head, Piece(value or Shown("(empty)"), Tone.ACCENT)), look.width)
        return [Row(line, f"{own}\0{n}" if n else own, name) for n, line in enumerate(lines)]
    if look.asked == own:
        key = look.desk.keys.shown("job.reveal")
        return [Row((*head, piece(f"{key} once more shows it", Tone.LOOK)), own, name)]
    return [Row((*head, piece(f"hidden, {name.size} long", Tone.DIM)), own, name)]


ENVIRONMENT = Chapter("environment", "environment", _gist, _page, (job_keys.ENVIRONMENT,))

"""The definition file beside what launchd loaded of it: what differs comes first."""

from __future__ import annotations

from entraclaw_tui.dashboard import job_keys
from entraclaw_tui.dashboard.job_story.chapter import (
    Chapter,
    Look,
    Row,
    gist_of,
    marked,
    page_of,
    rows,
    title,
)
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.model.job import Compared, JobDefinition
from entraclaw_tui.text import Shown, clean

_ROOM = 20


def _gist(look: Look) -> Line:
    source = look.store.get(job_keys.DEFINITION)
    return gist_of(look, source, lambda found: marked(look, *_verdict(found)))


def _verdict(found: JobDefinition) -> tuple[Tone, Shown]:
    """Return how a definition is, and in a sentence why."""
    if not found.there:
        return Tone.BAD, Shown("its file is gone; launchd has what it loaded before")
    if found.trouble:
        return Tone.BAD, Shown(f"launchd would refuse the file: {clean(found.trouble)}")
    if found.loaded is None:
        return Tone.LOOK, Shown("the file is there; launchd could not be asked about it")
    if not found.loaded:
        return Tone.LOOK, Shown("the file is there, and launchd has not loaded it")
    if found.differing:
        return Tone.LOOK, Shown(f"launchd has an older one: {clean(', '.join(found.differing))}")
    return Tone.GOOD, Shown("launchd has what the file says")


def _page(look: Look) -> list[Row]:
    source = look.store.get(job_keys.DEFINITION)
    return rows(look, page_of(look, source, lambda found: _whole(look, found)))


def _whole(look: Look, found: JobDefinition) -> list[Line]:
    lines = [
        marked(look, *_verdict(found)),
        fact("file", Piece(look.path(found.path))),
    ]
    if found.newer:
        lines.append(fact("changed", piece("after its process had started", Tone.LOOK)))
    if found.differing:
        mend = "`entraclaw-tui agent restart --yes` loads it anew; a plain restart does not."
        lines.append(fact("mend", piece(mend)))
        lines += title("What differs")
        for one in found.keys:
            if one.same is False:
                lines += _both(look, one)
    same = [one for one in found.keys if one.same]
    if same:
        lines += title("The same in both")
        lines += [_one(look, one) for one in same]
    if untold := [one for one in found.keys if one.same is None]:
        lines += title("In the file; launchd does not repeat it")
        lines += [_one(look, one) for one in untold]
    return lines


def _both(look: Look, one: Compared) -> list[Line]:
    return [
        (Piece(clean(one.key, 80), Tone.LOOK),),
        (piece("  the file  "), _value(look, one.file)),
        (piece("  launchd   "), _value(look, one.loaded)),
    ]


def _one(look: Look, one: Compared) -> Line:
    return fact(clean(one.key, 60), piece("  "), _value(look, one.file), room=_ROOM)


def _value(look: Look, text: str) -> Piece:
    if not text:
        return piece("does not have it", Tone.DIM)
    bare = look.desk.host.shown(text)
    root = f"{look.desk.host.root}/"
    return Piece(clean(bare.replace(root, "/") if look.desk.host.pretend else bare, 2000))


DEFINITION = Chapter("definition", "definition", _gist, _page, (job_keys.DEFINITION,))

"""What others wrote down about it: findings, launchd's log, Login Items, launchd's whole answer."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import concerns, job_keys, words
from entraclaw_tui.dashboard.ages import ago, clock_time
from entraclaw_tui.dashboard.job_story.chapter import (
    Chapter,
    Look,
    Row,
    gist_of,
    marked,
    page_of,
    rows,
)
from entraclaw_tui.dashboard.key import FINDINGS as FINDINGS_KEY
from entraclaw_tui.dashboard.key import JOB
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, folded, piece
from entraclaw_tui.macos.login_items import LoginItem
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.text import Shown, clean

_TONES = {"error": Tone.BAD, "warning": Tone.LOOK, "debug": Tone.DIM}
_ASK = "job.login_items"
"""The action that asks Login Items."""


# -- findings


def _found(look: Look) -> Line:
    return gist_of(look, look.store.get(FINDINGS_KEY), lambda _: _worst(look))


def _worst(look: Look) -> Line:
    found = concerns.about(look.store, "job")
    bad = concerns.worst(found)
    if bad is None:
        return marked(look, Tone.GOOD, Shown("nothing wrong with it was found"))
    more = f"{len(found)}: " if len(found) > 1 else ""
    return (concerns.sign(bad, look.signs), Piece(Shown(f" {more}{clean(found[0].sentence, 400)}")))


def _found_page(look: Look) -> list[Row]:
    found = concerns.about(look.store, "job")
    if not found:
        return [Row(_found(look))]
    return [row for one in found for row in _finding(look, one)]


def _finding(look: Look, one: Finding) -> list[Row]:
    """Return a finding with what was seen and what mends it; each line opens its sheet."""
    lines: list[Line] = [
        (concerns.sign(one.severity, look.signs), Piece(Shown(f" {clean(one.sentence, 400)}"))),
        *(
            (piece("  saw   ", Tone.DIM), Piece(_bare(look, text), Tone.DIM))
            for text in one.evidence
        ),
        (piece("  why   ", Tone.DIM), Piece(clean(one.explanation, 1000))),
    ]
    if one.repair is not None:
        lines.append((piece("  mend  ", Tone.DIM), Piece(clean(one.repair.words, 400))))
    parts = [part for line in lines for part in folded(line, look.width)]
    return [Row(part, f"{one.id} {n}", one) for n, part in enumerate(parts)]


def _bare(look: Look, text: str) -> Shown:
    """Return text with paths as those of the Mac."""
    host = look.desk.host
    return clean(text.replace(f"{host.root}/", "/") if host.pretend else text)


# -- launchd's log


def _log(look: Look) -> Line:
    return gist_of(look, look.store.get(job_keys.TOLD), lambda lines: _last(look, lines))


def _last(look: Look, lines: Sequence[LogLine]) -> Line:
    last = lines[-1]
    when = f"{ago(look.now - last.at)}: " if last.at is not None else ""
    return (piece(when, Tone.DIM), Piece(_message(look, last), _TONES.get(last.level, Tone.PLAIN)))


def _message(look: Look, line: LogLine) -> Shown:
    """Return what a line says without the job's name, which all of them have."""
    target, mark, text = line.message.partition(": ")
    pid = target.partition(" ")[2]
    bare = text if mark else target
    return _bare(look, f"{pid} {bare}" if pid else bare)


def _log_page(look: Look) -> list[Row]:
    source = look.store.get(job_keys.TOLD)
    return rows(look, page_of(look, source, lambda lines: _newest_first(look, lines)))


def _newest_first(look: Look, lines: Sequence[LogLine]) -> list[Line]:
    return [
        (piece("The newest first; pane 8 follows it with all other logs.", Tone.DIM),),
        *(
            (
                piece(f"{clock_time(one.at) if one.at is not None else '':9} ", Tone.DIM),
                Piece(_message(look, one), _TONES.get(one.level, Tone.PLAIN)),
            )
            for one in reversed(lines)
        ),
    ]


# -- Login Items


def _login_items(look: Look) -> Line:
    source = look.store.get(job_keys.LOGIN_ITEMS)
    if look.desk.feeds.study.asking(job_keys.LOGIN_ITEMS):
        return (piece(f"asking{look.signs.ellipsis} macOS may wait for a password", Tone.LOOK),)
    if source is None:
        key = look.desk.keys.shown(_ASK)
        return (piece(f"{key} asks; macOS may want a password", Tone.DIM),)
    return gist_of(look, source, lambda items: marked(look, *_switched(items[0])))


def _switched(item: LoginItem) -> tuple[Tone, Shown]:
    if item.switched_off:
        return Tone.BAD, Shown("switched off in System Settings; launchd does not start it")
    if item.enabled is None:
        return Tone.LOOK, Shown("known there; whether it is on is not said")
    return Tone.GOOD, Shown("switched on in System Settings")


def _items_page(look: Look) -> list[Row]:
    source = look.store.get(job_keys.LOGIN_ITEMS)
    if source is None or look.desk.feeds.study.asking(job_keys.LOGIN_ITEMS):
        why = (
            "`sfltool dumpbtm` tells what System Settings, General, Login Items says of it. It "
            "takes some seconds and may ask for an administrator's password, so it runs only on "
            "your key."
        )
        return rows(look, [_login_items(look), (), (piece(why, Tone.DIM),)])
    told = page_of(look, source, lambda items: [one for i in items for one in _item(look, i)])
    return rows(look, [*told, (), (piece(f"{look.desk.keys.shown(_ASK)} asks again", Tone.DIM),)])


def _item(look: Look, item: LoginItem) -> list[Line]:
    texts = {
        "name": item.name,
        "kind": item.kind,
        "identifier": item.identifier,
        "developer": item.developer or "unknown",
        "team": item.team or "none",
        "file": look.desk.host.shown(item.url.removeprefix("file://")),
        "program": look.desk.host.shown(item.executable),
        "apps": ", ".join(item.bundles),
    }
    lines = [marked(look, *_switched(item))]
    lines += [fact(name, Piece(clean(text))) for name, text in texts.items() if text]
    if item.enabled is not None:
        told = f"enabled {_yes(item.enabled)}, allowed {_yes(item.allowed)}"
        lines.append(fact("says", piece(told, Tone.DIM)))
    return lines


def _yes(value: bool | None) -> str:
    return "not said" if value is None else "yes" if value else "no"


# -- everything


def _printed(look: Look) -> Line:
    return gist_of(look, look.store.get(JOB), _amount)


def _amount(job: Job) -> Line:
    return (piece(f"{words.count(len(job.raw), 'value')} as launchd printed them"),)


def _printed_page(look: Look) -> list[Row]:
    def every(job: Job) -> list[Line]:
        room = max((len(name) for name, _ in job.raw), default=0)
        room = min(room, look.width // 2 - 2) + 2
        values = ((name, look.desk.host.shown(value)) for name, value in job.raw)
        return [fact(clean(name, room - 2), Piece(clean(v)), room=room) for name, v in values]

    return rows(look, page_of(look, look.store.get(JOB), every))


FINDINGS = Chapter("findings", "findings", _found, _found_page)
LOG = Chapter("log", "launchd log", _log, _log_page, (job_keys.TOLD,))
LOGIN_ITEMS = Chapter("login-items", "login items", _login_items, _items_page)
PRINTED = Chapter("printed", "printed", _printed, _printed_page)

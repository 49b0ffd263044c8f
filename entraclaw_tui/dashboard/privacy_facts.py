"""Everything that is known of one privacy row, and of the databases, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entraclaw_tui.dashboard import concerns
from entraclaw_tui.dashboard.ages import ago, moment
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import MACHINE, PRIVACY
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.dashboard.privacy_rows import client, sign, thing
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.macos import privacy_words, tcc_services
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.tcc_rows import LISTED, READ
from entraclaw_tui.model.privacy import COUNTS, Privacy, PrivacyGrant
from entraclaw_tui.model.source import Empty, Failed, Stale, value_of
from entraclaw_tui.text import Shown, clean

if TYPE_CHECKING:
    from entraclaw_tui.macos.tcc_match import Check, Match

_CHECKS = {
    "path": "path",
    "build": "build",
    "identifier": "identifier",
    "team": "team",
    "signer": "signed by",
    "requirement": "codesign",
}


def row_lines(
    desk: Desk, grant: PrivacyGrant, match: Match | None, now: float, opened: Piece | None
) -> list[Line]:
    """Return a row's facts: the decision, whether it still fits, and where it is changed.

    `opened` tells how opening that place went, None while nobody wanted it.
    """
    privacy = value_of(desk.store.get(PRIVACY))
    state = privacy_words.state_of(privacy, grant) if privacy is not None else READ
    by = "its path" if grant.client_is_path else "its bundle identifier"
    decided = grant.changed_at
    return [
        fact("may use", Piece(clean(grant.name or grant.service), Tone.STRONG)),
        *([fact("of", Piece(clean(grant.target)))] if grant.target else []),
        fact("program", Piece(clean(client(desk, grant)))),
        fact("", piece(f"named by {by}", Tone.DIM)),
        fact("state", *_signed(sign(grant, desk.symbols), _state(grant))),
        fact("because", Piece(clean(privacy_words.reason(grant)))),
        fact("since", piece(f"{moment(decided)}, {ago(now - decided)}" if decided else "not told")),
        *_fits(desk, match),
        *concerns.lines(desk.store, "privacy", thing(desk, grant), desk.symbols),
        fact("bound to", Piece(clean(privacy_words.bound_to(grant), 2000))),
        *_settings(desk, grant, opened),
        fact("service", Piece(clean(grant.service))),
        fact("database", Piece(Shown(_database(grant, privacy, state)))),
    ]


def database_lines(desk: Desk) -> list[Line]:
    """Return how each database could be read, who read it, and the one next step."""
    source = desk.store.get(PRIVACY)
    match source:
        case None:
            return [(piece("Nothing has been read yet.", Tone.DIM),)]
        case Failed(reason, hint):
            then = [fact("next step", Piece(clean(hint, 400)))] if hint else []
            bad = piece(desk.symbols.bad, Tone.BAD)
            return [fact("reading", *_signed(bad, reason)), *then, *_places(desk)]
        case Empty(reason):
            return [fact("reading", Piece(clean(reason, 400))), *_places(desk)]
    privacy = source.value
    lines: list[Line] = []
    for name, state in (("yours", privacy.user_database), ("the Mac's", privacy.system_database)):
        fine = state in (READ, LISTED)
        mark = piece(
            desk.symbols.fine if fine else desk.symbols.look, Tone.GOOD if fine else Tone.LOOK
        )
        words = Piece(clean(privacy_words.database(state)))
        lines.append(fact(name, mark, piece(" "), words))
    by = "by the worker, which may" if privacy.read_by else "by this panel itself"
    old = f"; old: {clean(source.reason, 200)}" if isinstance(source, Stale) else ""
    lines.append(fact("read", Piece(Shown(f"{by}, {ago(desk.clock() - source.at)}{old}"))))
    lines.append(fact("rows", piece(_rows(privacy))))
    if privacy.note:
        lines.append(fact("but", Piece(clean(privacy.note, 400), Tone.DIM)))
    step = privacy_words.next_step(
        privacy, _program(desk), by_worker=desk.link.view.connected, over_ssh=_over_ssh(desk)
    )
    if step:
        lines.append(fact("next step", Piece(clean(step, 400))))
    return [*lines, *_places(desk)]


def may_open(desk: Desk) -> str:
    """Return why System Settings cannot be opened from here, or nothing."""
    if _over_ssh(desk):
        return "This panel came over SSH: open System Settings at the Mac."
    machine = value_of(desk.store.get(MACHINE))
    if machine is not None and machine.domain.startswith("user/"):
        return "Nobody is logged in at the Mac's screen: log in there first."
    return ""


def _state(grant: PrivacyGrant) -> str:
    return f"{grant.state}: {privacy_words.meaning(grant)}"


def _signed(mark: Piece, text: str) -> tuple[Piece, ...]:
    """Return a sign and what it is about, apart so that the text folds below itself."""
    return (mark, piece(" "), Piece(clean(text, 400), mark.tone))


def _fits(desk: Desk, match: Match | None) -> list[Line]:
    signs = desk.symbols
    if match is None:
        return [fact("fits", piece(f"comparing with what runs now{signs.ellipsis}", Tone.DIM))]
    marks = {
        True: piece(signs.fine, Tone.GOOD),
        False: piece(signs.bad, Tone.BAD),
        None: piece(signs.nothing, Tone.DIM),
    }
    lines: list[Line] = [fact("fits", *_signed(marks[match.fits], match.words))]
    return [*lines, *_checks(match.checks, signs)]


def _checks(checks: Sequence[Check], signs: Symbols) -> list[Line]:
    lines: list[Line] = []
    for check in checks:
        label = Piece(Shown(f"{clean(_CHECKS.get(check.what, check.what), 30)}: "), Tone.DIM)
        if check.fits:
            said = "the same" if check.what != "requirement" else "says it fits"
            lines.append(fact("", label, piece(said)))
        elif check.what == "requirement":
            lines.append(fact("", label, piece("says it does not fit", Tone.BAD)))
        else:
            how = Tone.LOOK if check.fits is None else Tone.BAD
            both = f"{clean(check.granted, 200)} {signs.arrow} {clean(check.now or 'unknown', 200)}"
            lines.append(fact("", label, Piece(Shown(both), how)))
    return lines


def _settings(desk: Desk, grant: PrivacyGrant, opened: Piece | None) -> list[Line]:
    reason = may_open(desk)
    how = piece(reason, Tone.LOOK) if reason else piece("o opens it at this Mac's screen", Tone.DIM)
    return [
        fact("changed in", piece(privacy_words.settings_place(grant.service))),
        fact("", Piece(clean(tcc_services.settings_url(grant.service)), Tone.DIM)),
        fact("", opened or how),
    ]


def _database(grant: PrivacyGrant, privacy: Privacy | None, state: str) -> str:
    whose = "the Mac's" if grant.scope == "system" else "yours"
    by = ", by the worker" if privacy is not None and privacy.read_by else ""
    return f"{whose}: {clean(privacy_words.database(state))}{by}"


def _rows(privacy: Privacy) -> str:
    many = len(privacy.grants)
    if not many:
        return "none: macOS has been asked nothing"
    counted = sum(grant.state in COUNTS for grant in privacy.grants)
    denied = sum(grant.state == "denied" for grant in privacy.grants)
    return f"{many}: {counted} granted, {denied} denied, {many - counted - denied} neither"


def _places(desk: Desk) -> list[Line]:
    places = Places.of(desk.host)
    shown = desk.host.shown
    return [
        fact("files", Piece(clean(shown(places.user_tcc)), Tone.DIM)),
        fact("", Piece(clean(shown(places.system_tcc)), Tone.DIM)),
    ]


def _program(desk: Desk) -> str:
    from entraclaw_tui.dashboard.key import JOB

    job = value_of(desk.store.get(JOB))
    return desk.host.shown(job.program) if job is not None else ""


def _over_ssh(desk: Desk) -> bool:
    machine = value_of(desk.store.get(MACHINE))
    return machine is not None and machine.over_ssh

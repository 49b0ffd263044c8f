"""Who vouches for the program: signature, entitlements, and what Gatekeeper and Apple say."""

from __future__ import annotations

from collections.abc import Mapping

from entraclaw_tui.dashboard import job_keys
from entraclaw_tui.dashboard.job_story.chapter import (
    Chapter,
    Look,
    Row,
    aside,
    gist_of,
    marked,
    page_of,
    rows,
    title,
)
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos.assessment import NO_APP, Assessment
from entraclaw_tui.macos.entitlements import HARDENED_PYTHON, Entitlement
from entraclaw_tui.macos.interpreter import is_python
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import value_of
from entraclaw_tui.text import Shown, clean

_FLAGS = {
    "adhoc": "nobody vouches for it",
    "linker-signed": "signed by the linker as it was built",
    "runtime": "hardened: it loads only code that its maker or Apple signed",
    "hard": "it is ended rather than run changed pages",
    "kill": "it is ended when its signature stops to hold",
    "restrict": "the loader ignores its environment",
    "library-validation": "it loads only libraries that its maker or Apple signed",
}


def _gist(look: Look) -> Line:
    source = look.store.get(job_keys.SIGNATURE)
    return gist_of(look, source, lambda found: marked(look, *verdict(found)))


def verdict(found: Signature) -> tuple[Tone, Shown]:
    """Return how good a signature is, and in a sentence why."""
    leaf = found.authority[0] if found.authority else found.identifier
    signer = clean(leaf.removeprefix("Developer ID Application: "), 80)
    match found.status:
        case "valid":
            return Tone.GOOD, Shown(f"valid, by {signer}")
        case "adhoc":
            return Tone.LOOK, Shown("ad hoc: nobody vouches for it, and each build is another")
        case "unsigned":
            return Tone.BAD, Shown("not signed: macOS cannot tell it from another program")
        case "broken":
            return Tone.BAD, Shown("broken: the file was changed after it was signed")
        case _:
            return Tone.LOOK, Shown("it could not be verified")


def _page(look: Look) -> list[Row]:
    store = look.store
    lines = page_of(look, store.get(job_keys.SIGNATURE), lambda found: _facts(look, found))
    lines += title("Entitlements")
    lines += page_of(look, store.get(job_keys.ENTITLEMENTS), lambda found: _entitled(found))
    lines += _lacking(look)
    lines += title("Gatekeeper (spctl)")
    lines += page_of(look, store.get(job_keys.ASSESSMENT), lambda found: _assessed(look, found))
    lines += title("Notarization ticket (stapler)")
    lines += page_of(look, store.get(job_keys.TICKET), lambda found: _stapled(look, found))
    return rows(look, lines)


def _facts(look: Look, found: Signature) -> list[Line]:
    lines: list[Line] = [
        marked(look, *verdict(found)),
        fact("file", Piece(look.path(found.path))),
    ]
    texts = {
        "identifier": found.identifier,
        "team": found.team or ("none" if found.identifier else ""),
        "cdhash": found.cdhash,
        "format": found.format,
        "runtime": found.runtime,
        "ticket": found.ticket,
    }
    lines += [fact(name, Piece(clean(text))) for name, text in texts.items() if text]
    lines += [
        fact("chain" if n == 0 else "", Piece(clean(name)))
        for n, name in enumerate(found.authority)
    ]
    lines += [
        fact("flags" if n == 0 else "", Piece(clean(flag, 40)), aside(_FLAGS.get(flag, "")))
        for n, flag in enumerate(found.flags)
    ]
    if found.requirement:
        lines.append(fact("is known by", Piece(clean(found.requirement, 2000))))
    return lines


def _entitled(found: Mapping[str, Entitlement]) -> list[Line]:
    return [
        (Piece(clean(name, 120)), piece("  "), Piece(clean(_value(value)), Tone.DIM))
        for name, value in sorted(found.items())
    ]


def _value(value: Entitlement) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _lacking(look: Look) -> list[Line]:
    """Return what a hardened Python needs and does not have, to load modules of others."""
    signed = value_of(look.store.get(job_keys.SIGNATURE))
    if signed is None or not signed.hardened or not is_python(signed.path):
        return []
    entitled = value_of(look.store.get(job_keys.ENTITLEMENTS)) or {}
    lacking = [name for name in HARDENED_PYTHON if entitled.get(name) is not True]
    told = [Shown(f"hardened, and without {clean(name)}") for name in lacking]
    return [marked(look, Tone.LOOK, text) for text in told]


def _assessed(look: Look, found: Assessment) -> list[Line]:
    if found.accepted:
        told = "accepted, and notarized by Apple" if found.notarized else "accepted"
        lines = [marked(look, Tone.GOOD, Shown(told))]
    elif not found.fault:
        lines = [
            marked(look, Tone.GOOD, Shown("rejected, as every plain program is: it is no app"))
        ]
    else:
        lines = [marked(look, Tone.LOOK, Shown("rejected: a person would have to permit it"))]
    texts = {"source": found.source, "origin": found.origin, "reason": found.reason}
    lines += [
        fact(name, Piece(clean(text), Tone.DIM))
        for name, text in texts.items()
        if text and text != NO_APP
    ]
    return lines


def _stapled(look: Look, found: bool) -> list[Line]:
    if found:
        return [marked(look, Tone.GOOD, Shown("stapled: it is trusted without a network"))]
    return [(piece("  none; a plain program can carry none, and is asked for online", Tone.DIM),)]


SIGNATURE = Chapter(
    "signature",
    "signature",
    _gist,
    _page,
    (
        job_keys.SIGNATURE,
        job_keys.PROGRAM,
        job_keys.ENTITLEMENTS,
        job_keys.ASSESSMENT,
        job_keys.TICKET,
    ),
)

"""Which program it really is, and which Python."""

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
)
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos.interpreter import Interpreter, Program
from entraclaw_tui.text import Shown, clean

_MAKERS = {
    "homebrew": "Homebrew",
    "uv": "uv",
    "pyenv": "pyenv",
    "python.org": "python.org",
    "apple": "Apple's developer tools",
    "conda": "conda",
}


def _gist(look: Look) -> Line:
    return gist_of(look, look.store.get(job_keys.PROGRAM), lambda found: _short(look, found))


def _short(look: Look, found: Program) -> Line:
    if not found.there and (found.python is None or not found.python.trouble):
        return marked(look, Tone.BAD, Shown(f"not there: {look.path(found.named)}"))
    if found.python is None:
        return (Piece(look.path(found.real)),)
    if found.python.trouble:
        return marked(look, Tone.LOOK, clean(found.python.trouble))
    return (Piece(_name(found.python)),)


def _name(python: Interpreter) -> Shown:
    version = f"Python {clean(python.version or 'of unknown version', 30)}"
    maker = f" of {_MAKERS.get(python.maker, python.maker)}" if python.maker else ""
    return Shown(version + maker + (", in a virtual environment" if python.venv else ""))


def _page(look: Look) -> list[Row]:
    source = look.store.get(job_keys.PROGRAM)
    return rows(look, page_of(look, source, lambda found: _whole(look, found)))


def _whole(look: Look, found: Program) -> list[Line]:
    lines: list[Line] = [_short(look, found), (), fact("named", Piece(look.path(found.named)))]
    if found.real != found.named:
        lines.append(fact("really", Piece(look.path(found.real), Tone.STRONG)))
        lines.append(fact("", piece("the file behind all links: macOS judges this", Tone.DIM)))
    if not found.there:
        lines.append(fact("there", piece("no, or it may not be run", Tone.BAD)))
    python = found.python
    if python is None:
        return lines
    if python.image and python.image != python.real:
        lines.append(fact("runs as", Piece(look.path(python.image))))
        lines.append(fact("", piece("a framework's Python starts this in its place", Tone.DIM)))
    if python.venv:
        lines.append(fact("environment", Piece(look.path(python.venv))))
        lines.append(fact("made from", Piece(look.path(python.home or "unknown"))))
    lines.append(fact("version", Piece(clean(python.version or "unknown", 40))))
    lines.append(fact("made by", Piece(clean(_MAKERS.get(python.maker, "unknown")))))
    if python.version_in_path:
        lines += [
            (),
            marked(
                look,
                Tone.LOOK,
                Shown(
                    "The path holds the version: an upgrade moves the program, and grants and "
                    "Keychain items that hang on the path or the code are void then."
                ),
            ),
        ]
    return lines


PROGRAM = Chapter("program", "program", _gist, _page, (job_keys.PROGRAM,))

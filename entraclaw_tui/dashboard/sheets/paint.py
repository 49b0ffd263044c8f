"""Lines of pieces into what Textual draws. Nothing is read as markup."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, wrap
from entraclaw_tui.text import Shown, cells, clean, shorten


class Cap(Piece, frozen=True):
    """A key as a little button."""


class Print(Piece, frozen=True):
    """Black on white, whatever the theme: what a camera reads."""


class Field(Piece, frozen=True):
    """A field to type in."""


_STYLES = {
    Tone.PLAIN: "",
    Tone.DIM: "$tone-dim",
    Tone.STRONG: "bold $tone-strong",
    Tone.GOOD: "$tone-good",
    Tone.LOOK: "$tone-look",
    Tone.BAD: "bold $tone-bad",
    Tone.ACCENT: "bold $tone-accent",
}
_CAPS = {tone: f"bold $tone-cursor-text on $tone-{tone}" for tone in Tone}


def content(lines: Iterable[Line]) -> Content:
    """Return these lines as one Content."""
    return Content("\n").join(
        Content.assemble(*((piece.text, _style(piece)) for piece in line)) for line in lines
    )


def _style(piece: Piece) -> str:
    if isinstance(piece, Cap):
        return _CAPS[piece.tone]
    if isinstance(piece, Field):
        return "reverse"
    if isinstance(piece, Print):
        return "#000000 on #ffffff"
    return _STYLES[piece.tone]


def key(name: str, label: str, tone: Tone = Tone.ACCENT) -> tuple[Piece, Piece]:
    """Return a key that works now, and what it does."""
    return Cap(Shown(f" {name} "), tone), Piece(Shown(f" {label}"))


def key_off(name: str, label: str, tone: Tone = Tone.DIM) -> tuple[Piece, Piece]:
    """Return a key that does nothing now, with the word that says so as its label."""
    del tone  # the same call as for `key`
    return Piece(Shown(f" {name} "), Tone.DIM), Piece(Shown(f" {label}"), Tone.DIM)


def row(*groups: tuple[Piece, ...], gap: int = 2) -> Line:
    """Return groups of pieces beside each other."""
    pieces: list[Piece] = []
    for number, group in enumerate(groups):
        if number:
            pieces.append(Piece(Shown(" " * gap)))
        pieces.extend(group)
    return tuple(pieces)


def key_rows(width: int, *groups: tuple[Piece, ...], gap: int = 2) -> list[Line]:
    """Return groups of pieces beside each other, in as many rows as they need: none is cut."""
    rows: list[list[tuple[Piece, ...]]] = [[]]
    for group in groups:
        if rows[-1] and length(row(*rows[-1], group, gap=gap)) > width:
            rows.append([])
        rows[-1].append(group)
    return [row(*one, gap=gap) for one in rows]


def labelled(
    label: str,
    text: str,
    width: int,
    room: int,
    *,
    tone: Tone = Tone.PLAIN,
    most: int = 0,
    tones: Tone = Tone.DIM,
) -> list[Line]:
    """Return a label and foreign text beside it, wrapped; more than `most` lines end in a sign."""
    space = max(8, width - room)
    texts = wrap(clean(text, 20_000), space)
    if most and len(texts) > most:
        texts = [*texts[: most - 1], _and_more(texts[most - 1], space)]
    rows: list[Line] = []
    for number, shown in enumerate(texts or [Shown("")]):
        head = label if number == 0 else ""
        rows.append((Piece(Shown(head.ljust(room)), tones), Piece(shown, tone)))
    return rows


def padded(text: str, width: int) -> Shown:
    """Return our own or cleaned text with blanks up to `width` columns."""
    return Shown(text + " " * max(0, width - cells(text)))


def _and_more(text: Shown, width: int) -> Shown:
    """Return a row with the sign that there is more."""
    return shorten(Shown(f"{text} "), width) if cells(text) >= width else Shown(f"{text}\u2026")

"""A pane: a frame with a number, what its source says of itself, and keys that say why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.message import Message

from entraclaw_tui.dashboard.action import Action, Situation
from entraclaw_tui.dashboard.actions import action, reason_disabled
from entraclaw_tui.dashboard.ages import age
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece, wrap
from entraclaw_tui.dashboard.widgets.line_view import LineView
from entraclaw_tui.model.source import Empty, Failed, Loaded, Source, Stale
from entraclaw_tui.text import Shown, clean


class Pane(LineView):
    """Base of the panes, whatever they list."""

    NAME = ""
    NUMBER = 0
    TITLE = ""
    SHORT = ""
    """The title where there is little room."""
    SELECTS = True
    """Whether its rows can be selected and opened."""
    FIELDS: tuple[tuple[str, str], ...] = ()
    """What its filter can name, each with an example: `("tier", "high")`."""

    class Said(Message):
        """A sentence for the message line."""

        def __init__(self, text: str, tone: Tone = Tone.LOOK) -> None:
            super().__init__()
            self.text = text
            self.tone = tone

    class Opened(Message):
        """The row in focus is to be opened."""

    class Moved(Message):
        """Another row was selected."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id=self.NAME)
        self.desk = desk
        self.sought = ""
        """What the pane is filtered by as it was typed, or empty."""
        self.zoomed = False
        self._frame: tuple[Content, Content] | None = None

    # -- what subclasses say

    def source(self) -> Source[object] | None:
        """Return what the pane's source says."""
        raise NotImplementedError

    def listed(self) -> tuple[int, int]:
        """Return how many rows are listed, and how many there are without the filter."""
        raise NotImplementedError

    def reload(self) -> None:
        """Take up what the source says now."""
        raise NotImplementedError

    def tick(self) -> None:
        """Repaint what time has changed."""
        raise NotImplementedError

    def subtitle(self) -> Sequence[Piece]:
        """Return how much there is, for the lower border."""
        return ()

    def badge(self) -> Piece | None:
        """Return a count or a sign for the tab."""
        return None

    def nothing(self) -> str:
        """Return what to say where the source holds an empty list."""
        return "Nothing here."

    def inspect(self) -> Callable[[], list[Line]] | None:
        """Return what tells everything about the selected row, or None."""
        return None

    # -- going deeper within the pane

    @property
    def selects(self) -> bool:
        """Whether its rows can be selected now."""
        return self.SELECTS

    def opens(self) -> bool:
        """Open the selected row within the pane; return whether it is for the pane to do that."""
        return False

    def widen(self) -> bool:
        """End what narrows the rows down; return whether anything did."""
        narrowed = bool(self.sought)
        self.filter("")
        return narrowed

    def climb(self) -> bool:
        """Go back from what was opened within the pane; return whether there was anything."""
        return False

    def trail(self) -> tuple[str, ...]:
        """Return what was opened within the pane, for the title."""
        return ()

    def looked_away(self) -> None:
        """Hide what was shown for a moment alone: a sheet or the shell has the screen now."""

    # -- the frame and the states

    @property
    def stale(self) -> bool:
        """Whether what is shown is old."""
        return isinstance(self.source(), Stale)

    def state_lines(self) -> list[Line]:
        """Return what stands in place of rows: reading, empty, failed, nothing matches."""
        width = max(10, self.room - 2)
        signs = self.desk.symbols
        match self.source():
            case None:
                return [_note(f"Reading{signs.ellipsis}")]
            case Failed(reason, hint):
                told = wrap(clean(reason), width - 2)
                lines: list[Line] = [
                    (piece(f" {signs.bad if n == 0 else ' '} ", Tone.BAD), Piece(text))
                    for n, text in enumerate(told)
                ]
                rest = wrap(clean(hint), width - 2) if hint else []
                return [*lines, *(_note(f"  {text}") for text in rest)]
            case Empty(reason):
                return [_note(text) for text in wrap(clean(reason), width)]
            case _ if self.sought:
                sought = clean(self.sought, 40)
                return [_note(f"Nothing matches /{sought}. Esc ends the filter.")]
            case _:
                return [_note(text) for text in wrap(clean(self.nothing()), width)]

    def dress(self) -> None:
        """Set title and subtitle, where they changed."""
        frame = self._title(), self._subtitle()
        if frame != self._frame:
            self._frame = frame
            # Content is taken as it is; a str would be read as markup.
            self.border_title, self.border_subtitle = frame

    def _title(self) -> Content:
        arrow = f" {self.desk.symbols.arrow} "
        title = Content(arrow.join((f"{self.NUMBER} {self.TITLE}", *self.trail())))
        if self.sought:
            title += Content.styled(f"  /{clean(self.sought, 30)}", "$tone-look")
        return title

    def _subtitle(self) -> Content:
        source = self.source()
        pieces: list[Piece] = []
        if self.sought:
            shown, whole = self.listed()
            pieces.append(piece(f"{shown} of {whole}", Tone.LOOK))
        elif isinstance(source, Loaded | Stale):
            pieces.extend(self.subtitle())
        if isinstance(source, Stale):
            pieces = self._aged(pieces, source)
        parts = [Content.styled(p.text, f"$tone-{p.tone}") for p in pieces]
        return Content("").join(parts)

    def _aged(self, pieces: list[Piece], source: Stale[object]) -> list[Piece]:
        """Add how old the data is, and why: rather that than what there was, where it fits."""
        old = age(self.desk.clock() - source.at)
        words = "just lost" if old == "now" else f"{old} old"
        why = Piece(Shown(f"{words}: {clean(source.reason)}"), Tone.LOOK)
        dot = [piece(f" {self.desk.symbols.dot} ", Tone.LOOK)] if pieces else []
        for told in ([*pieces, *dot, why], [] if self.sought else [why]):
            if told and length(tuple(told)) <= self.room - 4:
                return told
        return [*pieces, *dot, piece(words, Tone.LOOK)]

    # -- keys

    def situation(self) -> Situation:
        """Return what holds now, for this pane's keys."""
        return self.desk.situation()

    def refusal(self, wanted: Action) -> str:
        """Return why an action cannot work now, or an empty string."""
        return reason_disabled(wanted, self.situation())

    def may(self, id: str) -> bool:
        """Return whether an action works now; where it does not, say why."""
        reason = self.refusal(action(id))
        if reason:
            self.post_message(self.Said(reason))
        return not reason

    def label(self, action: Action) -> str:
        """Return what the footer says that a key does now."""
        return action.label

    def offers(self, wanted: Action) -> bool:
        """Return whether an action does something in this pane now, for the footer."""
        if wanted.id == "back":
            return bool(self.sought) or self.zoomed or bool(self.trail())
        return wanted.id != "open" or not self.selects or self.situation().row

    def filter(self, text: str) -> None:
        """Show only rows with this text, or with these fields; `!` turns it around."""
        if text != self.sought:
            self.sought = text
            self.reload()


def _note(text: str) -> Line:
    return (piece(" "), piece(text, Tone.DIM))

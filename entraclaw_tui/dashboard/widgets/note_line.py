"""One quiet line for what just happened; where nothing did, for what stays true."""

from __future__ import annotations

from collections import deque

from entraclaw_tui.dashboard.ages import clock_time
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, cut, length, piece
from entraclaw_tui.dashboard.widgets.bar import Bar
from entraclaw_tui.text import Shown, clean

KEPT = 50
"""Messages that are remembered."""
SECONDS = 12.0
"""How long a message stays."""


class NoteLine(Bar):
    """The last message, and the banner beside it where both fit."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="note")
        self.desk = desk
        self._message: Piece | None = None
        self._until = 0.0
        self._said: deque[tuple[float, Piece]] = deque(maxlen=KEPT)

    def say(self, text: str, tone: Tone) -> None:
        """Show a message for a while."""
        self._message = Piece(clean(text, 300), tone)
        self._said.appendleft((self.desk.clock(), self._message))
        self._until = self.desk.clock() + SECONDS
        self.repaint()
        self.set_timer(SECONDS + 0.1, self.repaint)

    def history(self) -> list[Line]:
        """Return what the worker says of itself now, then the last messages, the newest first."""
        standing = self._standing()
        told: list[Line] = [(self._sign(standing), standing)] if standing is not None else []
        told += [
            (piece(f"{clock_time(at)}  ", Tone.DIM), self._sign(message), message)
            for at, message in self._said
        ]
        return told or [(piece("Nothing was said yet.", Tone.DIM),)]

    def line(self, index: int, width: int) -> Line:
        """Return the message, the worker's own trouble, or the banner."""
        stays = self.desk.banner
        told = stays if isinstance(stays, str) else stays()
        banner: Line = (Piece(clean(told, 200), Tone.DIM), piece(" "))
        message = self._now()
        if message is None:
            return (piece(" "), *banner)
        line: Line = (piece(" "), self._sign(message), message)
        blank = width - length(line) - length(banner)
        if blank < 3 or not told:
            return self._fitting(line, width)
        return (*line, piece(" " * blank), *banner)

    def _fitting(self, line: Line, width: int) -> Line:
        """Return a message, cut where it must be: then with the key that shows it whole."""
        if length(line) < width:
            return line
        hint = piece(f" {self.desk.keys.shown('messages')} shows it whole ", Tone.DIM)
        return (*cut(line, width - length((hint,))), hint)

    def _now(self) -> Piece | None:
        if self._message is not None and self.desk.clock() < self._until:
            return self._message
        return self._standing()

    def _standing(self) -> Piece | None:
        view = self.desk.link.view
        if view.connected and view.snapshot is not None and view.snapshot.worker.note:
            return Piece(clean(view.snapshot.worker.note, 300), Tone.LOOK)
        return None

    def _sign(self, message: Piece) -> Piece:
        signs = self.desk.symbols
        sign = {Tone.BAD: signs.bad, Tone.LOOK: signs.look}.get(message.tone)
        return Piece(Shown(f"{sign} "), message.tone) if sign else piece("")

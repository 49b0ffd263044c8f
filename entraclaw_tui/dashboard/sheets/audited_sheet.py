"""A page about something that the audit tells the story of, with keys that change it."""

from __future__ import annotations

from collections.abc import Collection, Coroutine, Sequence

import msgspec

from entraclaw_tui.dashboard import audit_story
from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.actions import action, reason_disabled
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.dashboard.sheets.row_sheet import RowSheet
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.text import Shown, clean


class AuditedSheet(RowSheet):
    """Base of such pages. It asks the worker for the newest entries as soon as it opens."""

    def __init__(self, desk: Desk, pane: str, name: Piece) -> None:
        super().__init__(desk, pane, name, self._told)
        self.entries: tuple[AuditEntry, ...] | None = None
        """What the audit tells, of anything; None before it answered."""
        self._trouble = ""
        self._seen: object = None
        self._said: Piece | None = None

    # -- what subclasses say

    def facts(self) -> list[Line]:
        """Return what is known without the audit."""
        raise NotImplementedError

    def ids(self) -> Collection[str]:
        """Return what the page is about, by the ids that the audit uses."""
        raise NotImplementedError

    def live(self) -> bool:
        """Return whether a live grant is behind it."""
        return False

    def subject(self) -> object:
        """Return what it is about as it stands now: the audit is read anew when that changes."""
        return None

    # -- the story

    def on_mount(self) -> None:
        """Ask for the story."""
        self.ask(self.read())

    async def read(self) -> None:
        """Ask the worker for the newest entries of the audit."""
        self._seen = self.subject()
        try:
            self.entries = await self.desk.link.audit_tail(audit_story.MOST)
            self._trouble = ""
        except (WireError, ConnectionLost) as error:
            self._trouble = str(error)

    def view_changed(self) -> None:
        """Tell what changed, and ask what the audit says of it."""
        if self.subject() != self._seen:
            self.ask(self.read())
        super().view_changed()

    def story(self) -> Sequence[AuditEntry]:
        """Return the entries about this."""
        return audit_story.about(self.entries or (), self.ids())

    def _told(self) -> list[Line]:
        said: list[Line] = [(self._said,), ()] if self._said is not None else []
        return [*said, *self.facts(), (), (piece("in the audit", Tone.ACCENT),), *self._audit()]

    def _audit(self) -> list[Line]:
        if self.entries is None:
            words = self._trouble or f"Reading{self.desk.symbols.ellipsis}"
            return [(Piece(clean(words, 200), Tone.LOOK if self._trouble else Tone.DIM),)]
        told = audit_story.lines(self.story())
        return told or [(piece(f"Nothing in its last {audit_story.MOST} entries.", Tone.DIM),)]

    # -- keys that change something

    def refusal(self, id: str) -> str:
        """Return why an action cannot work now, or an empty string."""
        return reason_disabled(action(id), self._situation())

    def _situation(self) -> Situation:
        return msgspec.structs.replace(self.desk.situation(), live=self.live())

    def cap(self, id: str) -> Line:
        """Return an action's key and label for the frame, where it works."""
        found = action(id)
        return () if self.refusal(id) else (piece(f"{found.shown} {found.label}  ", Tone.DIM),)

    def send(self, id: str, call: Coroutine[object, object, object], done: str) -> None:
        """Ask the worker for something where action `id` may; say how it went, here."""
        if reason := self.refusal(id):
            call.close()
            self.say(clean(reason), Tone.LOOK)
        else:
            self.app.run_worker(self._send(call, done), exit_on_error=False)

    async def _send(self, call: Coroutine[object, object, object], done: str) -> None:
        try:
            await call
        except WireError as error:
            self.say(clean(f"{error.message} {error.hint}".strip(), 300), Tone.BAD)
        except ConnectionLost as error:
            self.say(clean(str(error), 300), Tone.BAD)
        else:
            self.say(clean(done, 300))

    def say(self, text: Shown, tone: Tone = Tone.PLAIN) -> None:
        """Say something at the top of the page."""
        self._said = Piece(text, tone)
        self.repaint()

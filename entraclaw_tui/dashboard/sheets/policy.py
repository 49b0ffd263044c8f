"""The sheet of the person's policy: every rule, changed as a draft, saved with the PIN."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import policy_draft
from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece, wrap
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.policy_draft import Kind, Rule
from entraclaw_tui.dashboard.sheets import allowance, refusals
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.paint import key, key_off, key_rows, row
from entraclaw_tui.dashboard.sheets.policy_save import LOST, PolicyReview, PolicySaveSheet
from entraclaw_tui.dashboard.sheets.rule import RuleSheet
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.ipc.control_messages import PolicyResult
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.text import Shown, clean, shorten

_ABOUT = "What you made stricter than it is built in. No rule can allow or lower anything."
_SIGNS = Symbols()


class PolicySheet(Sheet[None]):
    """Lists the rules. Nothing counts before it is saved."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("policy")]
    WIDEST = 80

    def __init__(
        self,
        link: WorkerLink,
        clock: Callable[[], float] = time.time,
        *,
        readonly: bool = False,
        symbols: Symbols = _SIGNS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.add_class("-calm")
        self._link = link
        self._clock = clock
        self._readonly = readonly
        self._symbols = symbols
        self._monotonic = monotonic
        self._stored: PolicyResult | None = None
        self._wished = Policy()
        self._index = 0
        self._note = ""
        self._leaving = False
        self._cut = False

    def on_mount(self) -> None:
        """Ask the worker."""
        self._ask()

    def view_changed(self) -> None:
        """The worker came, went, locked or unlocked."""
        if self._stored is None and self._link.view.connected:
            self._ask()
        self.repaint()

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Your policy"),)

    def subtitle_text(self) -> Line:
        """Where the cursor is among more than are visible; how much is not saved."""
        count = len(self._changed)
        at = f"{self._index + 1} of {len(self.rules)}  " if self._cut else ""
        if not count:
            return (piece(at.rstrip(), Tone.DIM),) if at else ()
        changes = "1 change" if count == 1 else f"{count} changes"
        return (piece(at, Tone.DIM), piece(changes, Tone.LOOK), _NOT_SAVED)

    # -- what it shows ------------------------------------------------------------------------

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules as they are listed."""
        if self._stored is None:
            return ()
        return policy_draft.rules(self._stored.policy, self._wished)

    @property
    def _changed(self) -> list[Rule]:
        return [rule for rule in self.rules if rule.changed]

    def lines(self, width: int, rows: int) -> list[Line]:
        """What it is, the rules around the selected one, what that means, the keys."""
        about: list[Line] = [(Piece(text, Tone.DIM),) for text in wrap(Shown(_ABOUT), width)]
        notes: list[Line] = [(Piece(text, Tone.LOOK),) for text in self._told(width)]
        rules = self.rules
        told = [self._meaning(rule, width) for rule in rules]
        meaning = told[min(self._index, len(rules) - 1)] if rules else []
        keys = self._keys(width)
        # One row for a note at least, so that the keys stay where they are.
        foot: list[Line] = [*meaning, *(notes or [()]), *keys]
        listed = [self._row(n, rule, width) for n, rule in enumerate(rules)]
        spare = max(map(len, told), default=0) - len(meaning)
        if len(about) + 1 + len(listed) + 1 + len(foot) + spare <= rows:
            self._cut = False
            return [*about, (), *listed, (), *meaning, *[()] * spare, *foot[len(meaning) :]]
        room = max(1, rows - len(foot))
        self._cut = len(listed) > room
        top = max(0, min(self._index - room // 2, len(listed) - room))
        return [*listed[top : top + room], *foot]

    def _row(self, number: int, rule: Rule, width: int) -> Line:
        here = number == self._index
        mark = piece(f"{self._symbols.cursor} " if here else "  ", Tone.ACCENT)
        value = policy_draft.worded(rule.value) or "goes away"
        tone = Tone.LOOK if rule.changed else Tone.STRONG
        if rule.value == rule.built_in:
            tone = Tone.LOOK if rule.changed else Tone.DIM
        tail: Line = ()
        if rule.changed:
            tail = (piece(f"  was {policy_draft.worded(rule.stored) or 'not there'}", Tone.DIM),)
        elif rule.value == rule.built_in:
            tail = (piece("  as built in", Tone.DIM),)
        room = max(12, min(34, width - 32))
        name = shorten(clean(rule.title, 500), room)
        head = (mark, piece(name.ljust(room + 1), Tone.ACCENT if here else Tone.PLAIN))
        line = (*head, piece(value, tone), *tail)
        return line if length(line) <= width else (*head, piece(value, tone))

    def _meaning(self, rule: Rule, width: int) -> list[Line]:
        told = [rule.title] if len(rule.title) > 34 else []
        return [
            (Piece(text, Tone.DIM),)
            for words in (*told, rule.meaning)
            for text in wrap(clean(words, 600), width)
        ]

    def _told(self, width: int) -> list[Shown]:
        view = self._link.view
        if not view.connected:
            return wrap(clean(view.reason, 300), width)
        lost = self._stored is not None and self._stored.state == "lost"
        told = wrap(Shown(LOST), width) if lost else []
        note = self._note or (_ASKING if self._stored is None else "")
        return [*told, *(wrap(clean(note, 300), width) if note else [])]

    def _keys(self, width: int) -> list[Line]:
        back = key("Esc", "back")
        if self._stored is None or self._readonly:
            return [row(back)]
        change = key("h l", "change") if self._steps else key_off("h l", "change")
        caps = [change, key("n", "new"), key("x", self._back)]
        caps.append((key if self._changed else key_off)("s", "save", Tone.GOOD))
        if not self._link.view.unlocked and self._link.view.connected:
            caps.append(key("u", "unlock"))
        return key_rows(width, *caps, back)

    @property
    def _back(self) -> str:
        """Return what x does to the selected rule."""
        rule = self.rules[self._index]
        if rule.value == rule.built_in and rule.changed:
            return "as stored"
        return "built in" if rule.built_in else "remove"

    @property
    def _steps(self) -> bool:
        rules = self.rules
        return bool(rules) and bool(rules[self._index].built_in)

    # -- keys ---------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Go to another rule."""
        self._index = max(0, min(self._index + by, len(self.rules) - 1))
        self._say("")

    def action_step(self, by: int) -> None:
        """Give the selected rule another value."""
        if self._may() and self._steps:
            self._wish(policy_draft.stepped(self._wished, self.rules[self._index].name, by))
        elif self._may():
            self._say("This rule has no other value: x takes it away.")

    def action_put_back(self) -> None:
        """Take the rule away, or put it as it is built in, or back as it is stored."""
        if self._may() and self._stored is not None and self.rules:
            name = self.rules[self._index].name
            self._wish(policy_draft.put_back(self._stored.policy, self._wished, name))

    def action_new(self) -> None:
        """Ask for a rule."""
        if self._may():
            self.app.push_screen(RuleSheet(self._add, self._symbols))

    def action_save(self) -> None:
        """Show what changes, and ask for the PIN."""
        if not self._may() or self._stored is None:
            return
        if not self._changed:
            self._say("Nothing is changed.")
            return
        self.app.push_screen(
            PolicySaveSheet(
                self._link,
                self._stored,
                self._wished,
                self._ended,
                self._clock,
                readonly=self._readonly,
                monotonic=self._monotonic,
            )
        )

    def action_unlock(self) -> None:
        """Ask for the PIN that opens the session."""
        reason = allowance.no_unlock(self._link.view, readonly=self._readonly)
        self._say(reason)
        if not reason:
            self.app.push_screen(UnlockSheet(self._link, self._clock))

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpSheet("policy", situation=Situation(readonly=self._readonly)))

    def action_close(self) -> None:
        """Go back; a draft is dropped only at the second press."""
        if self._changed and not self._leaving:
            self._say("Nothing of this is saved. s saves it; Esc again drops it.")
            self._leaving = True
        else:
            self.dismiss(None)

    # -- what becomes of it -------------------------------------------------------------------

    def _may(self) -> bool:
        if self._readonly:
            self._say(allowance.READONLY)
        return not self._readonly and self._stored is not None

    def _add(self, kind: Kind, name: str) -> None:
        self._wish(policy_draft.added(self._wished, kind, name))
        self._index = len(self.rules) - 1
        self.repaint()

    def _wish(self, policy: Policy) -> None:
        self._wished = policy
        self._index = max(0, min(self._index, len(self.rules) - 1))
        self._say("")

    def _ended(self, review: PolicyReview) -> None:
        if review.saved is not None:
            self._stored = review.saved
            self._wish(review.saved.policy)
            self._say("Saved. It counts from now on.")
        else:
            self._ask(review)

    def _ask(self, stale: PolicyReview | None = None) -> None:
        self.app.run_worker(self._load(stale), exit_on_error=False)

    async def _load(self, stale: PolicyReview | None) -> None:
        try:
            found = await self._link.policy()
        except (WireError, ConnectionLost) as error:
            self._say(refusals.plain(error)[0])
            return
        self._stored = found
        if stale is None:
            self._wish(found.policy)
        else:
            seen, wished = stale.stored.policy, stale.wished
            self._wish(policy_draft.rebased(seen, wished, found.policy))
            self._say("Somebody saved the policy meanwhile. Read your changes again, then save.")

    def _say(self, text: str) -> None:
        self._note = text
        self._leaving = False
        self.repaint()


_NOT_SAVED = piece(" not saved", Tone.LOOK)
_ASKING = "Asking the worker."

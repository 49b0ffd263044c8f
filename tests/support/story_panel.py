"""The person at the panel: the real dashboard in a pseudo-terminal, told like a story.

`panel.press("2")`, `panel.sees("Findings")`, `panel.opens("Mail.Read")`, `panel.leaves()`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from pathlib import Path

from tests.support.demo import PIN, PROGRAM
from tests.support.terminal import Terminal

SSH = {"SSH_CONNECTION": "198.51.100.7 50000 198.51.100.1 22"}
READING = 0.7
"""Seconds: a sheet takes no proof, and no yes, in its first half second."""
_SHEET = "THE SYSTEM SAYS"
_ROWS = 60


class Panel(Terminal):
    """One panel in a terminal of 80 by 24, where a story does not say otherwise."""

    def __init__(
        self,
        root: Path,
        *options: str,
        columns: int = 80,
        rows: int = 24,
        environment: dict[str, str] | None = None,
        below: Sequence[str] = (),
    ) -> None:
        command = [*below, *PROGRAM, "--root", str(root), *options]
        super().__init__(command, columns=columns, rows=rows, environment=environment)

    # -- what is seen

    def sees(self, *patterns: str, seconds: float = 20.0) -> re.Match[str]:
        """Wait for each of these; return the last that was found."""
        found = [self.wait_for(pattern, seconds=seconds) for pattern in patterns]
        return found[-1]

    def sees_no(self, pattern: str) -> None:
        """Wait until this is gone."""
        self.wait_gone(pattern)

    @property
    def selected(self) -> str:
        """The row under the cursor, empty where there is none."""
        here = re.search(r"\u25b8([^\u2502\n]*)", self.text)
        return here[1].strip() if here else ""

    @property
    def copied(self) -> str:
        """What was sent last to the terminal's clipboard (OSC 52)."""
        told = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", self.raw)
        return base64.b64decode(told[-1]).decode() if told else ""

    # -- what is done

    def types(self, text: str) -> None:
        """Type, and end with Enter."""
        self.press(*text, "enter")

    def pastes(self, text: str) -> None:
        """Paste, as a terminal tells it (bracketed paste)."""
        self.press(f"\x1b[200~{text}\x1b[201~")

    def clicks(self, pattern: str) -> None:
        """Click on what matches, once it is there."""
        self.sees(pattern)
        for y, line in enumerate(self.text.splitlines(), 1):
            if found := re.search(pattern, line):
                at = f"0;{found.start() + 1};{y}"
                self.press(f"\x1b[<{at}M\x1b[<{at}m")
                return

    def selects(self, row: str, *, pane: str = "1") -> None:
        """Move the cursor to the row that matches, up or down, key by key."""
        self.press(pane)
        self.sees(rf"\u256d\u2500 {pane} ")
        self.sees(row)
        self.until(lambda: bool(self.selected), "a cursor")
        for _ in range(_ROWS):
            if re.search(row, self.selected):
                return
            was, key = _ageless(self.selected), "k" if self._is_above(row) else "j"
            self.press(key)
            self.until(lambda was=was: _ageless(self.selected) != was, "a move")  # type: ignore[misc]
        raise AssertionError(f"could not select {row!r}:\n{self.text}")

    def _is_above(self, row: str) -> bool:
        lines = self.text.splitlines()
        found = next((n for n, line in enumerate(lines) if re.search(row, line)), len(lines))
        return found < next((n for n, line in enumerate(lines) if "\u25b8" in line), 0)

    def finds(self, scope: str, program: str) -> None:
        """Move the cursor to a request that waits, and look at it for a moment.

        What came under the cursor by itself is not decided by a key in the same moment.
        """
        self.selects(_waiting(scope, program))
        self.reads()

    def opens(self, scope: str, program: str) -> None:
        """Open the sheet of a request that waits."""
        self.selects(_waiting(scope, program))
        self.press("enter")
        self.sees(_SHEET)

    def reads(self) -> None:
        """Leave the keys alone for a moment, as somebody who reads does."""
        self.rest(READING)

    def unlocks(self, pin: str = PIN) -> None:
        """Open the session with the PIN."""
        self.press("u")
        self.sees("PIN opens this panel")
        self.types(pin)
        self.sees_no("PIN opens this panel")
        self.sees_no("Unlock first")

    def goes_back(self, from_: str = _SHEET) -> None:
        """Leave a sheet. A key right after Escape would be read as one with Alt."""
        self.press("escape")
        self.sees_no(from_)

    def leaves(self) -> None:
        """Quit; it must end well."""
        self.press("q")
        assert self.wait_end() == 0


def _waiting(scope: str, program: str) -> str:
    """Return what the row of a request that waits looks like: it ends with how long it does."""
    return rf"{re.escape(scope)} +{re.escape(program[:12])}\S* +\d"


def _ageless(row: str) -> str:
    """Return a row without what time alone changes."""
    return re.sub(r"\d+ (s|min)", "", row)

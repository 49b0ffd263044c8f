"""Ten thousand hostile texts in every field of the panel, through a real terminal."""

from __future__ import annotations

import json
import re
import sys
from contextlib import closing
from pathlib import Path

from tests.support.fault_table import Rows
from tests.support.hostile_texts import MARK, foreign
from tests.support.sizes import sizes
from tests.support.terminal import Terminal

SCRIPT = Path(__file__).parents[1] / "support" / "hostile_panel.py"
LIST_ROWS = 36
OURS = re.compile(r"\x1b(\[[0-9;:?<=>]*[ $]?[A-Za-z]|[78=>]|\]22;[a-z-]*\x07)")
"""What the panel itself says to a terminal; a hostile one carries MARK, or is of no such kind."""


def foreign_sequences(raw: bytes) -> list[str]:
    """Return what reached the terminal and was not the panel's own."""
    text = raw.decode("utf-8")  # strict: raw C1 bytes would be no UTF-8
    found = [match[0] for match in OURS.finditer(text) if MARK in match[0]]
    for one in re.finditer(r"[^ -~\r\n]", OURS.sub("", text)):
        if foreign(one[0]):
            found.append(repr(one.string[max(0, one.start() - 20) : one.end() + 40]))
    return found


@sizes(36, 10_000)
def test_no_text_acts_on_the_terminal(folder: Path, table: Rows, rounds: int) -> None:
    command = [sys.executable, "-B", str(SCRIPT), str(folder), str(rounds), "12", str(LIST_ROWS)]
    with closing(Terminal(command, columns=120, rows=LIST_ROWS + 14)) as terminal:
        terminal.drawing = False
        found: list[str] = []
        looked = 0
        while not (folder / "report.json").exists():
            terminal.pump(0.2)
            if len(terminal.raw) > 4_000_000:  # keep what may be cut in the middle
                at = terminal.raw.rfind(b"\x1b", 0, -1000)
                found += foreign_sequences(bytes(terminal.raw[:at]))
                del terminal.raw[:at]
            if (folder / f"at{looked + 1}").exists():
                looked += 1
                if looked == 1:
                    look_at_the_sheet(terminal)
                (folder / f"go{looked}").touch()
        code = terminal.wait_end(seconds=30)
        found += foreign_sequences(bytes(terminal.raw))
    report = json.loads((folder / "report.json").read_text())
    table("hostile texts in every field of panes and sheets", report["texts"], rounds)
    table("foreign sequences and characters at the terminal", len(found), 0)
    table("actions they caused", len(report["asked"]), 0)
    assert found == []
    assert report == {"asked": [], "texts": rounds, "trouble": ""}
    assert code == 0


def look_at_the_sheet(terminal: Terminal) -> None:
    """The labels of what the system says stand below each other, where they always stand."""
    terminal.drawing = True
    terminal.resize(119, LIST_ROWS + 14)
    top = terminal.wait_for("(?m)^(.*)THE SYSTEM SAYS")
    terminal.settle()
    at = len(top[1]) + 2
    starts = [line[at : at + 10].strip() for line in terminal.text.splitlines()]
    for label in ("program", "signed", "process", "user"):
        assert any(start.split(" ")[0] == label for start in starts), terminal.text
    terminal.drawing = False

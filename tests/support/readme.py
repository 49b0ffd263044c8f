"""The README's key table, made from the program's own. Run as a module to write it anew."""

from __future__ import annotations

import re
from pathlib import Path

from entraclaw_tui.dashboard.actions import table

README = Path(__file__).parents[2] / "README.md"
_PART = re.compile(r"(<!-- keys:[^\n]*-->\n)(.*?)(<!-- end of keys -->)", re.S)


def current() -> str:
    """The table as the README has it."""
    found = _PART.search(README.read_text(encoding="utf-8"))
    assert found is not None, "the README has lost the marks around its key table"
    return found[2].strip()


def wanted() -> str:
    """The table as the program would print it."""
    return table().strip()


def write() -> None:
    """Put the program's table into the README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(_PART.sub(lambda m: f"{m[1]}\n{wanted()}\n\n{m[3]}", text), encoding="utf-8")


if __name__ == "__main__":
    write()

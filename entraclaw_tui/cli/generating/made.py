"""What is made: a text, and what to do with it."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass

from entraclaw_tui.text import clean


class Refused(Exception):
    """This cannot be made. The message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file's text without comments, and the notes that belong with it."""

    kind: str
    text: str
    notes: tuple[str, ...]
    comment: str
    """How the format begins a comment: `#`, `;;`, `<!--`, or empty where it takes none."""

    def __str__(self) -> str:
        """Return the text with the notes in it, where the format takes comments."""
        if self.comment == "<!--":
            head, _, rest = self.text.partition("<plist")
            # Two hyphens in a row would end the comment (XML 1.0, 2.5).
            told = "\n".join(f"  {clean(n, 1000)}" for n in self.notes).replace("--", "- -")
            return f"{head}<!--\n{told}\n-->\n<plist{rest}"
        if self.comment:
            return "".join(f"{self.comment} {clean(n, 1000)}\n" for n in self.notes) + self.text
        return self.text


def as_plist(value: dict[str, object]) -> str:
    """Return a property list as XML text."""
    return plistlib.dumps(value, sort_keys=False).decode()

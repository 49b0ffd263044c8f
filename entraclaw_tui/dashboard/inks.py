"""What each tone looks like in the theme that is worn.

Taken from the theme's variables at once: a style sheet would work out fourteen times over, for
each bar and pane, what is the same for all of them, and the first picture would wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from rich.style import Style
from textual.color import Color

from entraclaw_tui.dashboard.lines import Tone


class Ink(StrEnum):
    """What is drawn and is no text."""

    CURSOR = "cursor"
    AWAY = "away"
    THUMB = "thumb"


# Foreground, background and weight; the colors are variables `tone-...` of the theme.
_RECIPES: dict[str, tuple[str, str, bool]] = {
    Tone.PLAIN: ("plain", "", False),
    Tone.DIM: ("dim", "", False),
    Tone.STRONG: ("strong", "", True),
    Tone.GOOD: ("good", "", False),
    Tone.LOOK: ("look", "", False),
    Tone.BAD: ("bad", "", False),
    Tone.ACCENT: ("accent", "", True),
    Tone.KEY: ("cursor-text", "accent", True),
    Tone.ALERT: ("chip-text", "look", True),
    Tone.BADGE: ("chip-text", "good", True),
    Tone.HIT: ("chip-text", "look", True),
    Ink.CURSOR: ("cursor-text", "cursor", True),
    Ink.AWAY: ("", "cursor-away", False),
    Ink.THUMB: ("frame", "", False),
}


class Inks(dict[str, Style]):
    """A style for every tone and ink."""

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Self:
        """Return the inks of a theme, by its variables."""

        def color(name: str) -> Color | None:
            return Color.parse(variables[f"tone-{name}"]) if name else None

        inks = cls()
        for name, (text, ground, bold) in _RECIPES.items():
            front, back = color(text), color(ground)
            inks[name] = Style(
                color=front.rich_color if front else None,
                bgcolor=back.rich_color if back else None,
                bold=True if bold else None,
                # Where there is no color the line below it still shows a hit.
                underline=True if name == Tone.HIT else None,
            )
        return inks

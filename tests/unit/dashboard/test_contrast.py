"""Every theme of our own can be read: text against its ground, by the measure of WCAG 2.1."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from entraclaw_tui.dashboard.theme import CONTRAST, DARK, LIGHT

TEXTS = ("plain", "dim", "strong", "good", "look", "bad", "accent")
CHIPS = (("cursor-text", "cursor"), ("cursor-text", "accent"), ("chip-text", "look"))


def luminance(color: Color) -> float:
    """WCAG 2.1: the relative luminance of an sRGB color."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def against(theme: Theme, text: str, ground: str) -> float:
    front, back = (Color.parse(theme.variables[f"tone-{name}"]) for name in (text, ground))
    low, high = sorted((luminance(front), luminance(back)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("theme", "least"), [(DARK, 4.5), (LIGHT, 4.5), (CONTRAST, 7.0)], ids=lambda v: str(v)[:20]
)
def test_text_can_be_read(theme: Theme, least: float) -> None:
    for ground in ("ground", "raised"):
        for text in TEXTS:
            assert against(theme, text, ground) >= least, (text, ground)
    for text, ground in CHIPS:
        assert against(theme, text, ground) >= least, (text, ground)
    for text in TEXTS:
        assert against(theme, text, "cursor-away") >= min(least, 3.5), text

"""The looks: dark, light, high contrast, and two that follow the terminal's own palette."""

from __future__ import annotations

from textual.theme import Theme

DEFAULT = "dark"


def _theme(name: str, dark: bool, tones: dict[str, str], ansi: bool = False) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        ansi=ansi,
        primary=tones["accent"],
        secondary=tones["accent"],
        accent=tones["accent"],
        warning=tones["look"],
        error=tones["bad"],
        success=tones["good"],
        foreground=tones["plain"],
        background=tones["ground"],
        surface=tones["raised"],
        panel=tones["raised"],
        boost=tones["raised"],
        variables={
            **{f"tone-{tone}": color for tone, color in tones.items()},
            # Textual's own styles ask for these two in an ANSI theme.
            "ansi-background": "ansi_black" if dark else "ansi_white",
            "ansi-foreground": "ansi_white" if dark else "ansi_black",
            "border": tones["accent"],
            "border-blurred": tones["frame"],
            "block-cursor-foreground": tones["cursor-text"],
            "block-cursor-background": tones["cursor"],
            "input-cursor-background": tones["plain"],
            "input-cursor-foreground": tones["ground"],
            "input-selection-background": tones["cursor"],
            "footer-background": tones["raised"],
            "scrollbar": tones["frame"],
            "scrollbar-hover": tones["dim"],
            "scrollbar-active": tones["accent"],
            "scrollbar-background": tones["ground"],
            "scrollbar-background-hover": tones["ground"],
            "scrollbar-background-active": tones["ground"],
            "scrollbar-corner-color": tones["ground"],
        },
    )


DARK = _theme(
    "dark",
    True,
    {
        "plain": "#c8d0e8",
        "dim": "#7f88aa",
        "strong": "#eef1fb",
        "good": "#9ccf68",
        "look": "#e3b068",
        "bad": "#f7768e",
        "accent": "#7aa2f7",
        "ground": "#10121a",
        "raised": "#1c2031",
        "frame": "#3a4058",
        "cursor": "#7aa2f7",
        "cursor-text": "#10121a",
        "chip-text": "#10121a",
        "cursor-away": "#252b40",
    },
)

LIGHT = _theme(
    "light",
    False,
    {
        "plain": "#2b3044",
        "dim": "#596080",
        "strong": "#0e1222",
        "good": "#28701a",
        "look": "#835200",
        "bad": "#b3123a",
        "accent": "#2856b8",
        "ground": "#fbfbfd",
        "raised": "#e6e9f2",
        "frame": "#b9bfd2",
        "cursor": "#2856b8",
        "cursor-text": "#ffffff",
        "chip-text": "#ffffff",
        "cursor-away": "#dbe2f3",
    },
)

CONTRAST = _theme(
    "contrast",
    True,
    {
        "plain": "#ffffff",
        "dim": "#d0d0d0",
        "strong": "#ffffff",
        "good": "#7dff7d",
        "look": "#ffe14d",
        "bad": "#ff9a9a",
        "accent": "#8fd3ff",
        "ground": "#000000",
        "raised": "#000000",
        "frame": "#ffffff",
        "cursor": "#ffff00",
        "cursor-text": "#000000",
        "chip-text": "#000000",
        "cursor-away": "#3d3d00",
    },
)
"""Every text at 7:1 or more against what is behind it (WCAG 2.1, 1.4.6)."""

_ANSI = {
    "plain": "ansi_default",
    "strong": "ansi_default",
    "good": "ansi_green",
    "look": "ansi_yellow",
    "bad": "ansi_red",
    "accent": "ansi_blue",
    "ground": "ansi_default",
    "raised": "ansi_default",
    "cursor": "ansi_blue",
    "chip-text": "ansi_black",
    "cursor-away": "ansi_default",
}

ANSI_DARK = _theme(
    "ansi-dark",
    True,
    {
        **_ANSI,
        "dim": "ansi_bright_black",
        "frame": "ansi_bright_black",
        "cursor-text": "ansi_bright_white",
    },
    ansi=True,
)

ANSI_LIGHT = _theme(
    "ansi-light",
    False,
    {
        **_ANSI,
        "dim": "ansi_bright_black",
        "frame": "ansi_white",
        "cursor-text": "ansi_bright_white",
    },
    ansi=True,
)

THEMES = (DARK, LIGHT, CONTRAST, ANSI_DARK, ANSI_LIGHT)


def chosen(name: str) -> str:
    """Return the theme that a name on the command line means; the dark one where it means none.

    `ansi` follows the terminal's palette, and so looks right on a light one as well.
    """
    names = {theme.name for theme in THEMES}
    asked = "ansi-dark" if name == "ansi" else name
    return asked if asked in names else DEFAULT

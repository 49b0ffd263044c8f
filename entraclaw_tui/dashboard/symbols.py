"""The few signs that the screen uses, in one place, with plain ones for terminals without them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Symbols(msgspec.Struct, frozen=True):
    """Signs of one column each, none of ambiguous width in the fonts that terminals use."""

    fine: str = "\u25cf"
    look: str = "\u25b2"
    bad: str = "\u2717"
    nothing: str = "\u2013"
    cursor: str = "\u25b8"
    mark: str = "\u2713"
    ellipsis: str = "\u2026"
    dot: str = "\u00b7"
    arrow: str = "\u2192"
    less: str = "\u2190"
    both: str = "\u2588"
    upper: str = "\u2580"
    lower: str = "\u2584"
    """The halves of a cell, for a QR code; where there are none it is left out."""
    bars: tuple[str, ...] = tuple("\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588")
    """From low to high."""
    plain: bool = False


PLAIN = Symbols(
    fine="*",
    look="!",
    bad="x",
    nothing="-",
    cursor=">",
    mark="+",
    ellipsis="~",
    dot="-",
    arrow=">",
    less="<",
    both="#",
    upper="'",
    lower=",",
    bars=tuple("_.,-~=+#"),
    plain=True,
)


def symbols_for(environment: Mapping[str, str], encoding: str) -> Symbols:
    """Return the signs this terminal can show.

    The Linux console's font has 256 signs and lacks most; anything but UTF-8 has none of them.
    """
    if environment.get("TERM") == "linux" or encoding.lower().replace("-", "") != "utf8":
        return PLAIN
    return Symbols()

"""A QR code in block characters: two rows of modules in one row of text (ISO/IEC 18004, by segno).

Dark on light whatever the theme, with the quiet zone that readers need around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.text import Shown

QUIET: Final = 2
"""Modules of light around it. The standard asks for four; telephones are content with two."""


def rows(text: str, symbols: Symbols) -> list[Shown]:
    """Return the rows of the code for `text`; none where the terminal has no such characters."""
    if symbols.plain:
        return []
    import segno

    code = segno.make(text, error="l", micro=False, boost_error=False)
    modules = [[bool(dark) for dark in line] for line in code.matrix_iter(border=QUIET)]
    if len(modules) % 2:
        modules.append([False] * len(modules[0]))
    return [
        _row(upper, lower, symbols)
        for upper, lower in zip(modules[::2], modules[1::2], strict=True)
    ]


def _row(upper: Sequence[bool], lower: Sequence[bool], symbols: Symbols) -> Shown:
    signs = {
        (True, True): symbols.both,
        (True, False): symbols.upper,
        (False, True): symbols.lower,
        (False, False): " ",
    }
    return Shown("".join(signs[pair] for pair in zip(upper, lower, strict=True)))

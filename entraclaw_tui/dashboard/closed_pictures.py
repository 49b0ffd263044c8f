"""Lets go of the pictures of sheets that were closed.

Textual 8.2 remembers 1,024 colors by the object that paints a widget (an `lru_cache` around the
method `StylesCache.get_inner_outer`), and with each of these objects the widget's whole picture: a
closed sheet's is some 200 kB. A panel that is open for weeks would carry hundreds of them.
"""

from __future__ import annotations

from textual._styles_cache import StylesCache


def forget() -> None:
    """Forget what is remembered; what is still on the screen remembers itself anew."""
    StylesCache.get_inner_outer.cache_clear()

"""Containers that never scroll, and so never ask for a second layout."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.reactive import Reactive


class Column(Vertical):
    """Panes above each other."""

    virtual_size = Reactive(Size(0, 0), layout=False)


class Columns(Horizontal):
    """Columns beside each other."""

    virtual_size = Reactive(Size(0, 0), layout=False)

"""The console's screen of a pretend Mac: locked or not."""

from __future__ import annotations

from entraclaw_tui.demo.mac.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:  # ioreg starts with this module
    from entraclaw_tui.demo.mac.activation import HasRoot


def lock(host: HasRoot) -> None:
    """Lock the screen."""
    Layout(host.root).screen.write_text("locked\n", "ascii")


def unlock(host: HasRoot) -> None:
    """Unlock the screen."""
    Layout(host.root).screen.write_text("unlocked\n", "ascii")


def locked(layout: Layout) -> bool:
    """Return whether the screen is locked; it begins unlocked."""
    try:
        return layout.screen.read_text("ascii").strip() == "locked"
    except FileNotFoundError:
        return False

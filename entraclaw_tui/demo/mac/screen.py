"""The console's screen of a pretend Mac: locked or not."""

from __future__ import annotations

from entraclaw_tui.demo.mac.lean import SCREEN, Folder, read, write

TYPE_CHECKING = False
if TYPE_CHECKING:  # ioreg starts with this module
    from entraclaw_tui.demo.mac.activation import HasRoot


def lock(host: HasRoot) -> None:
    """Lock the screen."""
    write(Folder(str(host.root)).at(SCREEN), b"locked\n")


def unlock(host: HasRoot) -> None:
    """Unlock the screen."""
    write(Folder(str(host.root)).at(SCREEN), b"unlocked\n")


def locked(mac: Folder) -> bool:
    """Return whether the screen is locked; it begins unlocked."""
    try:
        return read(mac.at(SCREEN)) == b"locked\n"
    except FileNotFoundError:
        return False

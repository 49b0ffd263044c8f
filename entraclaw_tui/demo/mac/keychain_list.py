"""Which keychains an account searches, and which one is its default."""

from __future__ import annotations

from entraclaw_tui.demo.mac.lean import PRETEND, SYSTEM_KEYCHAIN, exists, read, write

TYPE_CHECKING = False
if TYPE_CHECKING:  # the security tool starts with this module
    from entraclaw_tui.demo.mac.lean import Folder

_SEARCHED = PRETEND + "/keychains"
_DEFAULT = PRETEND + "/default-keychain"


def searched(mac: Folder) -> list[str]:
    """Return the account's search list; the keychain of the whole Mac is always the last."""
    return [*_own(mac), mac.at(SYSTEM_KEYCHAIN)]


def search(mac: Folder, paths: list[str]) -> None:
    """Set the account's search list."""
    system = mac.at(SYSTEM_KEYCHAIN)
    _store(mac.at(_SEARCHED), [path for path in paths if path != system])


def default(mac: Folder) -> str:
    """Return the default keychain."""
    kept = _lines(mac.at(_DEFAULT))
    return kept[0] if kept else mac.login_keychain


def make_default(mac: Folder, path: str) -> None:
    """Set the default keychain."""
    _store(mac.at(_DEFAULT), [path])


def forget(mac: Folder, path: str) -> None:
    """Take a keychain that was deleted out of the search list."""
    if path in _own(mac):
        search(mac, [one for one in _own(mac) if one != path])


def named(mac: Folder, name: str) -> str:
    """Return the file that a command line names.

    A bare name lies in the account's folder, and a file there ends in `-db` (since 10.12).
    """
    folder = mac.login_keychain.rpartition("/")[0]
    path = name if "/" in name else f"{folder}/{name}"
    if not path.startswith(folder + "/") or path.endswith("-db") or exists(path):
        return path
    return path + "-db"


def _own(mac: Folder) -> list[str]:
    kept = mac.at(_SEARCHED)
    return _lines(kept) if exists(kept) else [mac.login_keychain]


def _lines(path: str) -> list[str]:
    try:
        return read(path).decode("utf-8", "surrogateescape").splitlines()
    except FileNotFoundError:
        return []


def _store(path: str, lines: list[str]) -> None:
    write(path, "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))

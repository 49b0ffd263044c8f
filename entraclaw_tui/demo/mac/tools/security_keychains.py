"""security's commands about keychains: made, deleted, locked, searched."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import dialogs, keychain_list
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.lean import exists
from entraclaw_tui.demo.mac.osstatus import (
    DUPLICATE_KEYCHAIN,
    INTERACTION_NOT_ALLOWED,
    NO_SUCH_KEYCHAIN,
    USER_CANCELED,
    KeychainStatus,
)
from entraclaw_tui.demo.mac.tools.options import UsageError, Words
from entraclaw_tui.demo.mac.tools.security_words import complain, searched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_NO_DEFAULT = -25307
_NEW_POLICY = "lock-on-sleep timeout=300s"
"""When a keychain that `create-keychain` made locks itself."""


def create(mac: Folder, arguments: list[str]) -> int:
    """Make keychains; they are not searched until somebody says so."""
    words = Words(arguments, "P", "p")
    if not words.rest:
        raise UsageError
    for name in words.rest:
        keychain = PretendKeychain(keychain_list.named(mac, name))
        if keychain.exists:
            return complain(f"SecKeychainCreate {name}", DUPLICATE_KEYCHAIN)
        try:
            keychain.create(_password(words, f"password for new keychain: {name}"))
        except OSError:
            return complain(f"SecKeychainCreate {name}", NO_SUCH_KEYCHAIN)
        keychain.set_policy(_NEW_POLICY)
    return 0


def delete(mac: Folder, arguments: list[str]) -> int:
    """Delete keychains and forget them in the search list."""
    status = 0
    for name in Words(arguments, "", "").rest or _default_alone(mac):
        path = keychain_list.named(mac, name)
        try:
            PretendKeychain(path).remove()
        except KeychainStatus as error:
            status = complain("SecKeychainDelete", error.status)
        keychain_list.forget(mac, path)
    return status


def settings(mac: Folder, arguments: list[str]) -> int:
    """Say when a keychain locks itself; without options never."""
    words = Words(arguments, "lu", "t")
    timeout = words.values.get("t", "")
    if timeout and not timeout.isdigit():
        raise UsageError
    parts = ["lock-on-sleep"] if "l" in words.flags else []
    parts.append(f"timeout={timeout or 300}s" if timeout or "u" in words.flags else "no-timeout")
    name, keychain = _named(mac, words.rest)
    try:
        keychain.set_policy(" ".join(parts))
    except KeychainStatus as error:
        return complain(f"SecKeychainSetSettings {name}", error.status)
    return 0


def show(mac: Folder, arguments: list[str]) -> int:
    """Tell when a keychain locks itself, on standard error. A locked one asks in a dialog."""
    name, keychain = _named(mac, Words(arguments, "", "").rest)
    try:
        if not keychain.locked:
            sys.stderr.write(f'Keychain "{name}" {keychain.policy}\n')
            return 0
    except KeychainStatus:
        return complain(f"SecKeychainCopySettings {name}", NO_SUCH_KEYCHAIN)
    status = INTERACTION_NOT_ALLOWED
    if dialogs.at_desktop(mac):
        dialogs.show(mac, "security", f"wants to use the {name} keychain")
        status = USER_CANCELED
    return complain(f"SecKeychainCopySettings {name}", status)


def lock(mac: Folder, arguments: list[str]) -> int:
    """Lock one keychain, or with -a all that are searched."""
    words = Words(arguments, "a", "")
    if "a" in words.flags:
        for one in searched(mac, []):
            one.lock()
        return 0
    name, keychain = _named(mac, words.rest)
    try:
        keychain.lock()
    except KeychainStatus as error:
        return complain(f"SecKeychainLock {name}", error.status)
    return 0


def unlock(mac: Folder, arguments: list[str]) -> int:
    """Unlock a keychain; without -p the password is asked for on a terminal."""
    words = Words(arguments, "u", "p")
    name, keychain = _named(mac, words.rest)
    try:
        keychain.unlock(_password(words, f"password to unlock {keychain.name}"))
    except KeychainStatus as error:
        return complain(f"SecKeychainUnlock {name}", error.status)
    return 0


def listed(mac: Folder, arguments: list[str]) -> int:
    """Print the search list, or set it with -s."""
    words = Words(arguments, "s", "d")
    if "s" in words.flags:
        keychain_list.search(mac, [keychain_list.named(mac, name) for name in words.rest])
        return 0
    if words.rest:
        raise UsageError
    for path in keychain_list.searched(mac):
        sys.stdout.write(f'    "{path}"\n')
    return 0


def default(mac: Folder, arguments: list[str]) -> int:
    """Print the default keychain, or set it with -s."""
    words = Words(arguments, "s", "d")
    if "s" in words.flags:
        if len(words.rest) != 1:
            raise UsageError
        keychain_list.make_default(mac, keychain_list.named(mac, words.rest[0]))
        return 0
    if words.rest:
        raise UsageError
    path = keychain_list.default(mac)
    if not exists(path):
        return complain("SecKeychainCopyDomainDefault user", _NO_DEFAULT)
    sys.stdout.write(f'    "{path}"\n')
    return 0


def _named(mac: Folder, rest: list[str]) -> tuple[str, PretendKeychain]:
    """Return how messages name a keychain, and the keychain."""
    if rest:
        return rest[0], PretendKeychain(keychain_list.named(mac, rest[0]))
    return "<NULL>", PretendKeychain(keychain_list.default(mac))


def _default_alone(mac: Folder) -> list[str]:
    return [keychain_list.default(mac)]


def _password(words: Words, prompt: str) -> str:
    given = words.values.get("p")
    if given is None and sys.stdin.isatty():
        from getpass import getpass

        given = getpass(f"{prompt}: ")
    return given or ""

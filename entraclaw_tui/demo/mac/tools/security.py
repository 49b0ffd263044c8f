"""security: the keychain commands, to the byte, the stream and the exit code."""

from __future__ import annotations

import sys
import time

from entraclaw_tui.demo.mac.keychain import SECURITY, PretendKeychain
from entraclaw_tui.demo.mac.keychain_item import Item
from entraclaw_tui.demo.mac.keychain_text import (
    access_text,
    buffer,
    item_text,
    secret_text,
)
from entraclaw_tui.demo.mac.lean import DIALOGS, SYSTEM_KEYCHAIN, exists
from entraclaw_tui.demo.mac.osstatus import (
    AUTH_FAILED,
    INTERACTION_NOT_ALLOWED,
    ITEM_NOT_FOUND,
    MESSAGES,
    NO_SUCH_KEYCHAIN,
    KeychainStatus,
)
from entraclaw_tui.demo.mac.tools.options import UsageError, Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_DIALOG = 120.0
"""Seconds after which a dialog that nobody sees counts as canceled."""
_CANCELED = -128


def main(mac: Folder, arguments: list[str]) -> int:
    """Run one command; the exit status is the low byte of its OSStatus."""
    while arguments and arguments[0] in ("-q", "-v"):
        arguments = arguments[1:]
    commands = {
        "add-generic-password": _add,
        "default-keychain": _default,
        "delete-generic-password": _delete,
        "dump-keychain": _dump,
        "error": _error,
        "find-generic-password": _find,
        "find-identity": _identity,
        "list-keychains": _list,
        "lock-keychain": _lock,
        "login-keychain": _default,
        "show-keychain-info": _show,
        "unlock-keychain": _unlock,
    }
    name = arguments[0] if arguments else ""
    if name not in commands:
        if name:
            sys.stderr.write(f'security: unknown command "{name}"\n')
        sys.stderr.write("Usage: security [-hilqv] [-p prompt] [command] [opt ...]\n")
        sys.stderr.write("".join(f"    {command}\n" for command in commands))
        return 1
    try:
        return commands[name](mac, arguments[1:]) & 0xFF
    except UsageError:
        sys.stderr.write(f"Usage: {name} [options...] [keychain...]\n")
        return 2


def _keychain(mac: Folder, rest: list[str]) -> PretendKeychain:
    return PretendKeychain(rest[0] if rest else mac.login_keychain)


def _searched(mac: Folder, rest: list[str]) -> list[PretendKeychain]:
    paths = rest or [mac.login_keychain, mac.at(SYSTEM_KEYCHAIN)]
    return [keychain for keychain in map(PretendKeychain, paths) if keychain.exists]


def _matching(mac: Folder, words: Words) -> list[tuple[PretendKeychain, Item]]:
    wanted = [words.values.get(letter) for letter in "sal"]
    return [
        (keychain, item)
        for keychain in _searched(mac, words.rest)
        for item in keychain.find(*wanted)
    ]


def _say(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _complain(function: str, status: int) -> int:
    sys.stderr.write(f"security: {function}: {MESSAGES.get(status, 'Unknown Error')}\n")
    return status


def _dump(mac: Folder, arguments: list[str]) -> int:
    words = Words(arguments, "adir", "")
    for keychain in _searched(mac, words.rest):
        try:
            items = keychain.items()
        except KeychainStatus as error:
            _complain("SecKeychainSearchCopyNext", error.status)
            continue
        for item in items:
            text = item_text(keychain, item)
            if "d" in words.flags:
                text += b"data:\n" + buffer(_secret(mac, keychain, item)) + b"\n"
            if words.flags & {"a", "i"}:
                text += access_text(mac, item)
            _say(text)
    return 0


def _find(mac: Folder, arguments: list[str]) -> int:
    words = Words(arguments, "gw", "acCDGjls")
    found = _matching(mac, words)
    if not found:
        return _complain("SecKeychainSearchCopyNext", ITEM_NOT_FOUND)
    keychain, item = found[0]
    try:
        secret = _secret(mac, keychain, item) if words.flags & {"g", "w"} else b""
    except KeychainStatus as error:
        # Neither a message nor the attributes (keychain_find.c).
        return error.status
    if "w" in words.flags:
        _say(secret_text(secret) + b"\n")
        return 0
    _say(item_text(keychain, item))
    if "g" in words.flags:
        sys.stderr.buffer.write(b"password: " + buffer(secret) + b"\n")
    return 0


def _secret(mac: Folder, keychain: PretendKeychain, item: Item) -> bytes:
    try:
        return keychain.read(item, SECURITY)
    except KeychainStatus as error:
        if error.status != AUTH_FAILED:
            raise
    # On a Mac a dialog stands on the console's screen now and the tool waits for its answer.
    from entraclaw_tui.demo.mac.tools.notes import note

    name = item.label.decode("utf-8", "backslashreplace")
    note(mac.at(DIALOGS), {"program": "security", "script": f"wants to use {name}"})
    time.sleep(_DIALOG)
    raise KeychainStatus(_CANCELED)


def _add(mac: Folder, arguments: list[str]) -> int:
    words = Words(arguments, "AU", "acCDGjlspTwX")
    service, account = words.values.get("s", ""), words.values.get("a", "")
    keychain = _keychain(mac, words.rest)
    where = f"SecKeychainItemCreateFromContent ({words.rest[0] if words.rest else '<default>'})"
    try:
        secret = _given(words)
    except ValueError:
        raise UsageError from None
    reader = words.values.get("T", "")
    try:
        if "U" in words.flags and (old := keychain.find(service, account)):
            keychain.update(old[0], secret, creator=reader or SECURITY)
            return 0
        keychain.add(
            service,
            account,
            secret,
            creator=reader or SECURITY,
            partition="apple-tool:",
            label=words.values.get("l"),
            kind=words.values.get("D"),
            comment=words.values.get("j"),
            generic=words.values.get("G"),
            creator_code=words.values.get("c"),
            type_code=words.values.get("C"),
            open_to_all="A" in words.flags,
        )
    except KeychainStatus as error:
        return _complain(where, error.status)
    return 0


def _given(words: Words) -> bytes:
    """Return the secret: an option's, or asked for twice on the terminal."""
    if "X" in words.values:
        return bytes.fromhex(words.values["X"])
    for letter in "wp":
        if letter in words.values:
            return words.values[letter].encode("utf-8", "surrogateescape")
    if "w" not in words.flags:
        return b""
    from getpass import getpass

    first = getpass("password data for new item: ")
    if getpass("retype password for new item: ") != first:
        raise ValueError("the two do not match")
    return first.encode()


def _delete(mac: Folder, arguments: list[str]) -> int:
    words = Words(arguments, "", "acCDGjls")
    found = _matching(mac, words)
    if not found:
        return _complain("SecKeychainSearchCopyNext", ITEM_NOT_FOUND)
    keychain, item = found[0]
    _say(item_text(keychain, item))
    status = 0
    try:
        keychain.delete(item, SECURITY)
    except KeychainStatus as error:
        status = _complain("SecKeychainItemDelete", error.status)
    # Said even where the deletion failed (keychain_delete.c).
    sys.stderr.write("password has been deleted.\n")
    return status


def _show(mac: Folder, arguments: list[str]) -> int:
    rest = Words(arguments, "", "").rest
    name = rest[0] if rest else "<NULL>"
    keychain = _keychain(mac, rest)
    try:
        locked = keychain.locked
    except KeychainStatus:
        return _complain(f"SecKeychainCopySettings {name}", NO_SUCH_KEYCHAIN)
    if locked:
        return _complain(f"SecKeychainCopySettings {name}", INTERACTION_NOT_ALLOWED)
    sys.stderr.write(f'Keychain "{name}" no-timeout\n')
    return 0


def _list(mac: Folder, arguments: list[str]) -> int:
    if Words(arguments, "", "d").rest:
        raise UsageError
    for path in (mac.login_keychain, mac.at(SYSTEM_KEYCHAIN)):
        sys.stdout.write(f'    "{path}"\n')
    return 0


def _default(mac: Folder, arguments: list[str]) -> int:
    if Words(arguments, "", "d").rest:
        raise UsageError
    if not exists(mac.login_keychain):
        return _complain("SecKeychainCopyDomainDefault user", -25307)
    sys.stdout.write(f'    "{mac.login_keychain}"\n')
    return 0


def _lock(mac: Folder, arguments: list[str]) -> int:
    rest = Words(arguments, "a", "").rest
    try:
        _keychain(mac, rest).lock()
    except KeychainStatus as error:
        return _complain(f"SecKeychainLock {rest[0] if rest else '<NULL>'}", error.status)
    return 0


def _unlock(mac: Folder, arguments: list[str]) -> int:
    words = Words(arguments, "u", "p")
    keychain = _keychain(mac, words.rest)
    password = words.values.get("p")
    if password is None:
        password = ""
        if sys.stdin.isatty():
            from getpass import getpass

            password = getpass(f"password to unlock {keychain.path}: ")
    try:
        keychain.unlock(password)
    except KeychainStatus as error:
        name = words.rest[0] if words.rest else "<NULL>"
        return _complain(f"SecKeychainUnlock {name}", error.status)
    return 0


def _error(mac: Folder, arguments: list[str]) -> int:
    for word in arguments:
        try:
            number = int(word, 0)
        except ValueError:
            raise UsageError from None
        number -= (number > 0x7FFFFFFF) << 32
        text = MESSAGES.get(number, f"OSStatus {number}")
        sys.stdout.write(f"Error: 0x{number & 0xFFFFFFFF:08X} {number} {text}\n")
    return 1


def _identity(mac: Folder, arguments: list[str]) -> int:
    valid = "v" in Words(arguments, "v", "ps").flags
    if not valid:
        sys.stdout.write("Policy: X.509 Basic\n  Matching identities\n     0 identities found\n\n")
        sys.stdout.write("  Valid identities only\n")
    sys.stdout.write("     0 valid identities found\n")
    return 0

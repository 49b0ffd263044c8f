"""security's commands about items: generic and internet passwords."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import dialogs, keychain_list
from entraclaw_tui.demo.mac.keychain import SECURITY, PretendKeychain
from entraclaw_tui.demo.mac.keychain_item import Item
from entraclaw_tui.demo.mac.keychain_text import access_text, buffer, item_text, secret_text
from entraclaw_tui.demo.mac.osstatus import (
    AUTH_FAILED,
    ITEM_NOT_FOUND,
    USER_CANCELED,
    KeychainStatus,
)
from entraclaw_tui.demo.mac.tools.options import UsageError, Words
from entraclaw_tui.demo.mac.tools.security_words import complain, say, searched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_GENERIC = "acCDGjls"
_INTERNET = "acCdDjlpPrst"
_ORDER = "sdrtPp"
"""The options of an internet password's own attributes, in the order they are kept."""


def dump(mac: Folder, arguments: list[str]) -> int:
    """Print all items; a secret that is refused stops its item alone."""
    words = Words(arguments, "adir", "")
    for keychain in searched(mac, words.rest):
        try:
            items = keychain.items()
        except KeychainStatus as error:
            complain("SecKeychainSearchCopyNext", error.status)
            continue
        for item in items:
            text = item_text(keychain, item)
            if "d" in words.flags:
                try:
                    text += b"data:\n" + buffer(_secret(mac, keychain, item)) + b"\n"
                except KeychainStatus as error:
                    say(text)
                    complain("SecKeychainItemCopyContent", error.status)
                    continue
            if words.flags & {"a", "i"}:
                text += access_text(mac, item)
            say(text)
    return 0


def find(mac: Folder, arguments: list[str]) -> int:
    """Find a generic password."""
    return _find(mac, Words(arguments, "gw", _GENERIC), internet=False)


def find_internet(mac: Folder, arguments: list[str]) -> int:
    """Find an internet password."""
    return _find(mac, Words(arguments, "gw", _INTERNET), internet=True)


def delete(mac: Folder, arguments: list[str]) -> int:
    """Delete a generic password."""
    return _delete(mac, Words(arguments, "", _GENERIC), internet=False)


def delete_internet(mac: Folder, arguments: list[str]) -> int:
    """Delete an internet password."""
    return _delete(mac, Words(arguments, "", _INTERNET), internet=True)


def add(mac: Folder, arguments: list[str]) -> int:
    """Add a generic password."""
    words = Words(arguments, "AU", "acCDGjlspTwX")
    where = words.rest[0] if words.rest else "<default>"
    return _add(mac, words, b"", f"SecKeychainItemCreateFromContent ({where})")


def add_internet(mac: Folder, arguments: list[str]) -> int:
    """Add an internet password; without a kind of authentication it is `dflt`."""
    words = Words(arguments, "AU", "acCdDjlpPrstTwX")
    words.values.setdefault("t", "dflt")
    where = words.rest[0] if words.rest else "<NULL>"
    return _add(mac, words, _internet(words), f"SecKeychainAddInternetPassword {where}")


def partition(mac: Folder, arguments: list[str]) -> int:
    """Set the partition list of the items that match; the keychain's password is asked for."""
    words = Words(arguments, "", "acCDGjlsSk")
    found = _matching(mac, words, internet=False)
    if not found or "S" not in words.values:
        return complain("SecItemCopyMatching", ITEM_NOT_FOUND)
    for keychain, item in found:
        if not keychain.opens_with(words.values.get("k", "")):
            return complain("SecKeychainUnlock", AUTH_FAILED)
        keychain.hand_over(
            item,
            creator=item.creator,
            partition=", ".join(one.strip() for one in words.values["S"].split(",")),
            requirement=item.requirement,
        )
        say(item_text(keychain, item))
    return 0


def _find(mac: Folder, words: Words, *, internet: bool) -> int:
    found = _matching(mac, words, internet=internet)
    if not found:
        return complain("SecKeychainSearchCopyNext", ITEM_NOT_FOUND)
    keychain, item = found[0]
    try:
        secret = _secret(mac, keychain, item) if words.flags & {"g", "w"} else b""
    except KeychainStatus as error:
        # Neither a message nor the attributes (keychain_find.c).
        return error.status
    if "w" in words.flags:
        say(secret_text(secret) + b"\n")
        return 0
    say(item_text(keychain, item))
    if "g" in words.flags:
        sys.stderr.buffer.write(b"password: " + buffer(secret) + b"\n")
    return 0


def _delete(mac: Folder, words: Words, *, internet: bool) -> int:
    found = _matching(mac, words, internet=internet)
    if not found:
        return complain("SecKeychainSearchCopyNext", ITEM_NOT_FOUND)
    keychain, item = found[0]
    say(item_text(keychain, item))
    status = 0
    try:
        keychain.delete(item, SECURITY)
    except KeychainStatus as error:
        status = complain("SecKeychainItemDelete", error.status)
    # Said even where the deletion failed (keychain_delete.c).
    sys.stderr.write("password has been deleted.\n")
    return status


def _add(mac: Folder, words: Words, internet: bytes, where: str) -> int:
    service, account = words.values.get("s", ""), words.values.get("a", "")
    path = keychain_list.named(mac, words.rest[0]) if words.rest else keychain_list.default(mac)
    keychain = PretendKeychain(path)
    try:
        secret = _given(words, "w" if internet else "wp")
    except ValueError:
        raise UsageError from None
    reader = words.values.get("T", "")
    try:
        old = keychain.find(service, account, internet=internet)
        if "U" in words.flags and old:
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
            internet=internet,
        )
    except KeychainStatus as error:
        return complain(where, error.status)
    return 0


def _matching(mac: Folder, words: Words, *, internet: bool) -> list[tuple[PretendKeychain, Item]]:
    service, account, label = (words.values.get(letter) for letter in "sal")
    asked = {at: words.values[one] for at, one in enumerate(_ORDER) if one in words.values}
    return [
        (keychain, item)
        for keychain in searched(mac, words.rest)
        for item in keychain.find(service, account, label, internet=None)
        if bool(item.internet) == internet and (not internet or _fits(item, asked))
    ]


def _fits(item: Item, asked: dict[int, str]) -> bool:
    has = item.internet.split(b"\0")
    return all(has[at] == text.encode("utf-8", "surrogateescape") for at, text in asked.items())


def _internet(words: Words) -> bytes:
    parts = [words.values.get(letter, "") for letter in _ORDER]
    if parts[4] and not parts[4].isdigit():
        raise UsageError
    return b"\0".join(part.encode("utf-8", "surrogateescape") for part in parts)


def _secret(mac: Folder, keychain: PretendKeychain, item: Item) -> bytes:
    try:
        return keychain.read(item, SECURITY, "apple-tool:")
    except KeychainStatus as error:
        # A foreign item asks even a program without a terminal; a locked keychain only where
        # the desktop's session can show the dialog.
        if error.status == AUTH_FAILED:
            name = item.label.decode("utf-8", "backslashreplace")
            dialogs.show(mac, "security", f"wants to use {name}")
        elif not dialogs.wait_for_answer(mac, "security", item, error.status):
            raise
    raise KeychainStatus(USER_CANCELED)


def _given(words: Words, letters: str) -> bytes:
    """Return the secret: an option's, or asked for twice on the terminal."""
    if "X" in words.values:
        return bytes.fromhex(words.values["X"])
    for letter in letters:
        if letter in words.values:
            return words.values[letter].encode("utf-8", "surrogateescape")
    if "w" not in words.flags:
        return b""
    from getpass import getpass

    first = getpass("password data for new item: ")
    if getpass("retype password for new item: ") != first:
        raise ValueError("the two do not match")
    return first.encode()

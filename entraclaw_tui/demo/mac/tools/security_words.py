"""What all commands of `security` share, and those that concern no keychain of ours."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import keychain_list
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.osstatus import ITEM_NOT_FOUND, MESSAGES
from entraclaw_tui.demo.mac.tools.options import UsageError, Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_POLICIES = {
    "basic": "X.509 Basic",
    "codesigning": "Code Signing",
    "eap": "EAP",
    "ipsec": "IPSec",
    "smime": "S/MIME",
    "ssl-client": "SSL (client)",
    "ssl-server": "SSL (server)",
}


def say(data: bytes) -> None:
    """Write to standard output, where texts and bytes are told in order."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def complain(function: str, status: int) -> int:
    """Write the one line of a failure and return its status."""
    text = MESSAGES.get(status, f"Unknown error: {status}")
    sys.stdout.flush()
    sys.stderr.write(f"security: {function}: {text}\n")
    return status


def searched(mac: Folder, rest: list[str]) -> list[PretendKeychain]:
    """Return the keychains that are looked through: those named, or the search list."""
    paths = [keychain_list.named(mac, name) for name in rest] or keychain_list.searched(mac)
    return [keychain for keychain in map(PretendKeychain, paths) if keychain.exists]


def error(_: Folder, arguments: list[str]) -> int:
    """Say what a status means; the exit status is always 1."""
    for word in arguments:
        try:
            number = int(word, 0)
        except ValueError:
            raise UsageError from None
        number -= (number > 0x7FFFFFFF) << 32
        text = MESSAGES.get(number, f"OSStatus {number}")
        sys.stdout.write(f"Error: 0x{number & 0xFFFFFFFF:08X} {number} {text}\n")
    return 1


def identity(_: Folder, arguments: list[str]) -> int:
    """List identities: a pretend Mac has none."""
    words = Words(arguments, "v", "ps")
    policy = _POLICIES.get(words.values.get("p", "basic"), "X.509 Basic")
    if "v" not in words.flags:
        sys.stdout.write(f"\nPolicy: {policy}\n  Matching identities\n")
        sys.stdout.write("     0 identities found\n\n  Valid identities only\n")
    sys.stdout.write("     0 valid identities found\n")
    return 0


def certificate(_: Folder, arguments: list[str]) -> int:
    """Find certificates: a pretend keychain has none."""
    words = Words(arguments, "ampZ", "ce")
    if "a" in words.flags:
        return 0
    return complain("SecKeychainSearchCopyNext", ITEM_NOT_FOUND)

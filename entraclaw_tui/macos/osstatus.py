"""What exit statuses of `security` mean, in words, with the next step.

`security` exits with the lowest byte of the OSStatus it met (its `main` returns the status;
Security, SecurityTool/macOS/security.c).
"""

from __future__ import annotations

from typing import NamedTuple

from entraclaw_tui.macos.host import Ran
from entraclaw_tui.model.source import Failed


class OSStatus(NamedTuple):
    """One failure of the Keychain."""

    code: int
    """The whole OSStatus; 0 where the exit status is none of the Keychain's."""
    name: str
    words: str
    hint: str = ""


NOT_FOUND = 44

_UNLOCK = "Unlock it: log in at the screen, or run `security unlock-keychain` in this session."
_TABLE: dict[int, OSStatus] = {
    1: OSStatus(0, "", "The command failed before it reached the Keychain."),
    2: OSStatus(0, "", "`security` does not understand the command."),
    29: OSStatus(-25315, "errSecInteractionRequired", "The Keychain wants to ask you.", _UNLOCK),
    30: OSStatus(
        -34018,
        "errSecMissingEntitlement",
        "This program lacks an entitlement for that.",
        "Only a signed app may use the data protection Keychain.",
    ),
    36: OSStatus(
        -25308,
        "errSecInteractionNotAllowed",
        "The Keychain is locked, and nobody can be asked here.",
        _UNLOCK,
    ),
    37: OSStatus(
        -25307, "errSecNoDefaultKeychain", "There is no default Keychain.", "Log in once."
    ),
    44: OSStatus(-25300, "errSecItemNotFound", "The Keychain has no such item."),
    45: OSStatus(-25299, "errSecDuplicateItem", "The Keychain has this item already."),
    48: OSStatus(-25296, "errSecDuplicateKeychain", "A Keychain of this name exists already."),
    49: OSStatus(-25295, "errSecInvalidKeychain", "This is no Keychain, or it is damaged."),
    50: OSStatus(-25294, "errSecNoSuchKeychain", "There is no such Keychain."),
    51: OSStatus(
        -25293,
        "errSecAuthFailed",
        "The Keychain refused: wrong password, or the item belongs to another program.",
        "If Python was updated, the item belongs to the old one: delete it and sign in again.",
    ),
    52: OSStatus(-25292, "errSecReadOnly", "The Keychain cannot be written."),
    53: OSStatus(-25291, "errSecNotAvailable", "The Keychain is not available."),
    100: OSStatus(
        -25244,
        "errSecInvalidOwnerEdit",
        "The item belongs to another program.",
        "Delete it with `security delete-generic-password`, then sign in again.",
    ),
    128: OSStatus(-128, "errSecUserCanceled", "The question was answered with Cancel."),
    152: OSStatus(
        -60008,
        "errAuthorizationInternal",
        "The Keychain is locked, and nobody can be asked here.",
        _UNLOCK,
    ),
    206: OSStatus(-50, "errSecParam", "The Keychain did not understand the question."),
    255: OSStatus(-1, "", "`security` failed and does not say why."),
}


_WORDS = {
    "User interaction is not allowed.": 36,
    "A default keychain could not be found.": 37,
    "The specified item could not be found in the keychain.": NOT_FOUND,
    "The specified item already exists in the keychain.": 45,
    "The specified keychain could not be found.": 50,
    "The user name or passphrase you entered is not correct.": 51,
    "Invalid attempt to change the owner of this item.": 100,
    "User canceled the operation.": 128,
}
"""Apple's texts (SecCopyErrorMessageString) to exit statuses."""


def explain(exit_status: int) -> OSStatus:
    """Return what an exit status means; one we do not know keeps its number."""
    unknown = OSStatus(0, "", f"`security` ended with status {exit_status}.")
    return _TABLE.get(exit_status, unknown)


def named(words: str, exit_status: int | None = None) -> OSStatus | None:
    """Return the status by Apple's own words for it, or by an exit status; None for neither."""
    if exit_status is not None:
        known = _TABLE.get(exit_status & 0xFF)
        return known or OSStatus(exit_status, "", words)
    return _TABLE.get(_WORDS.get(words.strip(), -1))


def failure(ran: Ran) -> Failed:
    """Return a refusal of the Keychain as a pane can show it."""
    status = explain(ran.exit)
    if ran.exit not in _TABLE and ran.stderr.strip():
        return Failed(f"`security` said: {ran.complaint}")
    return Failed(status.words, status.hint)

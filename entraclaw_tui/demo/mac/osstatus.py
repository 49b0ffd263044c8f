"""The OSStatus numbers of the keychain and what macOS says for them."""

from __future__ import annotations

INTERACTION_NOT_ALLOWED = -25308
AUTH_FAILED = -25293
ITEM_NOT_FOUND = -25300
DUPLICATE_ITEM = -25299
INVALID_OWNER_EDIT = -25244
DUPLICATE_KEYCHAIN = -25296
NO_SUCH_KEYCHAIN = -25294
USER_CANCELED = -128
INVALID_KEYCHAIN = -25295

MESSAGES = {
    0: "No error.",
    -50: "One or more parameters passed to a function were not valid.",
    -128: "User canceled the operation.",
    -25244: "Invalid attempt to change the owner of this item.",
    -25291: "No keychain is available. You may need to restart your computer.",
    -25292: "This keychain cannot be modified.",
    -25293: "The user name or passphrase you entered is not correct.",
    -25294: "The specified keychain could not be found.",
    -25295: "The specified keychain is not a valid keychain file.",
    -25296: "A keychain with the same name already exists.",
    -25299: "The specified item already exists in the keychain.",
    -25300: "The specified item could not be found in the keychain.",
    -25307: "A default keychain could not be found.",
    -25308: "User interaction is not allowed.",
    -25315: "User interaction is required, but is currently not allowed.",
    -34018: "A required entitlement isn't present.",
}
"""Texts of SecCopyErrorMessageString for the numbers that occur here."""


class KeychainStatus(Exception):
    """An OSStatus that is not 0, `args` are the number and its text."""

    def __init__(self, status: int) -> None:
        super().__init__(status, MESSAGES.get(status, "Unknown Error"))
        self.status = status

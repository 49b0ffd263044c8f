"""The PIN: only a verifier is kept, made with a key that is only in the Keychain."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import secrets
from typing import Final, Literal

from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.rows import PinRow

DIGITS_AT_LEAST: Final = 6
DIGITS_AT_MOST: Final = 64

# RFC 7914; about 50 ms and 16 MiB, once a try.
_N: Final = 2**14
_R: Final = 8
_P: Final = 1
_MOST_N: Final = 2**20
_BYTES: Final = 32

PinState = Literal["set", "missing", "damaged", "unknown"]


class UnfitPin(ValueError):
    """The PIN cannot be taken. The message is for a person and never quotes it."""


def check_form(pin: str) -> None:
    """Raise UnfitPin for what is no PIN: digits alone, six or more, not all the same."""
    if not (pin.isascii() and pin.isdigit()) or len(pin) < DIGITS_AT_LEAST:
        raise UnfitPin(f"A PIN has {DIGITS_AT_LEAST} digits or more, and nothing else.")
    if len(pin) > DIGITS_AT_MOST:
        raise UnfitPin(f"A PIN has at most {DIGITS_AT_MOST} digits.")
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise UnfitPin("All the same digit, or one after the other: that is too easy to guess.")


def make(pin: str, keys: Keys, now: float) -> PinRow:
    """Return the verifier of a new PIN. Raises UnfitPin. Takes about 50 ms."""
    check_form(pin)
    salt = secrets.token_bytes(16)
    verifier = _scrypt(pin, keys.pepper, salt, _N, _R, _P)
    return PinRow(salt.hex(), verifier.hex(), _N, _R, _P, now, _mark(keys))


def verify(pin: str, row: PinRow, keys: Keys) -> bool:
    """Whether this is the PIN. Takes about 50 ms, right or wrong; run it on a thread."""
    try:
        salt, expected = bytes.fromhex(row.salt), bytes.fromhex(row.verifier)
        found = _scrypt(pin, keys.pepper, salt, row.n, row.r, row.p)
    except (ValueError, OverflowError):
        return False
    return hmac.compare_digest(found, expected)


def state_of(row: PinRow | None, there: bool, keys: Keys) -> PinState:
    """Return whether a PIN is set. Without its Keychain key a verifier verifies nothing."""
    if not there:
        return "missing"
    if row is None or not hmac.compare_digest(row.mark, _mark(keys)) or not _sound(row):
        return "damaged"
    return "set"


def _mark(keys: Keys) -> str:
    return hmac.digest(keys.pepper, b"mark", "sha256").hex()[:16]


def _sound(row: PinRow) -> bool:
    try:
        sizes = len(bytes.fromhex(row.salt)), len(bytes.fromhex(row.verifier))
    except ValueError:
        return False
    return sizes == (16, _BYTES) and _N <= row.n <= _MOST_N and row.r == _R and row.p == _P


def _scrypt(pin: str, pepper: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    peppered = hmac.digest(pepper, pin.encode("utf-8", "surrogatepass"), "sha256")
    return hashlib.scrypt(
        peppered, salt=salt, n=n, r=r, p=p, maxmem=256 * n * r + 1024 * 1024, dklen=_BYTES
    )

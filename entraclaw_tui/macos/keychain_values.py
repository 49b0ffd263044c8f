"""What the values of a keychain dump stand for: quoted text, hex, dates."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


def parse_value(raw: bytes) -> bytes | None:
    """Return what a printed value stands for; None for `<NULL>` or text that is no value."""
    raw = raw.rstrip(b"\r")
    if raw.startswith(b"0x"):
        digits = raw[2:].partition(b" ")[0]
        try:
            return bytes.fromhex(digits.decode("ascii"))
        except ValueError:
            return None
    stripped = raw.rstrip(b" ")
    if len(stripped) >= 2 and stripped.startswith(b'"') and stripped.endswith(b'"'):
        return stripped[1:-1]
    return b"" if not stripped else None


def parse_date(value: bytes) -> float | None:
    """Return seconds since 1970 for `YYYYMMDDhhmmssZ`, which is UTC; None for anything else."""
    digits = value.rstrip(b"\0")
    if len(digits) != 15 or digits[14:] != b"Z" or not digits[:14].isdigit():
        return None
    hour, minute, second = int(digits[8:10]), int(digits[10:12]), int(digits[12:14])
    if hour > 23 or minute > 59 or second > 59:
        return None
    day = midnight(digits[:8])
    return None if day is None else day + (hour * 3600 + minute * 60 + second)


def as_text(value: bytes) -> str:
    """Return a value as text, without the zero that C puts behind it; odd bytes stay visible."""
    return value.removesuffix(b"\0").decode("utf-8", "backslashreplace")


def as_word(value: bytes) -> str:
    """Return an attribute's value as text where it is one, else in hex as `security` prints it."""
    text = as_text(value)
    return text if text.isprintable() else f"0x{value.hex().upper()}"


@lru_cache(maxsize=4096)
def midnight(day: bytes) -> float | None:
    """Return when a day `YYYYMMDD` began in UTC, in seconds since 1970; None for no such day."""
    try:
        return datetime(int(day[:4]), int(day[4:6]), int(day[6:]), tzinfo=UTC).timestamp()
    except ValueError:
        return None

"""The end of a certificate, read from its few first fields.

`cryptography` knows certificates whole and takes 10 MiB of a worker that may never exchange.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
from typing import Final

_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_SEQUENCE: Final = 0x30
_VERSION: Final = 0xA0
_FORMS: Final = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
"""UTCTime and GeneralizedTime, as RFC 5280 (4.1.2.5) allows them."""
_PIVOT: Final = 50
"""A UTCTime's year below it is of this century (RFC 5280, 4.1.2.5.1)."""


def end_of(pem: str) -> float | None:
    """Return when a certificate ends, in seconds since 1970; None for what is no certificate."""
    found = _PEM.search(pem)
    if found is None:
        return None
    try:
        return _not_after(base64.b64decode("".join(found[1].split()), validate=True))
    except (ValueError, IndexError, binascii.Error):
        return None


def _not_after(der: bytes) -> float:
    """Certificate { tbs { [0] version?, serial, algorithm, issuer, validity { from, to }, .. } }"""
    tag, certificate, _ = _take(der)
    inner, tbs, _ = _take(certificate)
    if tag != _SEQUENCE or inner != _SEQUENCE:
        raise ValueError("no certificate")
    tag, _, rest = _take(tbs)
    for _ in range(3 if tag == _VERSION else 2):
        _, _, rest = _take(rest)
    _, validity, _ = _take(rest)
    _, _, rest = _take(validity)
    tag, text, _ = _take(rest)
    return _time(tag, text.decode("ascii"))


def _time(tag: int, text: str) -> float:
    read = datetime.datetime.strptime(text, _FORMS.get(tag, "")).replace(tzinfo=datetime.UTC)
    if tag == 0x17:
        year = read.year % 100
        read = read.replace(year=year + (2000 if year < _PIVOT else 1900))
    return read.timestamp()


def _take(data: bytes) -> tuple[int, bytes, bytes]:
    """Return the tag and contents of the first DER value (X.690, 8.1), and what follows it."""
    tag, size, start = data[0], data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    if start + size > len(data):
        raise ValueError("cut short")
    return tag, data[start : start + size], data[start + size :]

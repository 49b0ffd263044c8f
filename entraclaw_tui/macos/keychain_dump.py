"""The grammar of `security dump-keychain`, over bytes.

One item is `keychain:`, `version:`, `class:` and one line an attribute:
`    "acct"<blob>="value"`. A value is `<NULL>`, nothing, quoted text (quotes inside are not
escaped) or hex, behind which a quoted reading for people may stand. Line breaks are always
escaped, so an attribute is a line. (Security, SecurityTool/macOS/keychain_utilities.c)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from entraclaw_tui.model.keychain import Keychain, KeychainItem

# An attribute that is not `<NULL>`; text that reads so stands in quotes.
_ATTRIBUTE = re.compile(
    rb'^ *(?:"(.{4})"|(0x[0-9A-Fa-f]{8}) ?)<[^>\n]*>=(?!<NULL>)(.*)$', re.MULTILINE
)
_CLASS = re.compile(rb"^class: (.*)$", re.MULTILINE)
_SERVICE = re.compile(rb'^ *"(?:svce|srvr)"<[^>\n]*>=(.*)$', re.MULTILINE)
_ITEM = b"\nkeychain: "

_KINDS = {"0x80001000": "certificate", "0x0000000F": "public key", "0x00000010": "private key"}
_NEVER_KEPT = frozenset({"gena", "icmt"})
"""Programs put secrets here, and they print without a prompt."""
_OWN_FIELDS = frozenset({"acct", "svce", "srvr", "cdat", "mdat", "crtr", "0x00000007", "labl"})


def parse_dump(data: bytes, services: Collection[str] | None = None) -> Keychain:
    """Return the items of a dump; never raises.

    Only items of `services` are kept (`com.example` stands for `com.example.more` too); all
    others are counted and dropped at once. Without `services` everything is kept.
    """
    items: list[KeychainItem] = []
    others = 0
    path = ""
    for chunk in _chunks(data):
        if not path:
            path = _header(chunk)
        if services is not None and not _wanted(chunk, services):
            others += 1
        else:
            items.append(_item(chunk))
    return Keychain(path, tuple(items), others)


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
    if len(digits) != 15 or not digits.endswith(b"Z"):
        return None
    year, *rest = digits[:4], *(digits[at : at + 2] for at in range(4, 14, 2))
    try:
        month, day, hour, minute, second = map(int, rest)
        return datetime(int(year), month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _chunks(data: bytes) -> Iterator[bytes]:
    """Yield the bytes of one item after the other."""
    start = 0 if data.startswith(_ITEM[1:]) else data.find(_ITEM) + 1
    if start == 0 and not data.startswith(_ITEM[1:]):
        return
    while True:
        end = data.find(_ITEM, start)
        yield data[start:] if end < 0 else data[start : end + 1]
        if end < 0:
            return
        start = end + 1


def _header(chunk: bytes) -> str:
    value = parse_value(chunk.partition(b"\n")[0].removeprefix(_ITEM[1:]))
    return _text(value) if value is not None else ""


def _wanted(chunk: bytes, services: Collection[str]) -> bool:
    found = _SERVICE.search(chunk)
    value = parse_value(found[1]) if found else None
    if value is None:
        return False
    service = _text(value)
    return any(service == name or service.startswith(f"{name}.") for name in services)


def _item(chunk: bytes) -> KeychainItem:
    values: dict[str, bytes] = {}
    for found in _ATTRIBUTE.finditer(chunk):
        tag = (found[1] or found[2]).decode("ascii", "backslashreplace")
        value = parse_value(found[3])
        if value is not None:
            values.setdefault(tag, value)
    kind = _kind(chunk)
    service = values.get("srvr" if kind == "inet" else "svce", b"")
    label = values.get("0x00000007") or values.get("labl", b"")
    return KeychainItem(
        keychain=_header(chunk),
        kind=kind,
        service=_text(service),
        account=_text(values.get("acct", b"")),
        label=_text(label),
        created_at=parse_date(values.get("cdat", b"")),
        modified_at=parse_date(values.get("mdat", b"")),
        creator=_text(values.get("crtr", b"")),
        comment_bytes=len(values.get("icmt", b"")),
        attributes=tuple(
            (tag, _text(value))
            for tag, value in values.items()
            if tag not in _NEVER_KEPT and tag not in _OWN_FIELDS
        ),
    )


def _kind(chunk: bytes) -> str:
    found = _CLASS.search(chunk)
    if found is None:
        return ""
    printed = found[1].strip().decode("ascii", "backslashreplace")
    return _KINDS.get(printed.split()[0] if printed else "", printed.strip('"'))


def _text(value: bytes) -> str:
    return value.removesuffix(b"\0").decode("utf-8", "backslashreplace")

"""The grammar of `security dump-keychain`, over bytes.

One item is `keychain:`, `version:`, `class:` and one line an attribute:
`    "acct"<blob>="value"`. A value is `<NULL>`, nothing, quoted text (quotes inside are not
escaped) or hex, behind which a quoted reading for people may stand. Line breaks are always
escaped, so an attribute is a line. (Security, SecurityTool/macOS/keychain_utilities.c)
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from entraclaw_tui.macos.keychain_access import parse_access
from entraclaw_tui.macos.keychain_layout import LAYOUTS, Layout, text_of
from entraclaw_tui.macos.keychain_values import as_text, as_word, parse_date, parse_value
from entraclaw_tui.model.keychain import Keychain, KeychainItem

# An attribute that is not `<NULL>`; text that reads so stands in quotes.
_ATTRIBUTE = re.compile(
    rb'^ *(?:"(.{4})"|(0x[0-9A-Fa-f]{8}) ?)<[^>\n]*>=(?!<NULL>)(.*)$', re.MULTILINE
)
_CLASS = re.compile(rb"^class: (.*)$", re.MULTILINE)
_SERVICE = re.compile(rb'^ *"(?:svce|srvr)"<[^>\n]*>=(.*)$', re.MULTILINE)
_ACCESS = re.compile(rb"^(?:access: \d+ entries|no access control for this item)", re.MULTILINE)
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
    header, printed = "", b""
    at = _first(data)
    while 0 <= at < len(data):
        if usual := _usual(data, at):
            layout, found = usual
            at = found.end()
            if found[1] != printed:
                printed, header = found[1], text_of(found[1])
            path = path or header
            if services is not None and not _wanted(found[layout.service], services):
                others += 1
            else:
                items.append(layout.item(found, header))
            continue
        end = data.find(_ITEM, at) + 1 or len(data)
        chunk, at = data[at:end], end
        header, printed = _header(chunk), b""
        path = path or header
        for one in _apart(chunk):
            if services is not None and not _wanted(_service(one), services):
                others += 1
            else:
                items.append(_item(one, header))
    return Keychain(path, tuple(items), others)


def _usual(data: bytes, at: int) -> tuple[Layout, re.Match[bytes]] | None:
    for layout in LAYOUTS:
        if found := layout.match(data, at):
            return layout, found
    return None


def _first(data: bytes) -> int:
    """Return where the first item starts, -1 where there is none."""
    return 0 if data.startswith(_ITEM[1:]) else data.find(_ITEM) + 1 or -1


def _header(chunk: bytes) -> str:
    value = parse_value(chunk.partition(b"\n")[0].removeprefix(_ITEM[1:]))
    return as_text(value) if value is not None else ""


def _service(chunk: bytes) -> bytes | None:
    found = _SERVICE.search(chunk)
    return found[1] if found else None


def _wanted(printed: bytes | None, services: Collection[str]) -> bool:
    value = parse_value(printed) if printed is not None else None
    if value is None:
        return False
    service = as_text(value)
    return any(service == name or service.startswith(f"{name}.") for name in services)


def _apart(chunk: bytes) -> list[bytes]:
    """Return the items of a chunk: more than one where a dump that was shortened by hand names the
    keychain once for all of them."""
    attributes, _, _ = _parted(chunk)
    starts = [found.start() for found in _CLASS.finditer(attributes)][1:]
    return [chunk[a:b] for a, b in pairwise([0, *starts, len(chunk)])]


def _item(chunk: bytes, keychain: str) -> KeychainItem:
    chunk, told, access = _parted(chunk)
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
        keychain=keychain,
        kind=kind,
        service=as_text(service),
        account=as_text(values.get("acct", b"")),
        label=as_text(label),
        created_at=parse_date(values.get("cdat", b"")),
        modified_at=parse_date(values.get("mdat", b"")),
        creator=as_text(values.get("crtr", b"")),
        comment_bytes=len(values.get("icmt", b"")),
        attributes=tuple(
            (tag, as_word(value))
            for tag, value in values.items()
            if tag not in _NEVER_KEPT and tag not in _OWN_FIELDS
        ),
        access=parse_access(access.decode("utf-8", "backslashreplace")) if told else None,
    )


def _parted(chunk: bytes) -> tuple[bytes, bool, bytes]:
    """Return attributes, whether an access list follows, and that list."""
    found = _ACCESS.search(chunk)
    return (chunk[: found.start()], True, chunk[found.start() :]) if found else (chunk, False, b"")


def _kind(chunk: bytes) -> str:
    found = _CLASS.search(chunk)
    if found is None:
        return ""
    printed = found[1].strip().decode("ascii", "backslashreplace")
    return _KINDS.get(printed.split()[0] if printed else "", printed.strip('"'))

"""How `security` writes keychain items (SecurityTool: keychain_utilities.c, keychain_find.c)."""

from __future__ import annotations

import time

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.keychain import SECURITY, PretendKeychain
from entraclaw_tui.demo.mac.keychain_item import Item
from entraclaw_tui.demo.mac.lean import Folder, exists

_GONE = "status -67068"
_CHANGED = "status -2147415734"


def buffer(data: bytes) -> bytes:
    """Return bytes the way print_buffer does.

    Plain text is quoted; a quotation mark in it is not escaped. As soon as one byte is not plain
    (a backslash is not), hexadecimal digits come first, then a blank, and where some bytes are
    plain another blank and the text with the others as three octal digits.
    """
    plain = [0x20 <= byte <= 0x7E and byte != 0x5C for byte in data]
    out = b""
    if not all(plain):
        out += b"0x" + data.hex().upper().encode() + b" "
        if any(plain):
            out += b" "
    if any(plain):
        pairs = zip(data, plain, strict=True)
        text = b"".join(bytes([byte]) if fine else b"\\%03o" % byte for byte, fine in pairs)
        out += b'"' + text + b'"'
    return out


def attribute(tag: bytes, form: bytes, value: bytes | None) -> bytes:
    """Return one line of an item's attributes; None is a value that was never set."""
    return b"    %s<%s>=%s\n" % (buffer(tag), form, b"<NULL>" if value is None else buffer(value))


def item_text(keychain: PretendKeychain, item: Item) -> bytes:
    """Return a password's attributes, as dump and find print them: tags in order."""
    rows = [
        (b"\0\0\0\x07", b"blob", item.label),
        (b"\0\0\0\x08", b"blob", None),
        (b"acct", b"blob", item.account),
        (b"cdat", b"timedate", _date(item.created)),
        (b"crtr", b"uint32", _code(item.creator_code)),
        (b"cusi", b"sint32", None),
        (b"desc", b"blob", item.kind),
        (b"icmt", b"blob", item.comment),
        (b"invi", b"sint32", None),
        (b"mdat", b"timedate", _date(item.modified)),
        (b"nega", b"sint32", None),
        (b"prot", b"blob", None),
        (b"scrp", b"sint32", None),
        (b"type", b"uint32", _code(item.type_code)),
    ]
    if item.internet:
        server, domain, protocol, kind, port, path = item.internet.split(b"\0")
        rows += [
            (b"atyp", b"blob", kind),
            (b"path", b"blob", path or None),
            (b"port", b"uint32", int(port or b"0").to_bytes(4, "big")),
            (b"ptcl", b"uint32", protocol or bytes(4)),
            (b"sdmn", b"blob", domain or None),
            (b"srvr", b"blob", server),
        ]
    else:
        rows += [(b"gena", b"blob", item.generic), (b"svce", b"blob", item.service)]
    head = b"keychain: " + buffer(keychain.name.encode("utf-8", "surrogateescape"))
    return b"%s\nversion: %d\nclass: %s\nattributes:\n%s" % (
        head,
        keychain.version,
        buffer(b"inet" if item.internet else b"genp"),
        b"".join(attribute(*row) for row in sorted(rows)),
    )


def access_text(mac: Folder, item: Item) -> bytes:
    """Return an item's access list, as `dump-keychain -a` prints it."""
    label = item.label.decode("utf-8", "backslashreplace")
    reading = "decrypt derive export_clear export_wrapped mac sign"
    everyone = ["        applications: <null>"]
    owner = ["        applications (1):", *_application(mac, item)]
    entries = (
        ("encrypt", label, everyone),
        (reading, label, everyone if item.open else owner),
        ("integrity", item.partition.encode().hex(), everyone),
        ("partition_id", item.partition, everyone),
        ("change_acl", label, ["        applications (0):"]),
    )
    lines = [f"access: {len(entries)} entries"]
    for number, (names, description, applications) in enumerate(entries):
        lines += [
            f"    entry {number}:",
            f"        authorizations ({len(names.split())}): {names}",
            "        don't-require-password",
            f"        description: {description}",
            *applications,
        ]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def secret_text(secret: bytes) -> bytes:
    """Return a secret as `-w` prints it: hexadecimal as soon as one byte is not plain ASCII."""
    plain = all(0x20 <= byte <= 0x7E for byte in secret)
    return secret if plain else secret.hex().encode()


def _application(mac: Folder, item: Item) -> list[str]:
    lines = [f"            0: {item.creator} ({_standing(mac, item)})"]
    if item.requirement:
        lines.append(f"                requirement: {item.requirement}")
    return lines


def _standing(mac: Folder, item: Item) -> str:
    """Return whether the program still is the one that was let in."""
    if item.creator == SECURITY:
        return "OK"
    if not exists(item.creator):
        return _GONE
    signature = signatures.find(mac, item.creator)
    now = signature.requirement if signature else ""
    return "OK" if now == item.requirement else _CHANGED


def _date(seconds: int) -> bytes:
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds)).encode() + b"\0"


def _code(code: str | None) -> bytes | None:
    return None if code is None else code.encode("utf-8", "surrogateescape")

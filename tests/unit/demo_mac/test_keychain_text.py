from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.keychain_item import COLUMNS, Item
from entraclaw_tui.demo.mac.keychain_text import buffer, item_text, secret_text
from entraclaw_tui.macos.keychain_dump import parse_dump

_OCTAL = re.compile(rb"\\([0-7]{3})")


def unprint(text: bytes) -> bytes:
    """Read what print_buffer wrote, by its grammar."""
    if text.startswith(b"0x"):
        digits, blank, rest = text[2:].partition(b" ")
        data = bytes.fromhex(digits.decode("ascii"))
        assert blank == b" "
        if rest:
            assert rest[:2] == b' "'
            assert rest.endswith(b'"')
            spelled = _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), rest[2:-1])
            assert spelled == data
        return data
    if text:
        assert text[:1] == text[-1:] == b'"'
    return text[1:-1]


@given(st.binary(max_size=60))
def test_what_is_printed_can_be_read_back(data: bytes) -> None:
    assert unprint(buffer(data)) == data
    assert b"\n" not in buffer(data)


def test_the_three_forms_of_a_value() -> None:
    assert buffer(b'a b"c') == b'"a b"c"'
    assert buffer("\u4e2d".encode()) == b"0xE4B8AD "
    assert buffer(b"\\") == b"0x5C "
    assert buffer(b"20240101000000Z\0") == (
        b'0x32303234303130313030303030305A00  "20240101000000Z\\000"'
    )
    assert buffer(b"") == b""


@given(st.text(max_size=30).map(str.encode))
def test_a_secret_is_plain_or_hexadecimal(secret: bytes) -> None:
    shown = secret_text(secret)
    if all(0x20 <= byte <= 0x7E for byte in secret):
        assert shown == secret
    else:
        assert bytes.fromhex(shown.decode("ascii")) == secret


# SQLite stores any bytes; text with surrogates cannot reach the tool's arguments.
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(names, names, names, st.integers(0, 4_000_000_000))
def test_the_panel_reads_what_the_tool_prints(
    service: str, account: str, label: str, created: int
) -> None:
    fields: dict[str, object] = dict.fromkeys(Item.__slots__)
    fields |= {
        "service": service.encode(),
        "account": account.encode(),
        "label": label.encode(),
        "created": created,
        "modified": created + 1,
    }
    item = Item(tuple(fields[name.strip()] for name in COLUMNS.split(",")))
    keychain = PretendKeychain(Path("/Users/demo/Library/Keychains/login.keychain-db"))
    (read,) = parse_dump(item_text(keychain, item)).items
    assert read.kind == "genp"
    assert (read.created_at, read.modified_at) == (created, created + 1)
    if service.isascii() and service.isprintable():
        assert read.service == service
    if account.isascii() and account.isprintable():
        assert read.account == account

"""The grammar of a keychain dump: a printer written here, and what the parser makes of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.keychain_dump import parse_dump
from entraclaw_tui.macos.keychain_values import parse_date, parse_value
from entraclaw_tui.model.keychain import KeychainItem

LOGIN = b"/Users/demo/Library/Keychains/login.keychain-db"
AGENT = "com.entraclaw.agent"


def printed(value: bytes | None) -> bytes:
    """Print a value as `security` does (print_buffer in keychain_utilities.c)."""
    if value is None:
        return b"<NULL>"
    if not value:
        return b""
    plain = [0x20 <= byte <= 0x7E and byte != 0x5C for byte in value]
    if all(plain):
        return b'"' + value + b'"'
    digits = b"0x" + value.hex().upper().encode()
    if not any(0x20 <= byte <= 0x7E for byte in value):
        return digits + b" "
    shown = b"".join(
        bytes([byte]) if ok else b"\\%03o" % byte for byte, ok in zip(value, plain, strict=True)
    )
    return digits + b'  "' + shown + b'"'


def item(**values: bytes | None) -> bytes:
    """Print a generic password whose attributes have the four-letter tags named."""
    lines = [b"keychain: " + printed(LOGIN), b"version: 512", b'class: "genp"', b"attributes:"]
    lines.append(b"    0x00000007 <blob>=" + printed(values.pop("label", None)))
    for tag, value in values.items():
        lines.append(b'    "%s"<blob>=%s' % (tag.encode(), printed(value)))
    return b"\n".join([*lines, b""])


def test_an_item() -> None:
    dump = item(
        label=b"com.entraclaw.agent",
        acct=b"key:notes:v1",
        cdat=b"20260901100000Z\0",
        mdat=b"20260902113000Z\0",
        crtr=b"aapl",
        cusi=None,
        desc=b"a kind",
        gena=b"a secret of some program",
        icmt=b"another",
        svce=b"com.entraclaw.agent",
        type=None,
    )
    found = parse_dump(dump)
    assert found.path == LOGIN.decode()
    assert found.items == (
        KeychainItem(
            keychain=LOGIN.decode(),
            kind="genp",
            service=AGENT,
            account="key:notes:v1",
            label=AGENT,
            created_at=1788256800.0,
            modified_at=1788348600.0,
            creator="aapl",
            comment_bytes=7,
            attributes=(("desc", "a kind"),),
        ),
    )
    assert b"secret" not in repr(found).encode()


def test_only_the_services_asked_for_are_kept() -> None:
    dump = b"".join(
        item(acct=b"a", svce=service)
        for service in (
            b"com.entraclaw.agent",
            b"com.entraclaw.agent.more",
            b"com.entraclaw.agentless",
            b"other",
            None,
            b"",
        )
    )
    found = parse_dump(dump, (AGENT,))
    assert [i.service for i in found.items] == [AGENT, f"{AGENT}.more"]
    assert found.others == 4
    assert len(parse_dump(dump).items) == 6
    assert parse_dump(dump, ()).others == 6


def test_a_service_in_hex_is_found_too() -> None:
    name = "com.entraclaw.agent.caf\u00e9"
    found = parse_dump(item(acct=b"a", svce=name.encode()), (AGENT,))
    assert [i.service for i in found.items] == [name]


def test_other_classes() -> None:
    dump = (
        b'keychain: "/k"\nversion: 256\nclass: 0x80001000 \nattributes:\n'
        b'    "alis"<blob>="a root"\n    "labl"<blob>="A Root"\n'
        b'keychain: "/k"\nclass: "inet"\nattributes:\n'
        b'    "acct"<blob>="ada"\n    "srvr"<blob>="git.example"\n    "port"<uint32>=0x000001BB \n'
        b'keychain: "/k"\nclass: 0x0000000F \nattributes:\n    0x00000001 <blob>="x"\n'
    )
    certificate, internet, key = parse_dump(dump).items
    assert (certificate.kind, certificate.label) == ("certificate", "A Root")
    assert (internet.kind, internet.service, internet.account) == ("inet", "git.example", "ada")
    assert dict(internet.attributes)["port"] == "0x000001BB"
    assert key.kind == "public key"


def test_values() -> None:
    assert parse_value(b"<NULL>") is None
    assert parse_value(b"") == b""
    assert parse_value(b'""') == b""
    assert parse_value(b'"<NULL>"') == b"<NULL>"
    assert parse_value(b'"a "quoted" word"') == b'a "quoted" word'
    assert parse_value(b'"0x41"') == b"0x41"
    assert parse_value(b"0xE4B8AD ") == "\u4e2d".encode()
    assert parse_value(b'0x610A62  "a\\012b"') == b"a\nb"
    assert parse_value(b'0x610A62  "lies"') == b"a\nb"
    assert parse_value(b"0xZZ") is None
    assert parse_value(b"bare words") is None


def test_numbers_that_are_no_text_stay_as_printed() -> None:
    dump = b'keychain: "k"\nclass: "genp"\nattributes:\n    "svce"<blob>="a"\n'
    dump += b'    "port"<uint32>=0x00000000 \n    "type"<uint32>=0x6E6F7465  "note"\n'
    (item,) = parse_dump(dump).items
    assert item.attributes == (("port", "0x00000000"), ("type", "note"))


def test_items_of_a_dump_that_names_the_keychain_once() -> None:
    """As people shorten them before they send them."""
    items = parse_dump(
        b'keychain: "k"\nclass: "genp"\n    "svce"<blob>="a"\n    "acct"<blob>="one"\n'
        b'class: "genp"\n    "svce"<blob>="b"\n    "acct"<blob>="two"\n'
    ).items
    told = [(item.keychain, item.service, item.account) for item in items]
    assert told == [("k", "a", "one"), ("k", "b", "two")]


def test_dates_are_utc_and_odd_ones_unknown() -> None:
    assert parse_date(b"19700101000001Z\0") == 1.0
    for odd in (b"", b"20261301000000Z\0", b"20260231000000Z", b"2026010100000xZ\0", b"20260101Z"):
        assert parse_date(odd) is None


def test_text_before_and_behind_items_is_passed_over() -> None:
    dump = b"a warning\n" + item(acct=b"a", svce=b"s") + b"another\n"
    assert [i.account for i in parse_dump(dump).items] == ["a"]
    assert parse_dump(b"").items == ()
    assert parse_dump(b"no keychain: here\n").items == ()


FIELDS = st.fixed_dictionaries(
    {
        "acct": st.one_of(st.none(), st.binary(max_size=20)),
        "svce": st.one_of(st.none(), st.binary(max_size=20)),
        "desc": st.one_of(st.none(), st.binary(max_size=20)),
        "icmt": st.one_of(st.none(), st.binary(max_size=20)),
    }
)


def text(value: bytes | None) -> str:
    return (value or b"").removesuffix(b"\0").decode("utf-8", "backslashreplace")


def word(value: bytes) -> str:
    told = text(value)
    return told if told.isprintable() else "0x" + value.hex().upper()


@given(st.lists(FIELDS, max_size=4))
def test_what_is_printed_comes_back(fields: list[dict[str, bytes | None]]) -> None:
    items = parse_dump(b"".join(item(**values) for values in fields)).items
    assert [(i.account, i.service, i.comment_bytes) for i in items] == [
        (text(v["acct"]), text(v["svce"]), len(v["icmt"] or b"")) for v in fields
    ]
    assert [dict(i.attributes).get("desc") for i in items] == [
        None if v["desc"] is None else word(v["desc"]) for v in fields
    ]


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    parse_dump(data)
    parse_dump(b'keychain: "/k"\n' + data, (AGENT,))
    parse_date(data)
    parse_value(data)


@given(st.integers(0, 400))
def test_a_cut_dump_invents_nothing(end: int) -> None:
    dump = item(acct=b"one", svce=b"s", mdat=b"20260902113000Z\0") * 2
    for found in parse_dump(dump[:end]).items:
        assert found.account in ("", "one")
        assert found.modified_at in (None, 1788348600.0)


WHOLE = "acct cdat crtr cusi desc gena icmt invi mdat nega prot scrp svce type"
ATTRIBUTE = st.one_of(
    st.none(),
    st.binary(max_size=12),
    st.just(b"20260902113000Z\0"),
    st.sampled_from([b"a b", b'a "b" c', b"<NULL>", b"0x41", b" "]),
)


@given(
    st.fixed_dictionaries({"label": ATTRIBUTE, **dict.fromkeys(WHOLE.split(" "), ATTRIBUTE)}),
    st.sets(st.sampled_from(WHOLE.split(" "))),
)
def test_the_short_way_gives_what_the_long_way_gives(
    values: dict[str, bytes | None], missing: set[str]
) -> None:
    left = {tag: value for tag, value in values.items() if tag not in missing}
    usual = item(**left)
    # Another line at the end is nothing that a short way knows.
    unusual = item(**left) + b'    "zzzz"<blob>=<NULL>\n'
    assert parse_dump(usual) == parse_dump(unusual)


def test_items_of_both_layouts_in_one_dump() -> None:
    usual = item(label=b"l", acct=b"a", svce=b"s")
    dump = usual + usual.replace(b"attributes:", b"attributes: ") + usual
    assert [i.account for i in parse_dump(dump).items] == ["a", "a", "a"]
    assert parse_dump(dump, ("s",)) == parse_dump(dump)
    assert parse_dump(dump, ("t",)).others == 3

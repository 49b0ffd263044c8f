"""Who can read an item, from the access list of a dump."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.keychain_access import parse_access, words
from entraclaw_tui.macos.keychain_dump import parse_dump
from entraclaw_tui.model.keychain import Access, Program

ITEM = b"""\
keychain: "/Users/demo/Library/Keychains/login.keychain-db"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="com.entraclaw.agent"
    0x00000008 <blob>=<NULL>
    "acct"<blob>="key:notes:v1"
    "icmt"<blob>="a secret"
    "svce"<blob>="com.entraclaw.agent"
access: 3 entries
    entry 0:
        authorizations (1): encrypt
        don't-require-password
        description: com.entraclaw.agent
        applications: <null>
    entry 1:
        authorizations (6): decrypt derive export_clear export_wrapped mac sign
        require-password
        description: com.entraclaw.agent
        applications (3):
            0: /opt/homebrew/bin/python3.14 (OK)
                requirement: cdhash H"00ff"
            1: /Applications/Two Words.app (status -2147415734)
                requirement: identifier "two" and
certificate leaf = H"11"
            2: /tmp/probe (status -67068)
    entry 2:
        authorizations (1): partition_id
        don't-require-password
        description: apple-tool:, cdhash:629e71d1, teamid:ABCDE12345
        applications: <null>
"""


def test_programs_and_partitions() -> None:
    (item,) = parse_dump(ITEM).items
    assert item.account == "key:notes:v1"
    assert item.comment_bytes == 8
    access = item.access
    assert access == Access(
        anyone=False,
        programs=(
            Program("/opt/homebrew/bin/python3.14", "ok", 'cdhash H"00ff"'),
            Program(
                "/Applications/Two Words.app",
                "changed",
                'identifier "two" and certificate leaf = H"11"',
            ),
            Program("/tmp/probe", "gone"),
        ),
        partitions=("apple-tool:", "cdhash:629e71d1", "teamid:ABCDE12345"),
        asks_password=True,
    )
    assert words(access) == (
        "/opt/homebrew/bin/python3.14, /Applications/Two Words.app (changed), /tmp/probe (gone); "
        "partitions: apple-tool:, cdhash:629e71d1, teamid:ABCDE12345"
    )


def test_a_dump_of_two_keeps_the_lists_apart() -> None:
    plain = ITEM[: ITEM.index(b"access:")]
    first, second, third = parse_dump(ITEM + plain + ITEM).items
    assert first == third
    assert first.access is not None
    assert second.access is None


def test_open_to_all_and_to_nobody() -> None:
    anyone = "entry 0:\n authorizations (1): decrypt\n description: x\n applications: <null>\n"
    assert parse_access(anyone).anyone
    assert words(parse_access(anyone)) == "any program"
    nobody = parse_access(
        anyone.replace("<null>", "").replace("applications:", "applications (0):")
    )
    assert not nobody.anyone
    assert words(nobody) == "no program without asking"
    without = parse_access("no access control for this item\n")
    assert without.anyone
    assert not without.told
    assert not parse_access("").told
    assert words(parse_access("")) == "not told"


def test_a_description_may_have_line_breaks() -> None:
    text = "entry 0:\n    authorizations (1): partition_id\n    description: apple:,\nteamid:X\n"
    assert parse_access(text).partitions == ("apple:", "teamid:X")


@given(st.one_of(st.text(), st.integers(0, len(ITEM)).map(lambda n: ITEM[:n].decode())))
def test_any_text_is_taken(text: str) -> None:
    access = parse_access(text)
    assert isinstance(words(access), str)
    # Nothing that was cut opens an item to all.
    assert not access.anyone or "<null>" in text or "no access control" in text

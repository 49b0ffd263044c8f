from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.demo.mac import requirements
from entraclaw_tui.macos.csreq import decompile

words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,30}", fullmatch=True)
teams = st.from_regex(r"[A-Z0-9]{10}", fullmatch=True)


@given(words, teams)
def test_blob_and_text_say_the_same(identifier: str, team: str) -> None:
    for made in (
        requirements.apple(identifier),
        requirements.developer_id(identifier, team),
    ):
        assert decompile(made.blob) == made.text


@given(st.binary(min_size=20, max_size=20))
def test_a_build_is_named_by_its_hash(digest: bytes) -> None:
    made = requirements.cdhash(digest.hex())
    assert decompile(made.blob) == made.text == f'cdhash H"{digest.hex()}"'


def test_the_bytes_are_those_of_a_mac() -> None:
    assert requirements.apple("com.apple.finder").blob.hex() == (
        "fade0c000000002c00000001000000060000000200000010636f6d2e6170706c652e66696e64657200000003"
    )

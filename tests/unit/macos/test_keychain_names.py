"""What an item of ours is, by its account."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.keychain_names import Named, named
from entraclaw_tui.worker import vault

_AGENT = st.text(st.characters(codec="ascii", exclude_characters=":"), min_size=1)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("audit:v2", Named("audit key", version=2, rest="v2")),
        ("audit:head", Named("audit key", rest="head")),
        ("pin:v1", Named("PIN key", version=1, rest="v1")),
        ("demo@contoso.example", Named("", rest="demo@contoso.example")),
        ("other:thing", Named("", rest="other:thing")),
        ("key:no version", Named("private key", rest="no version")),
        ("", Named("")),
    ],
)
def test_names(account: str, expected: Named) -> None:
    assert named(account) == expected


@given(_AGENT, st.integers(1, 10**8), st.text(min_size=1).filter(lambda t: ":" not in t))
def test_what_the_worker_files_is_told_apart(agent: str, version: int, other: str) -> None:
    key = named(vault.key_item(agent, version))
    assert (key.kind, key.agent, key.version) == ("private key", agent, version)
    token = named(vault.token_item(agent, other))
    assert (token.kind, token.agent, token.grant) == ("token", agent, other)
    session = named(vault.session_item(other, "demo@contoso.example"))
    assert (session.tenant, session.person) == (other, "demo@contoso.example")


@given(st.text())
def test_any_text_is_taken(account: str) -> None:
    assert named(account).rest in account

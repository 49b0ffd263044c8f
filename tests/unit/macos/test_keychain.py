"""The login keychain read by a tool that answers, refuses or is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.host import Host, Ran
from entraclaw_tui.macos.keychain import Lock, find_item, parse_lock, read_keychain, read_lock
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.source import Empty, Failed, Loaded

Tool = Callable[[str, str], Path]

SECURITY = "/usr/bin/security"
ITEM = """\
keychain: "/k"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="{service}"
    "acct"<blob>="{account}"
    "svce"<blob>="{service}"
"""


def dump(*items: tuple[str, str]) -> str:
    text = "".join(ITEM.format(service=service, account=account) for service, account in items)
    return f"cat <<'X'\n{text}X"


async def test_items_of_ours_and_the_number_of_others(mac: Host, tool: Tool) -> None:
    keychain = Places.of(mac).login_keychain
    tool(
        SECURITY,
        f'[ "$*" = "dump-keychain {keychain}" ] || exit 2\n'
        + dump((LABEL, "key:notes:v1"), ("other", "x"), ("another", "y")),
    )
    source = await read_keychain(mac)
    assert isinstance(source, Loaded)
    assert [item.account for item in source.value.items] == ["key:notes:v1"]
    assert source.value.others == 2


async def test_no_keychain_is_told_from_an_empty_one(mac: Host, tool: Tool) -> None:
    tool(SECURITY, "exit 0")
    assert await read_keychain(mac) == Empty(
        "There is no login keychain at /Users/demo/Library/Keychains/login.keychain-db."
    )
    keychain = Places.of(mac).login_keychain
    keychain.parent.mkdir(parents=True)
    keychain.touch()
    assert await read_keychain(mac) == Empty("The login keychain has no items.")


async def test_refusals_are_explained(mac: Host, tool: Tool) -> None:
    assert isinstance(await read_keychain(mac), Failed)
    tool(SECURITY, "exit 36")
    for source in (await read_keychain(mac), await read_lock(mac), await find_item(mac, "s", "a")):
        assert isinstance(source, Failed)
        assert "locked" in source.reason
        assert source.hint


async def test_one_item(mac: Host, tool: Tool) -> None:
    tool(
        SECURITY,
        '[ "$*" = "find-generic-password -s s -a a" ] || exit 44\n' + dump(("s", "a")),
    )
    found = await find_item(mac, "s", "a")
    assert isinstance(found, Loaded)
    assert found.value.account == "a"
    assert isinstance(await find_item(mac, "s", "b"), Empty)
    tool(SECURITY, "echo hello")
    assert isinstance(await find_item(mac, "s", "a"), Failed)


async def test_when_it_locks(mac: Host, tool: Tool) -> None:
    tool(SECURITY, "echo 'Keychain \"/k\" lock-on-sleep timeout=300s' >&2")
    source = await read_lock(mac)
    assert isinstance(source, Loaded)
    assert source.value == Lock(on_sleep=True, after_seconds=300)
    tool(SECURITY, "echo hello >&2")
    assert isinstance(await read_lock(mac), Failed)


def test_lock_lines() -> None:
    assert parse_lock('Keychain "/a "b"" no-timeout\n') == Lock(False, None)
    assert parse_lock('Keychain "/a" timeout=60s') == Lock(False, 60)
    assert parse_lock("security: SecKeychainCopySettings /a: User canceled.") is None
    assert parse_lock("") is None


def test_exit_statuses_have_words_and_are_the_low_byte() -> None:
    for exit_status in range(256):
        status = osstatus.explain(exit_status)
        assert status.words
        if status.code:
            assert status.code & 0xFF == exit_status
    assert (
        osstatus.failure(Ran(99, b"", b"\x1b[2Jodd\n")).reason == "`security` said: <U+001B>[2Jodd"
    )
    assert osstatus.failure(Ran(99, b"", b"")).reason == "`security` ended with status 99."

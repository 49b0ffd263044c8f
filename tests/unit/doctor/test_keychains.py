"""The keychains around the agent's items, by stand-ins of `security`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from entraclaw_tui.doctor import keychains
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.support.bare_mac import bare_mac

ITEM = f"""\
keychain: "$2"
class: "genp"
attributes:
    "acct"<blob>="pin:v1"
    "svce"<blob>="{LABEL}"
"""


@pytest.fixture
def mac() -> Iterator[Host]:
    with bare_mac() as host:
        host.path("/usr/bin").mkdir(parents=True)
        yield host


def security(host: Host, body: str) -> None:
    place = host.path("/usr/bin/security")
    draft = place.with_suffix(".new")
    draft.write_text(f"#!/bin/sh\n{body}\n")
    draft.chmod(0o700)
    draft.rename(place)


@pytest.mark.parametrize(
    ("exit_status", "locked"), [(36, True), (152, True), (50, False), (128, False), (99, False)]
)
async def test_only_a_keychain_that_is_locked_is_called_so(
    mac: Host, exit_status: int, locked: bool
) -> None:
    security(mac, f"exit {exit_status}")
    found, words = await keychains.lock(mac)
    assert found is None
    assert bool(words) is locked


async def test_an_open_keychain_tells_when_it_locks(mac: Host) -> None:
    security(mac, """echo 'Keychain "/k" lock-on-sleep timeout=300s' >&2""")
    found, words = await keychains.lock(mac)
    assert words == ""
    assert found is not None
    assert (found.value.on_sleep, found.value.after_seconds) == (True, 300)


async def test_without_the_tool_nothing_is_known(mac: Host) -> None:
    assert await keychains.lock(mac) == (None, "")
    assert await keychains.elsewhere(mac) == ()


async def test_every_other_keychain_of_the_search_list_is_looked_into(mac: Host) -> None:
    own = Places.of(mac).login_keychain
    listed = "".join(f'    "{path}"\n' for path in (own, "/a", "/b c", "relative"))
    security(
        mac,
        f"case $1 in list-keychains) cat <<'X'\n{listed}X\n;; *) cat <<X\n{ITEM}X\n;; esac",
    )
    found = await keychains.elsewhere(mac)
    assert [(item.keychain, item.account) for item in found] == [
        ("/a", "pin:v1"),
        ("/b c", "pin:v1"),
    ]


async def test_who_can_read_is_asked_for_once_and_kept_where_it_is_not_told(mac: Host) -> None:
    known = Loaded(Keychain("/k", (), 3), 7.0)
    security(mac, "exit 1")
    assert await keychains.with_readers(mac, known) is known
    body = f'test "$2" = -a || exit 1\nset -- x "$3"\ncat <<X\n{ITEM}access: 0 entries\nX'
    security(mac, body)
    found = await keychains.with_readers(mac, known)
    assert isinstance(found, Loaded)
    assert (found.value.others, found.at) == (3, 7.0)
    (item,) = found.value.items
    assert item.access is not None
    for nothing in (Empty("none"), Failed("no")):
        assert await keychains.with_readers(mac, nothing) is nothing

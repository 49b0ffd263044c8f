"""`tccutil list` of macOS 27, and the releases that cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.privacy import read_privacy
from entraclaw_tui.macos.tcc_list import (
    Listed,
    client_state,
    list_clients,
    list_grants,
    parse_clients,
)
from entraclaw_tui.macos.tcc_rows import ABSENT, LISTED
from entraclaw_tui.model.source import Empty, Failed, Loaded

Tool = Callable[[str, str], Path]
TOOL = "/usr/bin/tccutil"


async def test_clients_of_a_service(mac: Host, tool: Tool) -> None:
    tool(TOOL, 'test "$*" = "list -s Camera" && printf "com.example.a\\n/opt/b c\\n"')
    assert await list_clients(mac, "kTCCServiceCamera") == ("com.example.a", "/opt/b c")


async def test_the_state_of_one(mac: Host, tool: Tool) -> None:
    tool(TOOL, 'test "$*" = "list -s Camera -b com.example.a" && echo allowed')
    assert await client_state(mac, "Camera", "com.example.a") == "allowed"


async def test_nothing_is_kept(mac: Host, tool: Tool) -> None:
    tool(TOOL, "exit 0")
    assert await list_clients(mac, "Camera") == ()
    assert isinstance(await client_state(mac, "Camera", "x"), Empty)


async def test_an_older_macos_cannot(mac: Host, tool: Tool) -> None:
    tool(TOOL, 'echo "tccutil: Usage: tccutil reset SERVICE [BUNDLE_ID]" >&2; exit 64')
    found = await list_clients(mac, "Camera")
    assert isinstance(found, Empty)
    assert "cannot" in found.reason


async def test_failures_are_told(mac: Host, tool: Tool) -> None:
    assert isinstance(await list_clients(mac, "Camera"), Failed)
    tool(TOOL, "echo 'tccutil: no such service' >&2; exit 1")
    found = await list_clients(mac, "Camera")
    assert isinstance(found, Failed)
    assert "no such service" in found.reason


def test_lines() -> None:
    assert parse_clients("") == ()
    assert parse_clients(" a \n\nb\n") == ("a", "b")


LISTS = """\
case "$*" in
"list -s Camera") printf 'com.example.a\\n/opt/b c\\n' ;;
"list -s Camera -b com.example.a") echo Allowed ;;
"list -s Camera -b /opt/b c") echo "This Instance" ;;
"list -s ScreenCapture") echo com.example.a ;;
"list -s ScreenCapture -b com.example.a") echo "asks again" ;;
"list -s Photos") ;;
*) echo "tccutil: Failed to list" >&2; exit 70 ;;
esac
"""


async def test_decisions_of_several_services(mac: Host, tool: Tool) -> None:
    tool(TOOL, LISTS)
    found = await list_grants(mac, ("Camera", "Photos", "ScreenCapture", "Microphone"))
    assert isinstance(found, Listed)
    assert [(g.name, g.client, g.client_is_path, g.state, g.scope) for g in found.grants] == [
        ("Camera", "com.example.a", False, "granted", "user"),
        # Bound to one run: never a grant.
        ("Camera", "/opt/b c", True, "this run only", "user"),
        ("Screen Recording", "com.example.a", False, "asks again", "system"),
    ]
    assert {(g.reason, g.changed_at, g.requirement) for g in found.grants} == {("", None, "")}
    assert found.silent == ("Microphone",)


async def test_a_tool_that_cannot_list_is_asked_once(mac: Host, tool: Tool) -> None:
    tool(TOOL, 'echo . >> "$0.runs"; echo "tccutil: Usage: tccutil reset SERVICE" >&2; exit 64')
    assert isinstance(await list_grants(mac), Empty)
    assert mac.path(TOOL + ".runs").read_text() == ".\n"


async def test_the_list_stands_in_for_a_database_that_moved(mac: Host, tool: Tool) -> None:
    tool(TOOL, 'test "$2 $3" = "-s AppleEvents" && { test "$4" = -b && echo denied || echo x.y; }')
    found = await read_privacy(mac)
    assert isinstance(found, Loaded)
    assert (found.value.user_database, found.value.system_database) == (LISTED, ABSENT)
    assert [(g.name, g.client, g.state) for g in found.value.grants] == [
        ("Automation", "x.y", "denied")
    ]
    assert "told nothing of Desktop Folder" in found.value.note


async def test_a_database_that_is_there_is_read_and_nothing_listed(mac: Host, tool: Tool) -> None:
    tool(TOOL, 'touch "$0.ran"')
    database = Places.of(mac).user_tcc
    database.parent.mkdir(parents=True)
    with closing(sqlite3.connect(database)) as made:
        made.execute("CREATE TABLE access (service TEXT, client TEXT, auth_value INTEGER)")
    found = await read_privacy(mac)
    assert isinstance(found, Loaded)
    assert found.value.user_database == "read"
    assert not mac.path(TOOL + ".ran").exists()

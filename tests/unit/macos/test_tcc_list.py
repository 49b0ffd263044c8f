"""`tccutil list` of macOS 27, and the releases that cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.tcc_list import client_state, list_clients, parse_clients
from entraclaw_tui.model.source import Empty, Failed

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

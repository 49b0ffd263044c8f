"""`status` answers in time, whoever else does not."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from entraclaw_tui.cli import status
from entraclaw_tui.demo.mac.build import prepare
from entraclaw_tui.macos.agent_plist import make_folders
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.source import Failed


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(status, "ANSWER_SECONDS", 1.5)
    host = prepare(None)
    make_folders(Places.of(host))
    yield host
    shutil.rmtree(host.root)


def hang(host: Host, tool: str) -> None:
    draft = host.path("/bin/draft")
    draft.write_text("#!/bin/sh\nexec sleep 60\n")
    draft.chmod(0o700)
    draft.rename(host.path(tool))


def rows(found: status.Status) -> dict[str, str]:
    return dict(status._rows(found))


async def test_a_socket_that_launchd_holds_without_a_worker(mac: Host) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(Places.of(mac).control_socket))
        listener.listen()
        found = await status._gather(mac)
    assert found.unanswered == ("worker",)
    assert found.worker is None
    assert rows(found)["worker"] == "The worker did not answer within 1.5 s."
    assert found.machine.macos
    assert msgspec.json.decode(msgspec.json.encode(found))["unanswered"] == ["worker"]


async def test_tools_that_hang_are_named_and_the_rest_is_told(mac: Host) -> None:
    hang(mac, "/bin/launchctl")
    hang(mac, "/usr/bin/security")
    found = await status._gather(mac)
    assert found.unanswered == ("mac", "job", "keychain")
    assert isinstance(found.job, Failed)
    assert rows(found)["job"] == "launchd did not answer within 1.5 s."
    assert rows(found)["items"] == "The Keychain did not answer within 1.5 s."
    assert "not running" in rows(found)["worker"]
    assert found.machine.user == mac.user

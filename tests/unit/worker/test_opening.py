"""A worker whose Keychain hangs: it serves, says what it waits for, and goes on by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest
import pytest_asyncio

from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.ipc.client import Connection
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import (
    Count,
    Nothing,
    Snapshot,
    Subscribe,
    SubscribeResult,
    WorkerInfo,
)
from entraclaw_tui.ipc.request_messages import TokenRequest, TokenRequestResult
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker import daemon, sockets, status
from entraclaw_tui.worker.certificates import new_pair
from entraclaw_tui.worker.credential import AgentKey
from entraclaw_tui.worker.daemon import Daemon
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.vault import key_item
from tests.support.running_worker import furnish, pretend_mac
from tests.support.worker_stage import CONFIG, GRAPH, ScriptedExchange

WISH = TokenRequest(GRAPH, ("User.Read",))
KEY = key_item(CONFIG.agent.name)


class Hanging:
    """The pretend Keychain, with a dialog that nobody answers before some of its items."""

    def __init__(self, host: Host, prefix: str) -> None:
        self._keyring = PretendKeyring(Places.of(host).login_keychain)
        self._prefix = prefix
        self.answered = threading.Event()

    def get_password(self, service: str, username: str, /) -> str | None:
        if username.startswith(self._prefix):
            self.answered.wait(30)
        return self._keyring.get_password(service, username)

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self._keyring.set_password(service, username, password)

    def delete_password(self, service: str, username: str, /) -> None:
        self._keyring.delete_password(service, username)


@pytest.fixture(scope="module")
def furnished() -> Iterator[Host]:
    with pretend_mac() as host:
        furnish(host)
        pair = new_pair("agent", days=12)
        value = msgspec.json.encode(AgentKey(pair.private_key, pair.certificate)).decode()
        PretendKeyring(Places.of(host).login_keychain).set_password(
            "com.entraclaw.agent", KEY, value
        )
        yield host


class Begun:
    """A daemon in this very process."""

    def __init__(self, host: Host, prefix: str) -> None:
        self.places = Places.of(host)
        self.keychain = Hanging(host, prefix)
        self._log = WorkerLog(self.places.worker_log)
        self.daemon = Daemon(host, self._log, self.keychain, exchange=ScriptedExchange())
        self._listeners = [
            sockets.bind(path) for path in (self.places.request_socket, self.places.control_socket)
        ]

    async def start(self) -> None:
        request, control = self._listeners
        await self.daemon.start([request], [control])

    async def stop(self) -> None:
        async with asyncio.timeout(5):
            await self.daemon.stop()
        self.keychain.answered.set()
        for listener in self._listeners:
            listener.close()
        self._log.close()

    async def panel(self) -> Connection:
        return await Connection.open(self.places.control_socket, "panel")

    async def client(self) -> Connection:
        return await Connection.open(self.places.request_socket, "client")


@pytest_asyncio.fixture
async def begin(
    furnished: Host, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Begun]:
    monkeypatch.setattr(daemon, "PATIENCE", 0.1)
    monkeypatch.setattr(daemon, "CLIENT_PATIENCE", 0.2)
    monkeypatch.setattr(status, "SLOW", 0.05)
    begun = Begun(furnished, request.param)
    await begun.start()
    yield begun
    await begun.stop()


async def until_info(panel: Connection, **fields: object) -> WorkerInfo:
    """Wait until the worker says so of itself."""
    async with asyncio.timeout(10):
        while True:
            info = await panel.call("worker.status", Nothing(), WorkerInfo)
            if all(getattr(info, name) == value for name, value in fields.items()):
                return info
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("begin", ["audit:"], indirect=True)
async def test_it_serves_says_what_it_waits_for_and_goes_on(begin: Begun) -> None:
    async with await begin.panel() as panel, await begin.client() as client:
        info = await until_info(panel, waits_for="keychain")
        assert (info.keychain, info.note) == (
            "unknown",
            "Waits for the Keychain: it may have a question open at the Mac's screen.",
        )
        for connection, method, params, kind in (
            (client, "token.request", WISH, TokenRequestResult),
            (panel, "grant.revoke_all", Nothing(), Count),
        ):
            with pytest.raises(WireError, match="Waits for the Keychain") as refused:
                await connection.call(method, params, kind)
            assert refused.value.code is Code.NOT_READY
            assert refused.value.retry_after
        snapshot = await panel.call("snapshot", Nothing(), Snapshot)
        assert snapshot.requests == ()
        await panel.call("subscribe", Subscribe(snapshot.seq), SubscribeResult)

        begin.keychain.answered.set()
        await until_info(panel, keychain="ok", waits_for="", note="")
        async with asyncio.timeout(10):
            kinds = set()
            async for event in panel.events():
                kinds.add(event.kind)
                if event.kind == "resync":
                    break
        assert "worker" in kinds
        asked = await client.call("token.request", WISH, TokenRequestResult)
        assert asked.state == "pending"


@pytest.mark.parametrize("begin", ["key:"], indirect=True)
async def test_a_key_behind_a_dialog_holds_nothing_else_up(begin: Begun) -> None:
    async with await begin.panel() as panel, await begin.client() as client:
        info = await until_info(panel, waits_for="keychain")
        assert (info.keychain, info.certificates) == ("ok", ())
        asked = await client.call("token.request", WISH, TokenRequestResult)
        assert asked.state == "pending"
        begin.keychain.answered.set()
        info = await until_info(panel, waits_for="", note="")
        (end,) = info.certificates
        assert (end.agent, end.version) == ("agent", 1)
        assert end.days_left(info.started_at) == 11


@pytest.mark.parametrize("begin", ["audit:", "key:"], indirect=True)
async def test_it_can_be_stopped_while_it_waits(begin: Begun) -> None:
    async with await begin.panel() as panel:
        await until_info(panel, waits_for="keychain")
    async with asyncio.timeout(8):  # less than the Keychain has for one call
        await begin.daemon.stop()
    assert begin.daemon.status.engine is None
    assert not begin.places.state_db.with_name("state.db-wal").exists()

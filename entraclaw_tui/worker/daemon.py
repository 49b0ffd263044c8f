"""The worker put together: sockets, engine, watches; started and stopped in order."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Coroutine, Mapping
from typing import Final

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Event
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.system import screen_locked
from entraclaw_tui.worker import keys, permit
from entraclaw_tui.worker.audit_file import AuditFiles
from entraclaw_tui.worker.bus import Bus
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.config import Config, ConfigError
from entraclaw_tui.worker.control_api import ControlApi
from entraclaw_tui.worker.core import Core, Exchanger
from entraclaw_tui.worker.database import DatabaseError
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.key_watch import KeyWatch
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.notice import Notices
from entraclaw_tui.worker.panels import Panels, ScreenWatch
from entraclaw_tui.worker.request_api import RequestApi
from entraclaw_tui.worker.requester import Requesters
from entraclaw_tui.worker.server import Server
from entraclaw_tui.worker.status import Status
from entraclaw_tui.worker.upkeep import Upkeep
from entraclaw_tui.worker.vault import Backend, Vault, VaultError, VaultLocked
from entraclaw_tui.worker.wire import Service, Wire

REQUESTS: Final = 64
CONTROLS: Final = 32
"""Connections that each socket takes."""
_RETRY: Final = 10.0
"""Seconds between tries to get at the Keychain."""
PATIENCE: Final = 1.0
"""Seconds that a panel waits for the engine; then it is told what that waits for."""
CLIENT_PATIENCE: Final = 5.0
"""The same for a program that asks: it can do nothing else meanwhile."""


class Daemon:
    """One worker."""

    def __init__(
        self,
        host: Host,
        log: WorkerLog,
        backend: Backend,
        clock: Clock | None = None,
        exchange: Exchanger | None = None,
    ) -> None:
        self._host = host
        self._log = log
        self._places = Places.of(host)
        self._clock = clock or Clock()
        self._vault = Vault(backend)
        self._exchange = exchange
        self._bus = Bus(self._clock.wall())
        self._panels = Panels()
        # A pretend Mac's launchd is an ordinary process: what started it is not of that Mac.
        self._root = os.getppid() if host.pretend else 0
        self._requesters = Requesters(host, self._root)
        self.status = Status(host, self._bus, self._clock, self._open_engine)
        self._notices: Notices | None = None
        self._watch = ScreenWatch(self._look, self._watch_needed, self._screen)
        self._servers: list[Server] = []
        self._retry: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._told = 0.0
        self._stopping = False

    async def start(self, request: list[socket.socket], control: list[socket.socket]) -> None:
        """Serve, once the engine runs or a patience is at its end: the Keychain may hang."""
        self._panels.on_change = self._watch.changed
        requests = [Server(s, REQUESTS, self._request_api, self._log) for s in request]
        controls = [Server(s, CONTROLS, self._control_api, self._log) for s in control]
        self._servers = [*requests, *controls]
        begun = self._spawn(self._begin())
        self._spawn(self._serve(requests, begun, CLIENT_PATIENCE))
        await self._serve(controls, begun, PATIENCE)

    async def stop(self) -> None:
        """Stop taking anything, write down what is left, close the database."""
        self._stopping = True
        if self._retry is not None:
            self._retry.cancel()
        await self.status.close()
        self._watch.close()
        for server in self._servers:
            server.stop()
        if self._notices is not None:
            await self._notices.close()
        engine, self.status.engine = self.status.engine, None
        if engine is not None:
            try:
                await engine.stop()
            except WireError as error:
                self._log.error("The last words could not be stored.", why=error.message)
            await engine.core.ledger.close()
            engine.files.close()
        for task in self._tasks:
            task.cancel()
        self._vault.close()

    def loop_trouble(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
        """Log what nobody caught: the kind alone, and at most once a second."""
        now = time.monotonic()
        if now - self._told >= 1.0:
            self._told = now
            error = context.get("exception")
            self._log.error(
                "Something went wrong in the background.",
                kind=type(error).__name__ if error is not None else "",
                what=str(context.get("message", ""))[:200],
            )

    async def _serve(
        self, servers: list[Server], begun: asyncio.Task[None], patience: float
    ) -> None:
        await asyncio.wait({begun}, timeout=patience)
        if not self._stopping:
            for server in servers:
                server.start()

    # -- connections --------------------------------------------------------------------------

    def _request_api(self, wire: Wire) -> Service:
        return RequestApi(wire, self.status.require_engine, self._requesters, self.status.server)

    def _control_api(self, wire: Wire) -> Service:
        return ControlApi(
            wire, self.status, self._panels, self._bus, self._clock, self._root, self._permit
        )

    def _permit(self, terminal: str) -> permit.Permit:
        return permit.read(self._host, terminal, self._clock.wall())

    # -- the engine ---------------------------------------------------------------------------

    async def _open_engine(self) -> None:
        status = self.status
        if status.engine is not None or self._stopping:
            return
        before = (status.keychain, status.note)
        try:
            engine = await self._assemble()
        except ConfigError as error:
            status.wrong(Code.NOT_READY, str(error))
        except VaultError as error:
            status.keychain = "locked" if isinstance(error, VaultLocked) else "unavailable"
            status.wrong(Code.LOCKED, error.message, error.hint)
        except (DatabaseError, WireError) as error:
            status.keychain = "ok"
            status.wrong(Code.STORAGE, str(error))
        else:
            status.keychain = "ok"
            status.engine = engine
            self._notices = Notices(
                engine.core, self._host, lambda: self._panels.watched, engine.decisions.deny
            )
            status.note = engine.note()
            status.keys = KeyWatch(
                self._places.credential_record,
                self._vault,
                engine.core.config,
                self._keys_changed,
            )
            self._looking = self._spawn(self._look_at_keys(engine, status.keys))
            self._watch.changed()
            if any(server.connections for server in self._servers):
                # Panels that came before the engine know nothing of what it has read.
                self._bus.publish(Event(0, "resync"))
        if status.engine is None:
            self._retry = asyncio.get_running_loop().call_later(_RETRY, self._again)
        if (status.keychain, status.note) != before or status.engine is not None:
            if status.note:
                self._log.warning(status.note)
            status.changed()

    async def _assemble(self) -> Engine:
        config = Config.load(self._host)
        self.status.config = config
        with self.status.waiting("keychain"):
            found = await keys.load(self._vault)
        ledger = Ledger(self._places.state_db, found, self._clock)
        try:
            with self.status.waiting("database"):
                await ledger.open()
            core = Core(
                self._clock,
                config,
                found,
                ledger,
                self._vault,
                self._exchange or self._new_exchange(config),
                self._log,
                self._bus,
            )
            engine = Engine.assemble(core, AuditFiles(self._places.audit_dir, self._log))
            engine.grants.on_change = self._watch.changed
            ledger.on_trouble(self.status.changed)
            engine.signing_in.on_change = self.status.changed
            core.exchange.tell_of_pauses(self.status.changed)
            with self.status.waiting("database"):
                await engine.start()
        except BaseException:
            await ledger.close()
            raise
        return engine

    def _new_exchange(self, config: Config) -> Exchanger:
        from entraclaw_tui.worker.exchange import Exchange

        return Exchange(config, self._vault, self._places.credential_record, self._note)

    def _note(self, level: str, message: str, fields: Mapping[str, str]) -> None:
        self._log.write(level, message, dict(fields), "exchange")

    def _again(self) -> None:
        self._retry = None
        self._spawn(self._begin())

    async def _begin(self) -> None:
        await self.status.try_to_open()
        if self._looking is not None:
            await self._looking

    async def _look_at_keys(self, engine: Engine, watch: KeyWatch) -> None:
        """Read what a dialog may hold up; the engine works without."""
        with self.status.waiting("keychain"):
            await asyncio.gather(watch.look(), engine.signing_in.load())
        self.status.changed()
        upkeep = Upkeep(self._clock, engine.housekeeping.prune, watch, self._log)
        self._spawn(upkeep.run())

    def _keys_changed(self) -> None:
        status = self.status
        trouble = status.keys.trouble if status.keys is not None else None
        if trouble is not None:
            status.keychain = "locked" if isinstance(trouble, VaultLocked) else "unavailable"
            self._log.warning("The agent's key cannot be read.", why=trouble.message)
        else:
            status.keychain = "ok"
        status.changed()

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # -- the screen ---------------------------------------------------------------------------

    async def _look(self) -> bool | None:
        try:
            return await screen_locked(self._host)
        except ToolError:
            return None

    def _watch_needed(self) -> bool:
        engine = self.status.engine
        return self._panels.open_at_console or (engine is not None and engine.grants.ends_with_lock)

    def _screen(self, locked: bool | None) -> None:
        if locked:
            self._panels.screen_locked()
        engine = self.status.engine
        if engine is not None and engine.grants.ends_with_lock:
            self._spawn(self._end_with_lock(engine))

    async def _end_with_lock(self, engine: Engine) -> None:
        try:
            await engine.grants.lock()
        except WireError as error:
            self._log.error("A grant's end could not be stored.", why=error.message)

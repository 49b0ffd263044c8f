"""What the worker is: its engine where the Keychain let it start, and what is wrong where not."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Literal

from entraclaw_tui import __version__
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Event, WorkerInfo
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded
from entraclaw_tui.worker.bus import Bus
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.key_watch import KeyWatch

KeychainState = Literal["ok", "locked", "unavailable", "unknown"]
WaitsFor = Literal["", "keychain", "database"]

SLOW: Final = 1.0
"""Seconds after which a wait is told."""
_WAITS: Final[dict[WaitsFor, str]] = {
    "": "",
    "keychain": "Waits for the Keychain: it may have a question open at the Mac's screen.",
    "database": "Opens the database.",
}


class Status:
    """Shared by all connections."""

    def __init__(
        self,
        host: Host,
        bus: Bus,
        clock: Clock,
        open_engine: Callable[[], Awaitable[None]],
    ) -> None:
        self._host = host
        self._bus = bus
        self._open_engine = open_engine
        self._opening: asyncio.Task[None] | None = None
        self.server = f"entraclaw-tui {__version__}"
        self.started_at = clock.wall()
        self.engine: Engine | None = None
        self.config: Config | None = None
        self.keychain: KeychainState = "unknown"
        self.keys: KeyWatch | None = None
        self.note = ""
        self.waits_for: WaitsFor = ""
        self._hint = ""
        self._code = Code.NOT_READY

    @contextlib.contextmanager
    def waiting(self, what: WaitsFor) -> Iterator[None]:
        """Say what is waited for, where that takes long."""

        def late() -> None:
            self.waits_for = what
            self.changed()

        timer = asyncio.get_running_loop().call_later(SLOW, late)
        try:
            yield
        finally:
            timer.cancel()
            if self.waits_for:
                self.waits_for = ""
                self.changed()

    def wrong(self, code: Code, note: str, hint: str = "") -> None:
        """Say why there is no engine."""
        self._code, self.note, self._hint = code, note, hint

    def mended(self) -> None:
        """What the note warned of may be over: a panel set the policy, or root's PIN, anew."""
        if self.engine is not None:
            note = self.engine.note()
            if note != self.note:
                self.note = note
                self.changed()

    def require_engine(self) -> Engine:
        """Return the engine. Raises WireError saying why there is none."""
        if self.engine is None:
            note = self.note or _WAITS[self.waits_for] or "The worker is starting."
            raise WireError(self._code, note, self._hint, 5.0)
        return self.engine

    async def try_to_open(self) -> None:
        """Try to start the engine, once for all who ask at the same time."""
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open_engine())
            self._opening.add_done_callback(self._opened)
        await asyncio.shield(self._opening)

    async def close(self) -> None:
        """Give up a start that is under way."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait({self._opening})

    def info(self) -> WorkerInfo:
        """Return what a panel may know of the worker."""
        core = self.engine.core if self.engine is not None else None
        trouble = core.ledger.trouble if core is not None else ""
        config = self.config
        return WorkerInfo(
            pid=os.getpid(),
            version=self.server.rpartition(" ")[2],
            started_at=self.started_at,
            paused=core.paused if core is not None else False,
            keychain=self.keychain,
            storage="degraded" if trouble else "ok",
            signed_in=self._signed_in(),
            tenant=config.entra.tenant if config else "",
            agent=config.agent.name if config else "",
            authority=config.entra.authority if config else "",
            rss_bytes=_memory(),
            note=f"Nothing can be stored: {trouble}." if trouble else self._words(),
            waits_for=self.waits_for,
            pauses=core.exchange.pauses() if core is not None else (),
            certificates=self.keys.ends if self.keys is not None else (),
        )

    def changed(self) -> WorkerInfo:
        """Tell all panels how the worker is now."""
        info = self.info()
        self._bus.publish(Event(0, "worker", worker=info))
        return info

    def _words(self) -> str:
        trouble = self.keys.trouble if self.keys is not None else None
        key = f"The agent's key cannot be read. {trouble.message}" if trouble else ""
        return self.note or key or _WAITS[self.waits_for]

    def _signed_in(self) -> str:
        if self.engine is None or not self.engine.signing_in.signed_in:
            return ""
        return self.engine.core.config.account.upn

    async def privacy(self) -> Loaded[Privacy] | Empty | Failed:
        """Read the TCC databases for a panel that may not."""
        from entraclaw_tui.macos.privacy import read_privacy

        return await read_privacy(self._host)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening = None


def _memory() -> int:
    import psutil

    try:
        return int(psutil.Process().memory_info().rss)
    except psutil.Error:
        return 0

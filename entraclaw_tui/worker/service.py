"""The worker as a process: started by launchd, serving until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from entraclaw_tui.macos.host import Host, HostError
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker import folders, memory, sockets
from entraclaw_tui.worker.core import Exchanger
from entraclaw_tui.worker.daemon import Daemon
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.vault import Backend

OK: Final = 0
UNUSABLE: Final = 78
"""EX_CONFIG (sysexits.h): a folder or socket that may not be used."""
AGAIN: Final = 75
"""EX_TEMPFAIL: another worker is running."""
_DESCRIPTORS: Final = 1024
_CAUGHT_LIMIT: Final = 1024 * 1024
"""Bytes that launchd's own files of our output may have."""


def serve(
    host: Host,
    *,
    listeners: Callable[[str], list[socket.socket]],
    keyring: Callable[[], Backend],
    exchange: Exchanger | None = None,
) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status.

    `listeners` gives the sockets named `Request` and `Control`; where it gives none they are
    bound here. `keyring` gives the Keychain backend. `exchange` stands in for Entra in
    tests; without it the settings say which authority is asked.
    """
    os.umask(0o077)
    _limit()
    memory.keep_small()
    places = Places.of(host)
    try:
        folders.prepare(places)
        lock = sockets.Lock(places.run_dir / "lock")
    except sockets.AlreadyRunning as error:
        print(error, file=sys.stderr)
        return AGAIN
    except (folders.UnsafeFolder, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    log = WorkerLog(places.worker_log)
    _cap(places)
    opened: list[socket.socket] = []
    try:
        request = _listen(listeners, "Request", places.request_socket, log)
        opened += request
        control = _listen(listeners, "Control", places.control_socket, log)
        opened += control
        return asyncio.run(_run(Daemon(host, log, keyring(), exchange=exchange), request, control))
    except sockets.AlreadyRunning as error:
        log.error(str(error))
        return AGAIN
    except (folders.UnsafeFolder, OSError) as error:
        log.error("The worker cannot start.", why=str(error))
        print(error, file=sys.stderr)
        return UNUSABLE
    finally:
        for listener in opened:
            listener.close()
        log.close()
        lock.release()


def _listen(
    listeners: Callable[[str], list[socket.socket]], name: str, path: Path, log: WorkerLog
) -> list[socket.socket]:
    """Return launchd's sockets, or one of our own where this is no job of launchd's."""
    try:
        found = listeners(name)
    except (HostError, OSError) as error:
        log.warning("launchd hands no socket over; binding one.", name=name, why=str(error))
        found = []
    return found or [sockets.bind(path)]


async def _run(daemon: Daemon, request: list[socket.socket], control: list[socket.socket]) -> int:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
    loop.set_exception_handler(daemon.loop_trouble)
    await daemon.start(request, control)
    try:
        await stop.wait()
    finally:
        await daemon.stop()
    return OK


def _limit() -> None:
    """No core files (they would hold tokens); room for descriptors."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < _DESCRIPTORS:
            most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _cap(places: Places) -> None:
    """launchd never shortens the files it writes our output to."""
    for path in (places.agent_out, places.agent_err):
        with contextlib.suppress(OSError):
            if path.lstat().st_size > _CAUGHT_LIMIT and not path.is_symlink():
                os.truncate(path, 0)

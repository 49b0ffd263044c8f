"""A real worker process on a pretend Mac; only Entra is played, and every wish written down.

usage: worker_process.py ROOT [SECONDS [launchd]]

An exchange takes so many SECONDS. With `launchd` the sockets are those that the pretend
Mac's launchd keeps for its job.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from entraclaw_tui.demo.mac.activation import activate
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import Pause
from entraclaw_tui.worker.entra_answers import DeviceFlow
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.service import serve
from entraclaw_tui.worker.wish import Token, Wish
from tests.support.jottings import jot


class WrittenExchange:
    """Gives a token, but for what has `Fail` in its name, and writes down that it did."""

    def __init__(self, ledger: Path, seconds: float) -> None:
        self._ledger = ledger
        self._seconds = seconds

    async def obtain(self, wish: Wish) -> Token:
        jot(self._ledger, *wish.scopes)
        await asyncio.sleep(self._seconds)
        if "Fail" in wish.scopes[0]:
            raise ExchangeError(Kind.CONFIG)
        return Token("the-token", "Bearer", time.time() + 3600, wish.scopes, 1)

    async def signed_in(self) -> bool:
        return True

    async def begin_sign_in(self) -> DeviceFlow:
        raise ExchangeError(Kind.TRANSIENT)

    async def poll_sign_in(self, flow: DeviceFlow) -> bool:
        return False

    async def sign_out(self) -> None: ...

    def tell_of_pauses(self, told: Callable[[], object]) -> None: ...

    def pauses(self) -> tuple[Pause, ...]:
        return ()

    def forget(self) -> None: ...

    def close(self) -> None: ...


def main() -> int:
    root = Path(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    host = Host.open(root)
    kept = sys.argv[3:] == ["launchd"]
    return serve(
        host,
        listeners=(lambda name: activate(host, name)) if kept else (lambda name: []),
        keyring=lambda: PretendKeyring(Places.of(host).login_keychain),
        exchange=WrittenExchange(root / "wishes", seconds),
    )


if __name__ == "__main__":
    sys.exit(main())

"""A real worker process on a pretend Mac; only Entra is played, and every wish written down.

usage: worker_process.py ROOT [seconds that an exchange takes]
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker.service import serve
from entraclaw_tui.worker.wish import Token, Wish


class WrittenExchange:
    """Gives a token for everything, and writes down that it did."""

    def __init__(self, ledger: Path, seconds: float) -> None:
        self._ledger = ledger
        self._seconds = seconds

    async def obtain(self, wish: Wish) -> Token:
        descriptor = os.open(self._ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, f"{' '.join(wish.scopes)}\n".encode())
        os.close(descriptor)
        await asyncio.sleep(self._seconds)
        return Token("the-token", "Bearer", time.time() + 3600, wish.scopes, 1)

    async def signed_in(self) -> bool:
        return True

    def forget(self) -> None: ...

    def close(self) -> None: ...


def main() -> int:
    root = Path(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    host = Host.open(root)
    return serve(
        host,
        listeners=lambda name: [],
        keyring=lambda: PretendKeyring(Places.of(host).login_keychain),
        exchange=WrittenExchange(root / "wishes", seconds),
    )


if __name__ == "__main__":
    sys.exit(main())

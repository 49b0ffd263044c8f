"""A rotation of an agent's key in a process that kills itself before its n-th step.

usage: rotation_process.py ROOT STEP

A step is a change of the Keychain or of the record, before it and after it. Step -1 goes through
to the end. Prints what it has done.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker import credential_record
from entraclaw_tui.worker.rotation import Rotation
from entraclaw_tui.worker.vault import Vault

AGENT = "research-bot"


class Steps:
    """Counts, and dies at the one that was named."""

    def __init__(self, last: int) -> None:
        self._left = last

    def step(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def around(self, inner: Callable[..., None]) -> Callable[..., None]:
        """Make what happens before and after a call two steps."""

        def outer(*given: object) -> None:
            self.step()
            inner(*given)
            self.step()

        return outer


async def rotate(rotation: Rotation) -> None:
    """Do whatever of a rotation is still to be done."""
    record = rotation.record()
    if record.one(AGENT, "next") is None and record.one(AGENT, "retired") is None:
        await rotation.make(AGENT, AGENT)
        print("made", flush=True)
    if rotation.record().one(AGENT, "next") is not None:
        await rotation.use(AGENT)
        print("used", flush=True)
    await rotation.forget(AGENT)
    print("forgot", flush=True)


def main() -> None:
    host = Host.open(Path(sys.argv[1]))
    places = Places.of(host)
    steps = Steps(int(sys.argv[2]))
    backend = PretendKeyring(places.login_keychain)
    backend.set_password = steps.around(backend.set_password)  # type: ignore[method-assign]
    backend.delete_password = steps.around(backend.delete_password)  # type: ignore[method-assign]
    credential_record.save = steps.around(credential_record.save)
    vault = Vault(backend)
    asyncio.run(rotate(Rotation(places.credential_record, places.certificate_dir, vault)))
    vault.close()


if __name__ == "__main__":
    main()

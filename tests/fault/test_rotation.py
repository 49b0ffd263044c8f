"""C26: a rotation that is killed at any step leaves a key that can be read and used."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker.config import Agent
from entraclaw_tui.worker.credential import read_key
from entraclaw_tui.worker.credentials import Credentials
from entraclaw_tui.worker.vault import Vault
from tests.support.fault_table import Rows
from tests.support.running_worker import pretend_mac
from tests.support.sizes import sizes

_PROCESS = Path(__file__).parents[1] / "support" / "rotation_process.py"
STEPS = 10
"""Set, record (make); record (use); delete, record (forget): before each and after each."""


def rotate(host: Host, step: int) -> int:
    """Run a rotation that dies at a step; return how it ended."""
    return subprocess.run(
        [sys.executable, str(_PROCESS), os.fspath(host.root), str(step)],
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=False,
    ).returncode


def usable(host: Host) -> int:
    """Return the version that a worker would begin with, once its key has been read."""
    places = Places.of(host)

    async def look() -> int:
        vault = Vault(PretendKeyring(places.login_keychain))
        number, text = await Credentials(places.credential_record, vault).first(
            Agent("research-bot")
        )
        vault.close()
        read_key(text).for_msal()
        return number

    return asyncio.run(look())


@sizes(3, 10 * 50)
def test_killed_at_any_step_a_key_stays_readable(rounds: int, table: Rows) -> None:
    killed = readable = finished = 0
    with pretend_mac() as host:
        Places.of(host).config_dir.mkdir(parents=True, exist_ok=True)
        assert rotate(host, -1) == 0
        before = usable(host)
        for turn in range(rounds):
            step = turn * 7 % STEPS  # in another order than they come: 7 and 10 share no factor
            assert rotate(host, step) == -signal.SIGKILL, step
            killed += 1
            now = usable(host)
            readable += now >= before
            assert rotate(host, -1) == 0, "whatever was left can be brought to its end"
            before = usable(host)
            finished += before >= now
    table("C26 rotations killed, key readable after it", f"{readable} of {killed}", killed)
    table("C26 brought to their end afterwards", f"{finished} of {killed}", killed)
    assert readable == finished == killed

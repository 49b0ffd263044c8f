"""The real worker killed again and again under load: nothing it has said is ever taken back."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import time
from pathlib import Path

import pytest

from entraclaw_tui.demo.clients import executables
from entraclaw_tui.demo.mac import build
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker import keys
from entraclaw_tui.worker.vault import Vault
from tests.support.autopsy import Autopsy
from tests.support.decider import command_of
from tests.support.demo import PIN, until
from tests.support.fault_table import Rows
from tests.support.jottings import jotted
from tests.support.launched_worker import LaunchedWorker
from tests.support.terminal import Terminal

SPEED = 40
"""launchd's clocks, so that its ten seconds between two starts are a quarter of one."""
EXCHANGE = 0.08
"""Seconds that an exchange takes, so that many a kill falls into one."""
SUPPORT = Path(__file__).parents[1] / "support"


@pytest.fixture
def mac(folder: Path) -> Host:
    host = build.prepare(folder / "m", speed=SPEED)
    PretendKeychain(Places.of(host).login_keychain).create()
    return host


def keys_of(host: Host) -> keys.Keys:
    vault = Vault(PretendKeyring(Places.of(host).login_keychain))
    try:
        return asyncio.run(keys.load(vault))
    finally:
        vault.close()


class Crowd:
    """Clients, some of them of one program, and deciders."""

    def __init__(self, worker: LaunchedWorker, folder: Path, clients: int, programs: int) -> None:
        self.heard, self.decided = folder / "heard", folder / "decided"
        prefix = worker.host.path("/usr/local/crowd")
        executables.prepare(prefix)
        names = [executables.add(prefix, f"crowd-{n}") for n in range(programs)]
        script = SUPPORT / "load_client.py"
        asked = os.fspath(worker.places.request_socket)
        self._clients = [
            subprocess.Popen(
                [names[n % programs], "-I", "-B", script, asked, f"c{n}", self.heard],
                stdin=subprocess.DEVNULL,
            )
            for n in range(clients)
        ]
        self._deciders = [
            Terminal(command_of(worker.places.control_socket, PIN, self.decided)) for _ in range(2)
        ]

    def leave(self) -> None:
        """End them all."""
        for client in self._clients:
            client.kill()
            client.wait()
        for decider in self._deciders:
            decider.close()


@pytest.mark.parametrize(
    ("kills", "clients", "programs"),
    [
        pytest.param(5, 6, 2, id="short"),
        pytest.param(200, 20, 2, id="long", marks=pytest.mark.fault),
    ],
)
def test_kills_under_load(
    mac: Host, folder: Path, table: Rows, kills: int, clients: int, programs: int
) -> None:
    chance = random.Random(20261124)
    ways_back = []
    with LaunchedWorker(mac, EXCHANGE) as worker:
        crowd = Crowd(worker, folder, clients, programs)
        autopsy = Autopsy(
            worker.places, keys_of(mac), crowd.heard, crowd.decided, mac.root / "wishes", folder
        )
        try:
            until(lambda: jotted(crowd.decided), "the first decision")
            pid = worker.serving()
            for _ in range(kills):
                time.sleep(chance.uniform(0.005, 0.5))
                died = worker.kill(pid)
                autopsy.look()
                pid = worker.serving(other_than=pid)
                ways_back.append(time.monotonic() - died)
            # And once more after a quiet moment, when all that was said is written down.
            until(lambda: jotted(crowd.decided)[autopsy.decisions :], "one more decision")
            until(lambda: "collected" in crowd.heard.read_text("utf-8"), "a delivery")
        finally:
            crowd.leave()
        worker.kill(worker.serving())
        autopsy.look()
    slow = statistics.quantiles(ways_back, n=20)[-1]
    table(f"workers killed under {clients} clients, 2 deciders (clocks x {SPEED})", kills, kills)
    table("databases whole and audits verified after it", autopsy.looked, kills + 1)
    table("requests acknowledged meanwhile", autopsy.acknowledged)
    table("decisions acknowledged meanwhile", autopsy.decisions)
    table("exchanges, deliveries", f"{autopsy.exchanged}, {autopsy.collected}")
    table("kills that cut an exchange short", autopsy.cut_short)
    table("of all these lost, doubled or not approved", len(autopsy.broken), 0)
    table("from the kill to serving, seconds, p95", slow)
    assert autopsy.broken == []
    assert autopsy.acknowledged > 0
    assert autopsy.decisions > 0
    assert autopsy.collected > 0

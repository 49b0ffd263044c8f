"""What is done to the Keychain."""

from __future__ import annotations

import os
import signal

from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.keychain_list import _DEFAULT, _SEARCHED
from entraclaw_tui.demo.scenarios import keychains
from entraclaw_tui.demo.scenarios.jobs import no_desktop
from entraclaw_tui.demo.story import AGENT
from entraclaw_tui.macos.places import LABEL
from tests.e2e.doctor.row import Row, fresh, row
from tests.support.furnished import TARGET, FurnishedMac

KEY = f"key:{AGENT}:v1"
OTHER = "/opt/homebrew/Cellar/python@3.13/3.13.1/bin/python3.13"


def login(mac: FurnishedMac) -> str:
    return str(mac.places.login_keychain)


def delete(mac: FurnishedMac, account: str) -> None:
    mac.keep(mac.places.login_keychain)
    mac.security("delete-generic-password", "-s", LABEL, "-a", account, login(mac))


def add(mac: FurnishedMac, account: str) -> None:
    mac.keep(mac.places.login_keychain)
    mac.security("add-generic-password", "-s", LABEL, "-a", account, "-w", "x", login(mac))


def twice(mac: FurnishedMac) -> None:
    for name in (_SEARCHED, _DEFAULT):
        mac.take(mac.root / name)
    other = mac.places.login_keychain.with_name("other.keychain-db")
    mac.take(other)
    mac.security("create-keychain", "-p", "x", str(other))
    mac.security("list-keychains", "-s", login(mac), str(other))
    mac.security("add-generic-password", "-s", LABEL, "-a", KEY, "-w", "x", str(other))


def keyring_file(mac: FurnishedMac) -> None:
    path = mac.host.home / ".config/python_keyring/keyringrc.cfg"
    mac.take(path.parent)
    path.parent.mkdir()
    path.write_text("[backend]\ndefault-keyring=keyrings.alt.file.PlaintextKeyring\n")


def of_another_program(mac: FurnishedMac) -> None:
    keychain = PretendKeychain(login(mac))
    for item in keychain.find(LABEL):
        keychain.hand_over(item, creator=OTHER, partition="unsigned:", requirement="")


def of_another_team(mac: FurnishedMac) -> None:
    """Leave the list of programs as it is, and close the second gate."""
    for account in (KEY, "pin:v1"):
        item = ("-s", LABEL, "-a", account, "-k", "demo")
        mac.security("set-generic-password-partition-list", "-S", "teamid:0THERTEAM1", *item)


def locked_over_ssh(mac: FurnishedMac) -> None:
    no_desktop(mac.host)
    mac.security("lock-keychain", login(mac))


def locking_over_ssh(mac: FurnishedMac) -> None:
    no_desktop(mac.host)
    mac.security("set-keychain-settings", "-t", "86400", login(mac))


def hanging(mac: FurnishedMac) -> None:
    """Wait until the worker says that it waits; ask nothing of it afterwards, not even to end."""
    mac.until_the_worker(lambda word: word.waits_for, "it waits")
    pid = mac.until_job(lambda job: job.alive, "it runs").pid
    assert pid is not None
    mac.later(lambda: os.kill(pid, signal.SIGKILL))
    mac.later(lambda: mac.launchctl("bootout", TARGET))


ROWS: tuple[Row, ...] = (
    row("keychain-silent", lambda mac: mac.take(mac.root / "usr/bin/security")),
    row("key-missing", lambda mac: delete(mac, KEY)),
    row("pin-missing", lambda mac: delete(mac, "pin:v1")),
    row("items-twice", twice),
    row("items-orphaned", lambda mac: add(mac, "token:old-bot:g1")),
    row("keyring-chosen", keyring_file),
    fresh("items-foreign", of_another_program, worker=True),
    fresh("keychain-refused", of_another_team, worker=True),
    fresh(
        "worker-waits",
        lambda mac: keychains.foreign(mac.host),
        hanging,
    ),
    fresh(
        "certificate-ending",
        lambda mac: keychains.expired(mac.host),
        lambda mac: mac.until_the_worker(lambda word: word.certificates, "it knows its end"),
    ),
    fresh("keychain-locked", locked_over_ssh, worker=True),
    fresh("keychain-locks", locking_over_ssh, worker=True),
)

"""States of the keychain, of privacy and of signatures, seen from the command line."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography import x509

from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from tests.support.demo import until

if TYPE_CHECKING:
    from tests.e2e.scenarios.conftest import Scene

    Begin = Callable[..., Scene]

PYTHON = str(Path(sys.executable).resolve())


def security(demo: Scene, *words: str) -> subprocess.CompletedProcess[bytes]:
    return tool(demo, "usr/bin/security", *words)


def tool(demo: Scene, place: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [demo.root / place, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=15,
        check=False,
    )


def access_of(demo: Scene, account: str) -> str:
    """Return what `dump-keychain -a` prints of one item."""
    dump = security(demo, "dump-keychain", "-a").stdout.decode()
    return next(item for item in dump.split("keychain: ") if f'"acct"<blob>="{account}' in item)


def note_of(demo: Scene, what: str) -> Any:
    def found() -> Any:
        worker = demo.worker()
        return worker and worker["note"]

    return until(found, what, seconds=60)


def test_a_locked_keychain(scene: Begin) -> None:
    demo = scene("locked-keychain")
    assert demo.job()["state"] == "running"
    assert "locked" in note_of(demo, "the worker says it is locked")
    assert demo.look("keychain")["value"]["items"], "what is there can still be told"
    secret = security(demo, "find-generic-password", "-s", LABEL, "-w")
    assert (secret.returncode, secret.stdout, secret.stderr) == (36, b"", b"")
    # Unlocked, the worker finds its way by itself.
    assert security(demo, "unlock-keychain", "-p", "demo").returncode == 0
    until(lambda: (worker := demo.worker()) and not worker["note"], "the worker works", seconds=60)


def test_a_key_that_belongs_to_another_python(scene: Begin) -> None:
    demo = scene("foreign-acl")
    assert demo.job()["state"] == "running"
    told = access_of(demo, "key:")
    assert "python@3.13/3.13.1/bin/python3.13 (status -67068)" in told
    assert "description: cdhash:7777" in told
    until(
        lambda: "Waits for the Keychain" in note_of(demo, "the worker is there"),
        "the worker says what it waits for",
    )
    until(
        lambda: "Keychain did not answer" in note_of(demo, "the worker hangs in a dialog"),
        "the worker has waited long enough",
        seconds=60,
    )
    dialogs = (demo.root / "private/var/db/pretend/dialogs.jsonl").read_text()
    assert f"wants to use {LABEL}" in dialogs


def test_a_grant_from_before_an_upgrade(scene: Begin) -> None:
    demo = scene("stale-grant")
    grants = demo.grants()
    (full,) = grants["SystemPolicyAllFiles"]
    assert full["client"] == "/opt/homebrew/Cellar/python@3.14/3.14.5/bin/python3.14"
    assert full["state"] == "granted"
    (documents,) = grants["SystemPolicyDocumentsFolder"]
    assert (documents["client"], documents["requirement"]) == (PYTHON, f'cdhash H"{"6" * 40}"')
    found = demo.findings()
    assert found["grant-gone"] == found["grant-stale"] == "error"


def test_no_full_disk_access(scene: Begin) -> None:
    demo = scene("no-fda")
    privacy = demo.look("privacy")
    assert privacy["type"] != "loaded" or privacy["value"]["system_database"] == "denied"
    assert "privacy-unread" in demo.findings()


def test_macos_27(scene: Begin) -> None:
    demo = scene("tcc-27")
    assert demo.look("status")["machine"]["macos"].startswith("27.")
    value = demo.look("privacy")["value"]
    assert (value["user_database"], value["system_database"]) == ("listed", "read")
    own = [grant for grant in value["grants"] if grant["scope"] == "user"]
    # The list tells decisions alone; a date would be invented.
    assert {"Automation"} <= {grant["name"] for grant in own}
    assert {grant["state"] for grant in own} <= {"granted", "denied"}
    assert {grant["changed_at"] for grant in own} == {None}
    assert "error" not in demo.findings().values()


def test_two_pythons(scene: Begin) -> None:
    demo = scene("wrong-python")
    job = demo.job()
    assert job["state"] == "running"
    assert job["program"] == str(demo.root / "opt/homebrew/opt/python/bin/python3")
    assert "-25293" in note_of(demo, "the worker may not read its items")
    assert f"0: {PYTHON} (OK)" in access_of(demo, "key:")


def test_a_program_that_is_not_signed(scene: Begin) -> None:
    demo = scene("unsigned")
    shown = tool(demo, "usr/bin/codesign", "-dvvv", PYTHON)
    assert (shown.returncode, shown.stderr.decode()) == (
        1,
        f"{PYTHON}: code object is not signed at all\n",
    )
    assert "description: unsigned:" in access_of(demo, "key:")
    worker = demo.worker()
    assert worker is not None
    assert worker["note"] == ""


def test_a_certificate_that_has_ended(scene: Begin) -> None:
    demo = scene("expired-cert")
    host = Host.open(demo.root)
    keychain = PretendKeychain(Places.of(host).login_keychain)
    (item,) = [one for one in keychain.find(LABEL) if one.account.startswith(b"key:")]
    pair = msgspec.json.decode(keychain.read(item, PYTHON), type=dict[str, str])
    certificate = x509.load_pem_x509_certificate(pair["certificate"].encode())
    assert certificate.not_valid_after_utc < datetime.datetime.now(datetime.UTC)

    def known() -> Any:
        worker = demo.worker()
        return worker and worker["certificates"]

    (end,) = until(known, "the worker has looked at it")
    assert end["ends_at"] == certificate.not_valid_after_utc.timestamp()
    assert "has ended" in demo.command("status").stdout
    assert demo.findings()["certificate-ending"] == "error"

"""What is done to the program that the job runs, and to its signature."""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.demo.clients import executables
from entraclaw_tui.demo.mac import requirements, signatures, tcc
from entraclaw_tui.demo.mac.lean import SIGNATURES, Folder
from tests.e2e.doctor.row import Row, row
from tests.support.furnished import PYTHON, FurnishedMac

FULL_DISK = "kTCCServiceSystemPolicyAllFiles"
TEAM = "BMM5U3QVKW"


def sign(mac: FurnishedMac, path: str | Path = PYTHON, **changes: object) -> None:
    """Sign the program anew: the same code by the same team, but for what is changed."""
    mac.keep(mac.root / SIGNATURES)
    before = signatures.find(Folder(str(mac.root)), str(path))
    fields: dict[str, object] = {
        "identifier": "org.python.python",
        "team": TEAM,
        "entitlements": ("com.apple.security.cs.disable-library-validation",),
        "cdhash": before.cdhash if before else "",
        **changes,
    }
    signatures.register(mac.host, path, **fields)  # type: ignore[arg-type]  # keywords by name


def without_a_signature(mac: FurnishedMac) -> None:
    mac.keep(mac.root / SIGNATURES)
    signatures.forget(mac.host, PYTHON)


def changed_behind_its_signature(mac: FurnishedMac) -> None:
    path = mac.keep(mac.root / SIGNATURES)
    now = signatures.find(Folder(str(mac.root)), PYTHON)
    assert now is not None
    path.write_text(path.read_text().replace(now.digest, "0" * 64))


def ad_hoc(mac: FurnishedMac) -> None:
    sign(mac, team="", flags="0x2(adhoc)", entitlements=())


def ad_hoc_with_a_grant(mac: FurnishedMac) -> None:
    ad_hoc(mac)
    now = signatures.find(Folder(str(mac.root)), PYTHON)
    assert now is not None
    mac.keep(tcc.system_database(mac.host))
    blob = requirements.cdhash(now.cdhash).blob
    tcc.add_row(mac.host, FULL_DISK, PYTHON, csreq=blob)


def run_by(mac: FurnishedMac, prefix: str) -> str:
    """Let the job run another Python, signed as the first one is; return it."""
    place = mac.host.path(prefix)
    mac.take(place)
    executables.prepare(place)
    python = executables.add(place, "python3.11")
    sign(mac, python)
    mac.define(ProgramArguments=[str(python), *mac.command()[1:]])
    return str(python)


def run_by_a_versioned_one(mac: FurnishedMac) -> None:
    python = run_by(mac, "/opt/homebrew/Cellar/python@3.11/3.11.9")
    mac.keep(tcc.system_database(mac.host))
    tcc.add_row(mac.host, FULL_DISK, python)


def exchange_code(mac: FurnishedMac) -> None:
    sign(mac, cdhash="5" * 40)


ROWS: tuple[Row, ...] = (
    row("program-unsigned", without_a_signature),
    row("program-damaged", changed_behind_its_signature),
    row("program-adhoc", ad_hoc),
    row("grant-one-build", ad_hoc_with_a_grant, "program-adhoc"),
    row("runtime-entitlements", lambda mac: sign(mac, entitlements=())),
    row(
        "runtime-entitlements",
        lambda mac: sign(mac, entitlements=("com.apple.security.cs.allow-jit",)),
    ),
    row("two-pythons", lambda mac: run_by(mac, "/opt/other"), "plist-stale"),
    row("grant-versioned", run_by_a_versioned_one, "two-pythons", "plist-stale"),
    row(
        "program-shim",
        lambda mac: mac.define(ProgramArguments=["/usr/bin/env", *mac.command()]),
        "plist-stale",
        "program-unsigned",
        "two-pythons",
    ),
    row("code-requirement-old", exchange_code),
)

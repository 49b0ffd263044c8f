"""States of the program that the job runs, and of what macOS has allowed it."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from entraclaw_tui.demo.clients import executables
from entraclaw_tui.demo.mac import requirements, signatures, tcc
from entraclaw_tui.demo.scenarios.jobs import command, edit
from entraclaw_tui.demo.scenarios.keychains import agent_items, keychain
from entraclaw_tui.macos.host import Host

_OLD_PYTHON = "/opt/homebrew/Cellar/python@3.14/3.14.5/bin/python3.14"
_PREFIX = "/opt/homebrew/opt/python"
_FULL_DISK = "kTCCServiceSystemPolicyAllFiles"
_DOCUMENTS = "kTCCServiceSystemPolicyDocumentsFolder"


def stale_grant(host: Host) -> None:
    """Leave Full Disk Access with the old Python, and another grant with an old build."""
    python = running()
    tcc.remove_rows(host, python)
    tcc.add_row(host, _FULL_DISK, _OLD_PYTHON)
    old_build = requirements.cdhash("6" * 40).blob
    tcc.add_row(host, _DOCUMENTS, python, csreq=old_build)


def no_full_disk_access(host: Host) -> None:
    """Let nobody open the privacy databases."""
    for path in (tcc.system_database(host), tcc.user_database(host)):
        if path.is_symlink() or not path.exists():
            continue
        if os.geteuid() == 0:
            # Mode bits bind everybody but root: a link to itself cannot be opened by anyone.
            path.rename(path.with_name("TCC.db.kept"))
            path.symlink_to(path.name)
        else:
            path.chmod(0)


def wrong_python(host: Host) -> None:
    """Run the job with a second Python, which did not make the agent's Keychain items."""
    prefix = host.path(_PREFIX)
    executables.prepare(prefix)
    python = executables.add(prefix, "python3")
    packages = prefix / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    packages.parent.mkdir(parents=True, exist_ok=True)
    if not packages.is_symlink():
        packages.symlink_to(sysconfig.get_path("purelib"))
    signatures.register(host, python, identifier="python3", flags="0x20002(adhoc,linker-signed)")

    def change(job: dict[str, object]) -> None:
        job["ProgramArguments"] = [str(python), *command(job)[1:]]

    edit(host, change)


def unsigned(host: Host) -> None:
    """Take the signature away, and with it what its Keychain items are bound to."""
    python = running()
    signatures.forget(host, python)
    for item in agent_items(host):
        keychain(host).hand_over(item, creator=python, partition="unsigned:", requirement="")


def running() -> str:
    """Return the program that the agent's job really runs."""
    return str(Path(sys.executable).resolve())

"""Keychain items and privacy rows looked at closely, by command and over SSH in the panel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.demo import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.e2e.scenarios.conftest import Scene

    Begin = Callable[..., Scene]

PYTHON = str(Path(sys.executable).resolve())
SSH = {"SSH_CONNECTION": "198.51.100.7 50000 198.51.100.1 22"}


def test_an_old_grant_is_compared_with_what_runs(scene: Begin) -> None:
    demo = scene("stale-grant")
    grants = demo.grants()
    (full,), (documents,) = grants["SystemPolicyAllFiles"], grants["SystemPolicyDocumentsFolder"]
    assert (full["match"]["fits"], full["match"]["of_job"]) == (False, True)
    assert [check["what"] for check in full["match"]["checks"]] == ["path"]
    build = next(check for check in documents["match"]["checks"] if check["what"] == "build")
    assert (build["fits"], build["granted"]) == (False, "6" * 40)
    assert build["now"] not in ("", "6" * 40)
    assert full["settings"]["place"].endswith("> Full Disk Access")
    assert full["settings"]["url"].endswith("?Privacy_AllFiles")
    plain = demo.command("privacy", "--plain")
    assert plain.returncode == 0
    assert "Documents Folder: It is about another build" in plain.stdout


def test_who_reads_an_item_of_another_python(scene: Begin) -> None:
    demo = scene("foreign-acl")
    (key,) = [
        item
        for item in demo.look("keychain")["value"]["items"]
        if item["secret"]["kind"] == "private key"
    ]
    assert (key["secret"]["agent"], key["secret"]["version"]) == ("research-bot", 1)
    done = demo.command("keychain", "readers", key["account"])
    assert done.returncode == 1, "a script hears that the agent cannot read it"
    assert "macOS may ask for your password" in done.stderr
    assert "python@3.13/3.13.1/bin/python3.13, which is not there" in done.stdout
    told = demo.look("keychain", "readers")["value"]
    reads = {one["item"]["account"].partition(":")[0]: one["agent_reads"] for one in told}
    assert reads["key"] is False
    assert reads["pin"] is True
    assert demo.command("keychain", "readers", "no such item").returncode == 2


def test_nobody_reads_the_databases(scene: Begin) -> None:
    demo = scene("no-fda")
    done = demo.command("privacy")
    assert done.returncode == 2
    # The worker was asked too, and its program is the one to allow.
    assert "neither this terminal nor the worker" in done.stderr
    assert f"Allow Full Disk Access for {PYTHON}" in done.stderr


def test_the_keychain_is_unlocked_from_the_panel_over_ssh(scene: Begin) -> None:
    demo = scene("locked-keychain")
    command = [*PROGRAM, "--root", str(demo.root), "keychain", "state"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **SSH}
    before = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert before.returncode == 1
    assert "Next: `security unlock-keychain`" in before.stdout
    panel = [*PROGRAM, "--root", str(demo.root)]
    with closing(Terminal(panel, columns=80, rows=24, environment=SSH)) as terminal:
        terminal.wait_for("keychain locked", seconds=60)
        terminal.press("5")
        terminal.wait_for("login locked")
        terminal.press("s")
        terminal.wait_for("u unlock it")
        # The panel lends its terminal: what is typed goes to the tool alone.
        asked = terminal.raw.count
        terminal.press("u")
        terminal.until(lambda: asked(b"password to unlock") == 1, "the question")
        terminal.press(*"mistyped", "enter")
        terminal.wait_for("That password does not open it")
        terminal.press("u")
        terminal.until(lambda: asked(b"password to unlock") == 2, "the question again")
        terminal.press(*"demo", "enter")
        terminal.wait_for("reads it", seconds=60)
        assert b"mistyped" not in terminal.raw
        terminal.press("escape")
        terminal.wait_for("login open", seconds=60)
        terminal.press("q")
        assert terminal.wait_end() == 0

"""Every command line ends with a code a script can use and a sentence a person can use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.demo.mac.build import prepare

COMMAND = [sys.executable, "-I", "-m", "entraclaw_tui"]
off_mac = pytest.mark.skipif(sys.platform == "darwin", reason="this machine is a Mac")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


@off_mac
@pytest.mark.parametrize("arguments", [(), ("status",), ("keychain", "--json"), ("worker",)])
def test_no_mac_names_the_demo(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 69
    assert done.stdout == ""
    assert "entraclaw-tui demo" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("nonsense",), ("--nonsense",), ("jobs", "--nonsense")])
def test_wrong_usage_is_64(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 64
    assert "Usage" in done.stderr


def test_a_folder_that_is_no_mac_is_refused_by_name(tmp_path: Path) -> None:
    done = run("--root", str(tmp_path), "status")
    assert done.returncode == 64
    assert "is not a pretend Mac" in done.stderr


def test_a_folder_others_can_write_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "mac"
    prepare(root)
    root.chmod(0o777)
    done = run("--root", str(root), "status")
    assert done.returncode == 64
    assert "can be written by others" in done.stderr


def test_without_a_terminal_the_panel_names_its_twins(tmp_path: Path) -> None:
    root = tmp_path / "mac"
    prepare(root)
    for arguments in (("--root", str(root)), ("demo",)):
        done = run(*arguments)
        assert done.returncode == 64
        assert "--plain" in done.stderr
        assert "--json" in done.stderr


def test_a_recording_that_exists_is_refused_before_a_demo_is_built(tmp_path: Path) -> None:
    recording, folder = tmp_path / "a.rec", tmp_path / "mac"
    recording.write_text("kept")
    done = run("--record", str(recording), "demo", "--dir", str(folder))
    assert done.returncode == 64
    assert done.stderr.splitlines() == [
        "entraclaw-tui: a.rec cannot be written: it exists already; name another file."
    ]
    assert recording.read_text() == "kept"
    assert not folder.exists()


def test_the_worker_s_absence_is_explained(request: pytest.FixtureRequest) -> None:
    root = prepare(None).root
    request.addfinalizer(lambda: shutil.rmtree(root))
    done = run("--root", str(root), "requests")
    assert done.returncode == 75
    assert "not running" in done.stderr
    status = run("--root", str(root), "status", "--json")
    assert status.returncode == 2
    found = msgspec.json.decode(status.stdout)
    assert found["worker"] is None
    assert "not running" in found["worker_problem"]
    assert found["machine"]["pretend"] is True


def test_help_names_every_command_without_a_mac() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in ("demo", "status", "doctor", "token", "audit"):
        assert f"  {name} " in done.stdout


def test_schema_is_json() -> None:
    done = run("schema")
    assert done.returncode == 0
    schema = msgspec.json.decode(done.stdout)
    for params in ("TokenRequest", "Decide", "DecideMany", "PolicySet", "PolicyTerms"):
        assert schema["$defs"][params]["additionalProperties"] is False


def test_version() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("entraclaw-tui ")

"""The job's definition: every key of it, and the files around it."""

from __future__ import annotations

import os
import plistlib
import stat
import tempfile
from pathlib import Path

import pytest

from entraclaw_tui.macos.agent_plist import DefinitionError, definition, make_folders, write
from entraclaw_tui.macos.host import Host, Marker
from entraclaw_tui.macos.places import LABEL, SOCKET_PATH_LIMIT, Places

PYTHON = "/opt/entraclaw/bin/python"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_every_key(mac: Host) -> None:
    home = f"{mac.home}/.config/entraclaw"
    assert definition(mac, PYTHON) == {
        "Label": "com.entraclaw.agent",
        "ProgramArguments": [
            PYTHON,
            "-I",
            "-B",
            "-m",
            "entraclaw_tui",
            "--root",
            str(mac.root),
            "worker",
        ],
        "EnvironmentVariables": {"ENTRACLAW_HOME": home},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 20,
        "Umask": 63,
        "ProcessType": "Interactive",
        "Sockets": {
            "Request": {"SockPathName": f"{home}/run/request.sock", "SockPathMode": 384},
            "Control": {"SockPathName": f"{home}/run/control.sock", "SockPathMode": 384},
        },
        "StandardOutPath": f"{home}/logs/agent.out.log",
        "StandardErrorPath": f"{home}/logs/agent.err.log",
    }


def test_a_real_mac_names_no_root() -> None:
    real = Host(Path("/"), "demo", 501, Path("/Users/demo"), "studio")
    job = definition(real, PYTHON, desktop=False)
    assert job["ProgramArguments"] == [PYTHON, "-I", "-B", "-m", "entraclaw_tui", "worker"]
    assert job["LimitLoadToSessionType"] == ["Aqua", "Background"]
    assert "~" not in repr(job)


def test_the_interpreter_needs_its_whole_path(mac: Host) -> None:
    for odd in ("python3", "~/bin/python", "", "./python"):
        with pytest.raises(DefinitionError, match="absolute"):
            definition(mac, odd)


def test_a_socket_path_may_just_fit() -> None:
    tail = len("/Users/demo/.config/entraclaw/run/request.sock")
    fits = Path("/" + "x" * (SOCKET_PATH_LIMIT - tail - 1))
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5")
    definition(Host(fits, "demo", 501, fits / "Users/demo", "studio", marker), PYTHON)
    long = Path(f"{fits}\u00e9")
    with pytest.raises(DefinitionError, match=r"105 bytes and macOS takes 103.*shorter folder"):
        definition(Host(long, "demo", 501, long / "Users/demo", "studio", marker), PYTHON)
    home = Path("/Volumes") / ("x" * 90)
    with pytest.raises(DefinitionError, match="home folder"):
        definition(Host(Path("/"), "demo", 501, home, "studio"), PYTHON)


def test_what_is_written(mac: Host) -> None:
    before = os.umask(0o077)
    try:
        path = write(mac, PYTHON)
    finally:
        os.umask(before)
    assert path == Places.of(mac).plist
    assert path.name == f"{LABEL}.plist"
    assert plistlib.loads(path.read_bytes()) == definition(mac, PYTHON)
    assert mode(path) == 0o644
    assert all(mode(folder) == 0o700 for folder in Places.of(mac).folders())
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_an_old_definition_is_replaced_and_open_folders_are_closed(mac: Host) -> None:
    places = Places.of(mac)
    places.run_dir.mkdir(parents=True)
    places.config_dir.chmod(0o755)
    places.launch_agents.mkdir(parents=True)
    places.plist.write_text("old")
    places.plist.chmod(0o666)
    node = places.plist.stat().st_ino
    write(mac, PYTHON)
    assert mode(places.config_dir) == 0o700
    assert mode(places.plist) == 0o644
    assert places.plist.stat().st_ino != node


def test_a_failure_leaves_the_old_definition(mac: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(mac, PYTHON)
    old = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(mac, "/another/python")
    assert path.read_bytes() == old
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_link_in_place_of_a_folder_is_refused(mac: Host) -> None:
    places = Places.of(mac)
    places.config_dir.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as elsewhere:
        places.run_dir.symlink_to(elsewhere)
        with pytest.raises(DefinitionError, match="folder of your own"):
            make_folders(places)

"""Which file a job's Python really is."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.interpreter import find_interpreter, is_python


def executable(mac: Host, path: str) -> Path:
    place = mac.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"\xcf\xfa\xed\xfe")
    place.chmod(0o755)
    return place


def link(mac: Host, path: str, target: str) -> None:
    place = mac.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(mac.path(target))


HOMEBREW = "/opt/homebrew/Cellar/python@3.14/3.14.6/Frameworks/Python.framework/Versions/3.14"


def test_a_venv_of_a_framework(mac: Host) -> None:
    executable(mac, f"{HOMEBREW}/bin/python3.14")
    image = f"{HOMEBREW}/Resources/Python.app/Contents/MacOS/Python"
    executable(mac, image)
    link(mac, "/opt/homebrew/bin/python3.14", f"{HOMEBREW}/bin/python3.14")
    link(mac, "/Users/demo/v/bin/python", "/opt/homebrew/bin/python3.14")
    mac.path("/Users/demo/v/pyvenv.cfg").write_text(
        "home = /opt/homebrew/bin\nversion = 3.14.6\ninclude-system-site-packages = false\n"
    )
    found = find_interpreter(mac, ["/Users/demo/v/bin/python", "-I", "-m", "entraclaw_tui"])
    assert found is not None
    assert found.named == "/Users/demo/v/bin/python"
    assert found.real == f"{HOMEBREW}/bin/python3.14"
    assert found.image == image
    assert found.venv == "/Users/demo/v"
    assert found.home == "/opt/homebrew/bin"
    assert found.version == "3.14.6"
    assert found.maker == "homebrew"
    assert found.there
    assert found.version_in_path


def test_a_path_below_the_root_is_the_same(mac: Host) -> None:
    place = executable(mac, "/Users/demo/.local/share/uv/python/cpython-3.12.11-x/bin/python3.12")
    found = find_interpreter(mac, [str(place)])
    assert found is not None
    assert found.real == "/Users/demo/.local/share/uv/python/cpython-3.12.11-x/bin/python3.12"
    assert (found.maker, found.version, found.venv) == ("uv", "3.12.11", "")
    assert found.image == found.real


def test_one_that_an_upgrade_took_away(mac: Host) -> None:
    link(mac, "/Users/demo/v/bin/python", "/opt/homebrew/bin/python3.13")
    mac.path("/Users/demo/v/pyvenv.cfg").write_text("home=/opt/homebrew/bin\n")
    found = find_interpreter(mac, ["/Users/demo/v/bin/python"])
    assert found is not None
    assert not found.there
    assert found.real == "/opt/homebrew/bin/python3.13"


def test_a_script_is_its_shebang(mac: Host) -> None:
    executable(mac, "/Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13")
    script = executable(mac, "/usr/local/bin/agent")
    script.write_text("#!/Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13 -I\n")
    found = find_interpreter(mac, ["/usr/local/bin/agent"])
    assert found is not None
    assert (found.maker, found.version) == ("python.org", "3.13")


def test_env_leaves_it_to_path(mac: Host) -> None:
    found = find_interpreter(mac, ["/usr/bin/env", "A=b", "python3", "x.py"])
    assert found is not None
    assert not found.there
    assert "PATH" in found.trouble


def test_apples_shim_is_none_of_its_own(mac: Host) -> None:
    executable(mac, "/usr/bin/python3")
    found = find_interpreter(mac, ["/usr/bin/python3"])
    assert found is not None
    assert "developer tools" in found.trouble


@pytest.mark.parametrize(
    "arguments", [[], ["/bin/sh", "-c", "python3"], ["/usr/bin/env", "node"], ["/no/such"]]
)
def test_what_is_no_python(mac: Host, arguments: list[str]) -> None:
    assert find_interpreter(mac, arguments) is None


def test_names() -> None:
    for name in ("python", "python3", "/a/python3.14", "python3.14t", "Python", "pypy3.11"):
        assert is_python(name)
    for name in ("pythonista", "ipython", "sh", "", "/python/"):
        assert not is_python(name)

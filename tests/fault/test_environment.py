"""An environment set by somebody else: no foreign code runs, no key is pressed, no proxy used."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.support.demo import PIN, PROGRAM, Headless, until
from tests.support.fault_table import Rows
from tests.support.terminal import Terminal

SUPPORT = Path(__file__).parents[1] / "support"
TOOLS = ("security", "launchctl", "codesign", "osascript", "open", "log", "python3", "sh", "env")
MODULES = (
    "sitecustomize", "usercustomize", "msgspec", "json", "keyring", "msal", "requests", "textual",
    "entraclaw_tui", "evil",
)  # fmt: skip
KEYS = ("A", "y", "enter", "q", "d", "X")


class Surroundings:
    """A folder of traps, the variables that lead to it, and what fell into one."""

    def __init__(self, folder: Path) -> None:
        self._marks = folder / "marks"
        self._marks.mkdir()
        self.modules = folder / "modules"
        self.modules.mkdir()
        tools = folder / "tools"
        tools.mkdir()
        home = folder / "home"
        for name in TOOLS:
            path = tools / name
            path.write_text(f"#!/bin/sh\n: > '{self._marks}/{name}'\nexit 1\n")
            path.chmod(0o755)
        code = f"open({os.fspath(self._marks)!r} + '/' + __name__, 'w').close()\n"
        for name in MODULES:
            (self.modules / f"{name}.py").write_text(code)
        for place in (home / ".config/python_keyring", home / ".local/share/python_keyring"):
            place.mkdir(parents=True)
            text = f"[backend]\ndefault-keyring=evil.Keyring\nkeyring-path={self.modules}\n"
            (place / "keyringrc.cfg").write_text(text)
        self.proxy = socket.create_server(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{self.proxy.getsockname()[1]}"
        garbage = folder / "ca.pem"
        garbage.write_text("no certificate")
        self.variables = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "PYTHONPATH": str(self.modules),
            "PYTHONSTARTUP": str(self.modules / "evil.py"),
            "PYTHONUSERBASE": str(self.modules),
            "PYTHONINSPECT": "1",
            "PYTHONBREAKPOINT": "evil.set_trace",
            "PYTHONWARNINGS": "error",
            "PYTHON_KEYRING_BACKEND": "evil.Keyring",
            "DYLD_INSERT_LIBRARIES": str(self.modules / "evil.dylib"),
            "DYLD_LIBRARY_PATH": str(self.modules),
            "SSL_CERT_FILE": str(garbage),
            "SSL_CERT_DIR": str(self.modules),
            "REQUESTS_CA_BUNDLE": str(garbage),
            "CURL_CA_BUNDLE": str(garbage),
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"), proxy),
            "NO_PROXY": "",
            "NETRC": str(garbage),
            "ENTRACLAW_HOME": str(folder / "elsewhere"),
            "ENTRACLAW_ROOT": "/",
            "TEXTUAL_PRESS": ",".join(KEYS),
            "TEXTUAL_DRIVER": "evil:Driver",
            "TEXTUAL_LOG": str(self._marks / "textual-log"),
            "TEXTUAL_DEBUG": "1",
            "TEXTUAL": "devtools,debug",
            "TEXTUAL_SCREENSHOT": "1",
            "TEXTUAL_SCREENSHOT_LOCATION": str(self._marks),
            "COLUMNS": "7",
            "LINES": "2",
            "NO_COLOR": "1",
        }

    @property
    def fallen_for(self) -> list[str]:
        """What of ours ran foreign code, wrote a foreign file or asked the foreign proxy."""
        found = [path.name for path in self._marks.iterdir()]
        self.proxy.setblocking(False)
        try:
            self.proxy.accept()[0].close()
        except BlockingIOError:
            return found
        return [*found, "proxy"]


@pytest.fixture
def surroundings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Surroundings]:
    inside = folder / "traps"
    inside.mkdir()
    found = Surroundings(inside)
    for name, value in found.variables.items():
        monkeypatch.setenv(name, value)
    # `python -m` would look into the folder it is started from.
    monkeypatch.chdir(found.modules)
    with found.proxy:
        yield found


def test_nothing_of_the_environment_counts(
    folder: Path, surroundings: Surroundings, table: Rows
) -> None:
    """The whole way of a token, and the panel, started from a hostile shell."""
    with Headless(folder / "mac") as demo:
        asked = [
            *PROGRAM, "--root", str(demo.root), "token", "get", "--print-token",
            "--resource", "https://graph.microsoft.com", "--scope", "User.Read",
        ]  # fmt: skip
        with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            request = until(lambda: pending(demo, client.pid), "the request")
            watch_the_panel(demo, surroundings)
            assert pending(demo, client.pid) == request, "a key was pressed"
            clerk = [sys.executable, "-I", "-B", str(SUPPORT / "clerk.py"), demo.control_socket]
            with closing(Terminal([*clerk, PIN])) as terminal:
                terminal.wait_for("ready")
                terminal.press(request + "\r")
                assert terminal.wait_for(f"{request} -> ([a-z_]+)")[1] == "approved"
            said, complaint = client.communicate(timeout=60)
        assert client.returncode == 0, complaint
        assert said.count(b".") == 2, "a token has three parts"
        assert backends(demo) == ["PretendKeyring", "keyring.backends.macOS"]
        for command in (("status",), ("doctor",)):
            assert "Traceback" not in demo.command(*command).stderr
        assert demo.worker_pid()
    table("foreign variables set, by which something was reached",
          len(surroundings.fallen_for), 0)  # fmt: skip
    assert surroundings.fallen_for == []


def pending(demo: Headless, pid: int) -> str | None:
    """Return the id of the waiting request of this process."""
    requests = demo.look("requests")
    return next(
        (
            str(r["id"])
            for r in requests
            if r["state"] == "pending" and r["requester"]["pid"] == pid
        ),
        None,
    )


def watch_the_panel(demo: Headless, surroundings: Surroundings) -> None:
    """Open the panel; what TEXTUAL_PRESS says would quit it, deny, or open a sheet."""
    before = decided(demo)
    command = [*PROGRAM, "--root", str(demo.root)]
    with closing(Terminal(command, environment=surroundings.variables)) as terminal:
        terminal.wait_for("waiting")
        terminal.settle()
        assert not re.search("THE SYSTEM SAYS|End every grant", terminal.text)
        assert psutil.pid_exists(terminal.pid)
        assert decided(demo) == before
        terminal.press("q")
        assert terminal.wait_end() == 0


def decided(demo: Headless) -> set[str]:
    """Return the ids of the requests that somebody has decided."""
    return {str(r["id"]) for r in demo.look("requests", "--all") if r["decision"]}


def backends(demo: Headless) -> list[str]:
    """Return which keyring the worker would use here and on a real Mac, asked in this shell."""
    code = (
        "import sys; from pathlib import Path; from entraclaw_tui.macos.host import Host;"
        "from entraclaw_tui.cli import mac_parts; from entraclaw_tui.worker import vault;"
        "print(type(mac_parts.keyring(Host.open(Path(sys.argv[1])))()).__name__);"
        "print(type(vault.mac_backend()).__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", code, str(demo.root)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_what_was_set_up_would_be_fallen_for(surroundings: Surroundings) -> None:
    """The traps work: a Python that heeds its environment falls for them."""
    subprocess.run(
        [sys.executable, "-c", "import json"], check=False, capture_output=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert {"sitecustomize", "json"} <= set(surroundings.fallen_for)

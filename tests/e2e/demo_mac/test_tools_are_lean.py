"""A stand-in tool's time is mostly its start: none drags in what it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac.build import TOOLS
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.tools import run

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

PROBE = """
import sys
runner, *sys.argv = sys.argv[1:]
sys.argv.insert(0, runner)
space = {"__name__": "runner", "__file__": runner}
exec(compile(open(runner).read(), runner, "exec"), space)
try:
    space["start"]()
finally:
    sys.stderr.write("\\nLOADED " + " ".join(sorted(sys.modules)))
"""
HEAVY = {
    *("argparse", "asyncio", "dataclasses", "importlib.util", "inspect", "json", "keyring"),
    *("msgspec", "pathlib", "plistlib", "re", "shutil", "socket", "subprocess", "tempfile"),
    *("textual", "typing", "urllib"),
}
MAY = {"open": {"json", "re"}, "osascript": {"json", "re"}}
"""What a tool does need: these write a line of JSON."""
CALLS = {
    "codesign": ["-dvvv", "/bin/sleep"],
    "csrutil": ["status"],
    "df": ["-kP", "/"],
    "ioreg": ["-n", "Root", "-d1", "-a"],
    "open": ["https://contoso.example"],
    "osascript": ["-e", 'display notification "hello"'],
    "launchctl": ["print", "gui/501"],
    "pmset": ["sleepnow"],
    "security": ["dump-keychain"],
    "xattr": ["/bin/sleep"],
}


@pytest.mark.parametrize("tool", sorted(set(TOOLS.values())))
def test_it_starts_lean(mac: Mac, tool: str) -> None:
    PretendKeychain(mac.host.home / "Library/Keychains/login.keychain-db").create()
    words = [str(Path(run.__file__)), tool, str(mac.host.root), *CALLS.get(tool, [])]
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROBE, *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )
    _, found, loaded = ran.stderr.rpartition("LOADED ")
    assert found, ran.stderr
    assert HEAVY & set(loaded.split()) <= MAY.get(tool, set())

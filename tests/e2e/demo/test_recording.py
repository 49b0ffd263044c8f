"""A demo recorded and replayed by the real commands, with canaries wherever a source reads."""

from __future__ import annotations

import json
import plistlib
import re
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from tests.e2e.demo.conftest import Terminals
from tests.support.demo import PIN, PROGRAM, Headless
from tests.support.terminal import Terminal

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJub3RlIjoiQ0FOQVJZIn0.CANARY-in-a-token-9f31"
CANARIES = {
    "variable": "CANARY-variable-5c01",
    "item": "CANARY-item-7d22",
    "comment": "CANARY-comment-8e33",
    "printed": "CANARY-printed-1a44",
    "asked": "CANARY-asked-2b55",
    "generic": "CANARY-generic-3c66",
    "option": "CANARY-option-4d77",
    "token": JWT.rpartition(".")[2],
}


def plant(host: Host) -> None:
    """Put a secret into every place that a source of the panel reads."""
    places = Places.of(host)
    job = plistlib.loads(places.plist.read_bytes())
    job.setdefault("EnvironmentVariables", {})["CONTOSO_KEY"] = CANARIES["variable"]
    places.plist.write_bytes(plistlib.dumps(job))
    keychain = PretendKeychain(places.login_keychain)
    keychain.add(
        LABEL,
        "token:research-bot:canary",
        CANARIES["item"].encode(),
        creator="/usr/bin/security",
        comment=CANARIES["comment"],
        generic=CANARIES["generic"],
    )
    said = (
        f"loaded with password={CANARIES['printed']}",
        f'{{"access_token":"{CANARIES["asked"]}","expires_in":3600}}',
        f"called helper --token {CANARIES['option']} for demo",
        f"got {JWT} from the authority",
    )
    for path in (places.agent_err, places.agent_out):
        with path.open("a") as file:
            file.writelines(f"{line}\n" for line in said)
    clients = host.home / "Library/Logs/clients"
    for log in sorted(clients.glob("*"))[:1]:
        with log.open("a") as file:
            file.writelines(f"{line}\n" for line in said)


def rows(terminal: Terminal) -> list[str]:
    """The requests as they are listed, without what time changes."""
    return sorted(
        set(re.findall(r"(mail-helper|mcp-notes|ide-plugin-entra|report-bot)", terminal.text))
    )


@pytest.fixture
def recording(folder: Path) -> Iterator[Path]:
    """Beside the folder that is the Mac: nothing of it is needed for the replay."""
    path = folder.with_name(f"{folder.name}.jsonl")
    yield path
    path.unlink(missing_ok=True)


def test_a_recorded_demo_is_replayed_without_a_secret(
    folder: Path, recording: Path, terminals: Terminals
) -> None:
    with Headless(folder) as demo:
        plant(Host.open(folder))
        for act in ("stop", "start"):  # a changed definition counts once it was loaded anew
            assert demo.command("agent", act, "--yes").returncode == 0
        panel = terminals([*PROGRAM, "--root", str(folder), "--record", str(recording)])
        panel.wait_for("mcp-notes")
        panel.wait_for("recording to ec-")
        assert stat.S_IMODE(recording.stat().st_mode) == 0o600
        panel.press("u")
        panel.wait_for("PIN")
        panel.press(*PIN, "enter")
        panel.wait_for("session open")
        panel.press("4", "enter")  # the job's whole story
        panel.wait_for(r"environment +[6-9] values")
        panel.settle()
        panel.press("1")
        panel.wait_for("5 Keychain|Findings")
        panel.settle()
        seen = rows(panel)
        assert len(seen) >= 3, panel.text
        panel.press("q")
        assert panel.wait_end() == 0
        again = demo.command("--record", str(recording), "status")
        assert (again.returncode, "--record goes with the panel" in again.stderr) == (64, True)
    data = recording.read_text("utf-8")
    found = [name for name, secret in CANARIES.items() if secret in data]
    assert found == []
    for kept in ("loaded with password=(withheld)", "CONTOSO_KEY", "token:research-bot:canary"):
        assert kept in data, "what a canary stood beside was recorded"
    assert PIN not in re.findall(r"(?<![0-9.])\d{6}(?![0-9.])", data)
    assert re.findall(r"Your code is \d+", data) == []
    assert str(folder) not in data
    kinds = {json.loads(line).get("type") for line in data.splitlines()[1:]}
    assert kinds >= {"source", "worker", "log", "end"}
    names = {json.loads(line).get("name") for line in data.splitlines()[1:]}
    assert names >= {"job", "keychain", "privacy", "machine", "findings", "job's environment"}

    # The Mac is off; its file alone tells.
    shown = terminals([*PROGRAM, "replay", str(recording), "--speed", "1000"])
    shown.wait_for("the recording ends here")
    shown.wait_for(" REPLAY ")
    for row in seen:
        shown.wait_for(row)
    assert rows(shown) == seen
    shown.press("d")
    shown.wait_for("only looks")
    shown.press("q")
    assert shown.wait_end() == 0


def test_a_killed_panel_leaves_what_it_recorded(
    headless: Headless, recording: Path, terminals: Terminals
) -> None:
    panel = terminals([*PROGRAM, "--root", str(headless.root), "--record", str(recording)])
    panel.wait_for("mcp-notes")
    panel.settle()
    panel.signal(signal.SIGKILL)
    panel.wait_end()
    told = headless.command("replay", str(recording), "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["why"] == "killed"
    assert json.loads(told.stdout)["entries"] > 5
    other = terminals([*PROGRAM, "--root", str(headless.root), "--record", str(recording)])
    assert other.wait_end() == 64
    assert "exists already" in other.text

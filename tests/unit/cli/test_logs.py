"""The `logs` command: merged, narrowed, as JSON, and followed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from entraclaw_tui.cli.context import Settings
from entraclaw_tui.cli.log_lines import LogReader, Wanted, entry_line
from entraclaw_tui.cli.logs import logs
from entraclaw_tui.dashboard.logs.sieve import Sieve
from entraclaw_tui.macos.host import MARKER, Host, Marker
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import AuditEntry

NOW = time.time()


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr("entraclaw_tui.cli.logs.now", lambda: NOW)
    root = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5")
    (root / MARKER).write_bytes(msgspec.json.encode(marker))
    host = Host.open(root)
    places = Places.of(host)
    for folder in (*places.folders(), places.launchd_log.parent, host.path("/usr/bin")):
        folder.mkdir(parents=True)
    places.worker_log.write_text(
        _worker(-50, "The worker has started.")
        + _worker(-30, "A client asks. event=asked")
        + _worker(-10, "slow", "warning", ms="900")
    )
    places.launchd_log.write_text(
        f"{_stamp(-40)} (gui/501/com.entraclaw.agent [3]) <Notice>: service state: running\n"
        f"{_stamp(-39)} (gui/501/com.example.other [4]) <Notice>: service state: running\n"
    )
    entry = AuditEntry(1, NOW - 30, "asked", "r1", {"client": "mcp-notes"}, "")
    (places.audit_dir / "2026-01-01.jsonl").write_bytes(msgspec.json.encode(entry) + b"\n")
    (places.log_dir / "agent.err.log").write_text(f"trouble in {root}/opt/x\n")
    os.utime(places.agent_err, (NOW - 20, NOW - 20))
    yield host
    shutil.rmtree(root)


def _worker(ago: float, message: str, level: str = "info", **fields: str) -> str:
    line = {"at": NOW + ago, "level": level, "origin": "worker", "message": message, **fields}
    return json.dumps(line) + "\n"


def _stamp(ago: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S.000000", time.localtime(NOW + ago))


def _run(mac: Host, *arguments: str) -> Result:
    return CliRunner().invoke(
        logs, list(arguments), obj=Settings(mac.root, False, "", True), standalone_mode=False
    )


def _told(result: Result) -> list[str]:
    return [json.loads(line)["message"] for line in result.stdout.splitlines()]


def test_all_logs_come_in_order_of_time_and_each_event_once(mac: Host) -> None:
    told = _told(_run(mac, "--json"))
    assert told == [
        "The worker has started.",
        "gui/501/com.entraclaw.agent [3]: service state: running",
        "asked      mcp-notes",
        "trouble in /opt/x",
        "slow ms=900",
    ]


def test_some_sources_alone(mac: Host) -> None:
    told = _told(_run(mac, "--json", "--source", "worker", "--source", "err"))
    assert told[0] == "The worker has started."
    assert "A client asks. event=asked" in told  # nobody else tells it now
    assert len(told) == 4


def test_since_grep_and_level(mac: Host) -> None:
    assert _told(_run(mac, "--json", "--since", "25s")) == ["trouble in /opt/x", "slow ms=900"]
    assert _told(_run(mac, "--json", "--grep", "SLOW")) == ["slow ms=900"]
    assert len(_told(_run(mac, "--json", "--grep", "!slow"))) == 4
    assert _told(_run(mac, "--json", "--level", "warning")) == ["slow ms=900"]
    assert _told(_run(mac, "--json", "-n", "1")) == ["slow ms=900"]


def test_where_no_line_passes_it_says_how_far_it_looked(mac: Host) -> None:
    assert "among the last 100,000 of each log" in _run(mac, "--grep", "zebra").stderr
    assert _run(mac, "--source", "out").stderr == "These logs have no line.\n"
    assert _run(mac, "--json", "--grep", "zebra").stderr == ""


def test_a_json_line_has_its_fields(mac: Host) -> None:
    (line,) = _run(mac, "--json", "--grep", "slow").stdout.splitlines()
    told = json.loads(line)
    assert told["fields"]["ms"] == "900"
    assert (told["origin"], told["level"], told["at"]) == ("worker", "warning", NOW - 10)


def test_lines_for_people_carry_their_level_as_a_word(mac: Host) -> None:
    out = _run(mac, "--source", "worker").stdout.splitlines()
    assert out[-1].endswith("worker    warning: slow ms=900")


def test_what_cannot_be_understood_says_how(mac: Host) -> None:
    refused = _run(mac, "--since", "noonish")
    assert "14:03" in str(refused.exception)
    nothing = _run(mac, "--grep", "zebra")
    assert nothing.stdout == ""
    assert "No line" in nothing.stderr


def test_the_unified_log_says_who_may_read_it(mac: Host) -> None:
    tool = mac.path("/usr/bin/log")
    tool.write_text("#!/bin/sh\necho \"log: Must be admin to run 'show' command\" >&2\nexit 77\n")
    tool.chmod(0o700)
    asked = _run(mac, "--source", "system")
    assert "administrator" in asked.stderr
    assert "launchd's own log" in asked.stderr


def test_older_files_of_the_worker_are_read_where_the_newest_has_too_few(mac: Host) -> None:
    log = Places.of(mac).worker_log
    log.with_name("worker.log.1").write_text(_worker(-500, "before the rotation"))
    assert _told(_run(mac, "--json", "--source", "worker"))[0] == "before the rotation"


async def test_new_lines_are_told_once_and_in_order(mac: Host) -> None:
    places = Places.of(mac)
    wanted = Wanted(("worker", "launchd", "audit"), Sieve(), None, 40)
    reader = LogReader(mac, wanted, lambda text: None)
    await reader.begin()
    with places.worker_log.open("a") as file:
        file.write(_worker(-5, "while the newest were read"))
    newest = [k.log.message for k in await reader.newest(NOW)]
    assert newest[-1] == "while the newest were read"
    following = reader.follow(lambda: NOW)
    coming = asyncio.ensure_future(anext(following))
    with places.launchd_log.open("a") as file:
        file.write(f"{_stamp(-1)} (gui/501/com.entraclaw.agent [3]) <Notice>: exited\n")
    with places.worker_log.open("a") as file:
        file.write(_worker(-2, "new"))
    later = AuditEntry(2, NOW - 1, "denied", "r1", {}, "")
    told: list[str] = []
    (places.audit_dir / "2026-01-02.jsonl").write_bytes(msgspec.json.encode(later) + b"\n")
    async with asyncio.timeout(20):
        told += [k.log.message for k in await coming]
        while len(told) < 3:
            told += [k.log.message for k in await anext(following)]
    await following.aclose()  # type: ignore[attr-defined]
    assert sorted(told) == sorted(["gui/501/com.entraclaw.agent [3]: exited", "new", "denied"])


def test_it_needs_neither_textual_nor_msal() -> None:
    code = (
        "import sys; import entraclaw_tui.cli.logs, entraclaw_tui.cli.log_lines; "
        "print([m for m in ('textual', 'rich', 'msal', 'keyring') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("line", ["", "[]", "\ud800", '{"x":' + "[" * 100_000])
def test_what_is_no_audit_entry_is_no_line_of_it(line: str) -> None:
    assert entry_line(line) is None

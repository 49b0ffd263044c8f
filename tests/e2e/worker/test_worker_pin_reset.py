"""`pin reset` and `audit export` with the real command, a real terminal and a real worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from entraclaw_tui.worker import permit
from tests.support.running_worker import RunningWorker
from tests.support.terminal import Terminal
from tests.support.worker_stage import GRAPH

NEW = "918273"


def test_a_new_pin_without_the_old_one(worker: RunningWorker) -> None:
    command = [sys.executable, "-B", "-m", "entraclaw_tui", "--root", os.fspath(worker.host.root)]
    terminal = Terminal([*command, "pin", "reset"])
    try:
        terminal.wait_for("New PIN")
        terminal.press(NEW, "\r")
        terminal.wait_for("Repeat")
        terminal.press(NEW, "\r")
        terminal.wait_for("The PIN is set")
        assert terminal.wait_end() == 0
        assert NEW.encode() not in terminal.raw
    finally:
        terminal.close()
    assert not permit.place(worker.host).exists()
    client = worker.client()
    asked = client.result("token.request", resource=GRAPH, scopes=["User.Read"])
    assert worker.allow(asked["request_id"], NEW, NEW) == "decided: approved"
    client.close()


def test_without_a_terminal_no_pin_is_set(worker: RunningWorker) -> None:
    permit.write(worker.host, ("ttys003",), time.time())
    panel = worker.panel()
    assert panel.code("pin.set", pin=NEW) == "forbidden"
    panel.close()


def test_the_audit_is_exported_line_by_line(worker: RunningWorker) -> None:
    client = worker.client("notes")
    client.result("token.request", resource=GRAPH, scopes=["User.Read"])
    client.close()
    command = [sys.executable, "-B", "-m", "entraclaw_tui", "--root", os.fspath(worker.host.root)]
    ran = subprocess.run([*command, "audit", "export", "--json"], capture_output=True, check=True)
    entries = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert {"started", "asked"} <= {entry["event"] for entry in entries}
    (file,) = worker.places.audit_dir.iterdir()
    file.write_bytes(file.read_bytes() + b'no entry\n{"x":' + b"[" * 100_000 + b"\n")
    ran = subprocess.run([*command, "audit", "export"], capture_output=True, check=False)
    assert ran.returncode == 2
    assert b"2 lines are no entries; `audit verify`" in ran.stderr

"""What the first picture does not wait for: what is imported with its first question or key."""

from __future__ import annotations

import json
import subprocess
import sys

LATER = {
    "click",
    "entraclaw_tui.dashboard.closed_pictures",
    "entraclaw_tui.dashboard.jump",
    "entraclaw_tui.dashboard.palette",
    "entraclaw_tui.doctor.findings",
    "entraclaw_tui.macos.csreq",
    "entraclaw_tui.macos.job_story",
    "entraclaw_tui.macos.keychain_dump",
    "entraclaw_tui.macos.keychain_readers",
    "entraclaw_tui.macos.privacy_words",
    "entraclaw_tui.macos.signature",
    "entraclaw_tui.macos.tcc_match",
    "entraclaw_tui.macos.tcc_rows",
}


def test_no_reader_is_imported_before_it_is_asked() -> None:
    start = "entraclaw_tui.cli.bare, entraclaw_tui.dashboard.start, entraclaw_tui.dashboard.app"
    program = f"import json, sys, {start}; print(json.dumps([*sys.modules]))"
    told = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, check=True, timeout=60
    )
    modules = set(json.loads(told.stdout))
    assert "entraclaw_tui.dashboard.panes.keychain" in modules
    assert modules & LATER == set()

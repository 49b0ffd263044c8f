"""Every promise of SECURITY.md names its tests, and they exist."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[2]


def promises() -> list[str]:
    text = (TOP / "SECURITY.md").read_text("utf-8")
    promised = text.partition("## What is promised")[2].partition("## What is not")[0]
    return [f"- **{part}" for part in promised.split("\n- **")[1:]]


def test_every_promise_names_tests_that_exist() -> None:
    found = promises()
    assert len(found) >= 10
    there = {
        name
        for path in (TOP / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }
    for promise in found:
        named = re.findall(r"`(test_\w+)`", promise)
        assert named, promise
        assert set(named) <= there, set(named) - there

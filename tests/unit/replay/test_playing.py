"""The clock of a replay never runs ahead of what was recorded."""

from __future__ import annotations

from entraclaw_tui.dashboard.replay.playing import Clock


def test_a_slow_machine_sees_nothing_later_than_recorded() -> None:
    passed = 0.0
    clock = Clock(100.0, 1000.0, lambda: passed)
    clock.limit = 160.0
    passed = 0.05
    assert clock() == 150.0
    passed = 3.0
    assert clock() == 160.0
    clock.stop()
    assert clock() == 160.0

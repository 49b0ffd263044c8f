"""The part of the action table about a recording that is shown again."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import Action

REPLAY: tuple[Action, ...] = (
    Action("replay.pause", ("p",), "replay", "pause", "Stand still, or go on.", "replay_pause"),
    Action(
        "replay.step", ("full_stop",), "replay", "step", "Go to what happened next.", "replay_step"
    ),
)

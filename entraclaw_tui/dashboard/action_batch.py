"""The part of the action table about several requests at once."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import Action, Need

BATCH: tuple[Action, ...] = (
    Action(
        "requests.mark",
        ("space", "v"),
        "requests",
        "mark",
        "Mark the request: then {requests.deny} denies all that are marked, "
        "{requests.allow} opens them together.",
        "mark",
        dangerous=True,
        needs=(Need.WORKER, Need.ROW, Need.PENDING),
    ),
    Action(
        "requests.history",
        ("h",),
        "requests",
        "history",
        "Show every request that is known: outcome, when, how long it took, by whom; or go back.",
        "history",
    ),
    # -- the sheet of several requests
    Action(
        "batch.submit",
        ("enter",),
        "batch",
        "allow",
        "Allow the low and medium ones, once each, with the PIN that you typed.",
        "submit",
        footer=True,
        dangerous=True,
    ),
    Action(
        "batch.deny",
        ("d",),
        "batch",
        "deny all",
        "Deny all of them. Asks first.",
        "deny",
        footer=True,
        dangerous=True,
    ),
    Action(
        "batch.unlock",
        ("u",),
        "batch",
        "unlock",
        "Open your session with the PIN.",
        "unlock",
        dangerous=True,
    ),
    Action("batch.down", ("j", "down"), "batch", "down", "Scroll down.", "scroll(1)"),
    Action("batch.up", ("k", "up"), "batch", "up", "Scroll up.", "scroll(-1)"),
    Action("batch.page_down", ("pagedown",), "batch", "page down", "Next page.", "scroll(8)"),
    Action("batch.page_up", ("pageup",), "batch", "page up", "Previous page.", "scroll(-8)"),
    Action(
        "batch.later",
        ("escape",),
        "batch",
        "later",
        "Leave them waiting and go back.",
        "later",
        footer=True,
    ),
    Action(
        "batch.help",
        ("question_mark",),
        "batch",
        "help",
        "Show the keys of this sheet.",
        "help",
    ),
)

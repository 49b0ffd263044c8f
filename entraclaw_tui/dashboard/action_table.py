"""The one table of what a key does: bindings, footer, help, palette and the README come from it."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import Action, Need
from entraclaw_tui.dashboard.action_batch import BATCH
from entraclaw_tui.dashboard.action_closer import CLOSER
from entraclaw_tui.dashboard.action_logs import LOGS
from entraclaw_tui.dashboard.action_replay import REPLAY
from entraclaw_tui.dashboard.action_sheets import SHEETS
from entraclaw_tui.dashboard.action_tokens import TOKENS

PLACES = {
    "app": "Everywhere",
    "list": "In a list",
    "requests": "Requests",
    "grants": "Grants",
    "job": "Job, zoomed",
    "keychain": "Keychain",
    "privacy": "Privacy",
    "tokens": "Tokens",
    "logs": "Logs",
    "sources": "The sheet of the logs' sources",
    "request": "A request's sheet",
    "batch": "The sheet of several requests",
    "sign_in": "The sign-in sheet",
    "unlock": "The unlock sheet",
    "reason": "The sheet of a denial's reason",
    "confirm": "A question before something is done",
    "help": "This help",
    "finding": "A finding's sheet",
    "keychain_item": "The sheet of a Keychain item",
    "keychain_state": "The sheet of the keychain itself",
    "privacy_grant": "The sheet of a privacy row",
    "details": "The details of a row",
    "grant": "The page of a grant",
    "token": "The page of a token",
    "replay": "A recording that is shown again",
}
"""Where an action works, and how help and README name the place."""

_DECIDE = (Need.WORKER, Need.ROW, Need.PENDING)

PANEL: tuple[Action, ...] = (
    # -- everywhere
    Action(
        "pane",
        ("1", "2", "3", "4", "5", "6", "7", "8"),
        "app",
        "panes",
        "Go to a pane by its number.",
        "pane({key})",
        footer=True,
    ),
    Action("pane.next", ("tab",), "app", "next pane", "Go to the next pane.", "next_pane"),
    Action(
        "pane.previous",
        ("shift+tab",),
        "app",
        "previous pane",
        "Go to the previous pane.",
        "previous_pane",
    ),
    Action(
        "open",
        ("enter",),
        "app",
        "open",
        "Open the selected row, or the pane over the whole screen.",
        "open",
        footer=True,
    ),
    Action("back", ("escape",), "app", "back", "Go back: end the filter, close the pane.", "back"),
    Action(
        "filter",
        ("slash",),
        "app",
        "filter",
        "Show only rows with this text; ! before it turns it around.",
        "filter",
        footer=True,
    ),
    Action("refresh", ("r",), "app", "refresh", "Read everything again now.", "refresh_all"),
    Action(
        "unlock",
        ("u",),
        "app",
        "unlock",
        "Open your session with the PIN, so that you can allow.",
        "unlock",
        dangerous=True,
        needs=(Need.WORKER, Need.LOCKED),
    ),
    Action(
        "lock",
        ("L",),
        "app",
        "lock now",
        "Close your session: nothing can be allowed until you unlock.",
        "lock",
        needs=(Need.WORKER, Need.UNLOCKED),
    ),
    Action(
        "palette",
        ("colon", "ctrl+p"),
        "app",
        "palette",
        "Find any command by its name.",
        "command_palette",
        footer=True,
    ),
    Action(
        "help",
        ("question_mark",),
        "app",
        "help",
        "Show the keys of the pane in focus.",
        "help",
        footer=True,
    ),
    Action("quit", ("q", "ctrl+c"), "app", "quit", "Leave; the worker goes on.", "quit"),
    Action(
        "suspend",
        ("ctrl+z",),
        "app",
        "suspend",
        "Go to the shell; fg comes back.",
        "suspend_process",
    ),
    # -- lists
    Action("list.down", ("j", "down"), "list", "down", "Next row.", "cursor_down"),
    Action("list.up", ("k", "up"), "list", "up", "Previous row.", "cursor_up"),
    Action("list.page_down", ("pagedown",), "list", "page down", "Next page.", "page_down"),
    Action("list.page_up", ("pageup",), "list", "page up", "Previous page.", "page_up"),
    Action("list.top", ("g", "home"), "list", "first", "First row.", "scroll_top"),
    Action("list.bottom", ("G", "end"), "list", "last", "Last row.", "scroll_bottom"),
    # -- requests
    Action(
        "requests.allow",
        ("a",),
        "requests",
        "allow\u2026",
        "Open the request to read it; only its sheet can allow it.",
        "allow",
        footer=True,
        dangerous=True,
        needs=_DECIDE,
    ),
    Action(
        "requests.deny",
        ("d",),
        "requests",
        "deny",
        "Deny the selected request at once.",
        "deny",
        footer=True,
        dangerous=True,
        needs=_DECIDE,
    ),
    Action(
        "requests.deny_always",
        ("D",),
        "requests",
        "deny always",
        "Deny it and block the program that asks.",
        "deny_always",
        dangerous=True,
        needs=_DECIDE,
    ),
    Action(
        "requests.deny_reason",
        ("m",),
        "requests",
        "deny with a reason",
        "Deny it and tell the program why.",
        "deny_reason",
        dangerous=True,
        needs=_DECIDE,
    ),
    # -- grants
    Action(
        "grants.revoke",
        ("x",),
        "grants",
        "revoke",
        "End the selected grant and its tokens.",
        "revoke",
        footer=True,
        dangerous=True,
        needs=(Need.WORKER, Need.ROW, Need.LIVE),
    ),
    Action(
        "grants.revoke_all",
        ("X",),
        "grants",
        "revoke all",
        "End every grant. Asks first.",
        "revoke_all",
        footer=True,
        dangerous=True,
        needs=(Need.WORKER, Need.ANY_LIVE),
    ),
    # -- the job's story
    Action(
        "job.reveal",
        ("v",),
        "job",
        "show the value",
        "Show the selected variable's value, at the second press; gone once you look elsewhere.",
        "reveal",
        footer=True,
    ),
    Action(
        "job.login_items",
        ("i",),
        "job",
        "ask Login Items",
        "Ask what Login Items says of the job; macOS may want a password.",
        "login_items",
        footer=True,
    ),
)

ACTIONS: tuple[Action, ...] = (*PANEL, *BATCH, *LOGS, *CLOSER, *TOKENS, *SHEETS, *REPLAY)

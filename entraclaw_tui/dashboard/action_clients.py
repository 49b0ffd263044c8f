"""The part of the action table about who may ask at all: the clients, and the agent's pause."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import Action, Need

CLIENTS: tuple[Action, ...] = (
    Action(
        "clients",
        ("B",),
        "app",
        "clients",
        "Show who is blocked or rests, and who asked lately; let somebody ask again.",
        "clients",
        needs=(Need.WORKER,),
    ),
    Action(
        "pause",
        ("W",),
        "app",
        "pause or resume the agent",
        "Pause the agent, after a question: it takes no requests; or resume it.",
        "pause_agent",
        dangerous=True,
        needs=(Need.WORKER,),
    ),
    # -- the sheet of the clients
    Action("clients.down", ("j", "down"), "clients", "down", "Next client.", "move(1)"),
    Action("clients.up", ("k", "up"), "clients", "up", "Previous client.", "move(-1)"),
    Action(
        "clients.unblock",
        ("x",),
        "clients",
        "let it ask",
        "End the block or the rest: the program may ask again.",
        "unblock",
        footer=True,
        dangerous=True,
    ),
    Action(
        "clients.block",
        ("D",),
        "clients",
        "block",
        "Refuse whatever the program asks from now on.",
        "block",
        footer=True,
        dangerous=True,
    ),
    Action(
        "clients.unlock",
        ("u",),
        "clients",
        "unlock",
        "Open your session with the PIN.",
        "unlock",
        dangerous=True,
    ),
    Action("clients.help", ("question_mark",), "clients", "help", "Show these keys.", "help"),
    Action("clients.close", ("escape", "q"), "clients", "back", "Go back.", "close", footer=True),
)

"""The part of the action table that the sign-in uses: the way to it, and its sheet."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import Action, Need

SIGN_IN: tuple[Action, ...] = (
    Action(
        "tokens.sign_in",
        ("i",),
        "tokens",
        "sign in",
        "Sign in as the person the agent acts for, or out.",
        "sign_in",
        footer=True,
        needs=(Need.WORKER,),
    ),
    Action(
        "sign_in.begin",
        ("s",),
        "sign_in",
        "sign in",
        "Begin a sign-in: a code to enter in any browser.",
        "begin",
        footer=True,
        dangerous=True,
    ),
    Action(
        "sign_in.copy",
        ("c",),
        "sign_in",
        "copy",
        "Copy the code; a second time, the address.",
        "copy",
        footer=True,
    ),
    Action(
        "sign_in.cancel",
        ("x",),
        "sign_in",
        "cancel it",
        "End the sign-in that waits.",
        "cancel",
        footer=True,
        dangerous=True,
    ),
    Action(
        "sign_in.sign_out",
        ("O",),
        "sign_in",
        "sign out",
        "Forget the stored sign-in. Asks first.",
        "sign_out",
        footer=True,
        dangerous=True,
    ),
    Action(
        "sign_in.unlock",
        ("u",),
        "sign_in",
        "unlock",
        "Open your session with the PIN.",
        "unlock",
        dangerous=True,
    ),
    Action(
        "sign_in.close",
        ("escape", "q"),
        "sign_in",
        "back",
        "Go back; a sign-in that waits goes on.",
        "close",
        footer=True,
    ),
)

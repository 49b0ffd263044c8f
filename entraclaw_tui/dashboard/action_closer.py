"""The part of the action table that a closer look at the Keychain and at privacy uses."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import Action, Need

CLOSER: tuple[Action, ...] = (
    Action(
        "keychain.state",
        ("s",),
        "keychain",
        "state",
        "Whether the keychain is open, when it locks, what is searched, how to unlock it.",
        "state",
        footer=True,
    ),
    Action(
        "keychain_item.readers",
        ("w",),
        "keychain_item",
        "who can read it",
        "Ask macOS who can read the agent's items. It may want your password at the screen.",
        "readers",
        footer=True,
    ),
    Action(
        "keychain_state.ask",
        ("w",),
        "keychain_state",
        "ask macOS",
        "Ask whether it is open; a locked one answers with a dialog at the screen.",
        "ask",
        footer=True,
    ),
    Action(
        "keychain_state.unlock",
        ("u",),
        "keychain_state",
        "unlock it here",
        "Lend the terminal to `security unlock-keychain`, which asks for the password itself.",
        "unlock",
        footer=True,
        dangerous=True,
    ),
    Action(
        "keychain_state.copy",
        ("c",),
        "keychain_state",
        "copy the command",
        "Copy the command that unlocks it.",
        "copy",
        footer=True,
    ),
    Action(
        "privacy.databases",
        ("s",),
        "privacy",
        "databases",
        "Which privacy databases were read, by whom, and what to do where one was not.",
        "databases",
        footer=True,
    ),
    Action(
        "privacy_grant.settings",
        ("o",),
        "privacy_grant",
        "open System Settings",
        "Open the place where it is changed, at the Mac's screen.",
        "settings",
        footer=True,
    ),
    Action(
        "grant.revoke",
        ("x",),
        "grant",
        "revoke",
        "End this grant and its tokens.",
        "revoke",
        footer=True,
        dangerous=True,
        needs=(Need.WORKER, Need.LIVE),
    ),
)

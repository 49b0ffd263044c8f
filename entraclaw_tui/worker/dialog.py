"""The dialog about one request, where a person chose it in the policy. It can deny, never allow.

A program of the same account can press a dialog's buttons (System Events), and nobody has unlocked
anything where no panel is open: so neither a low request can be allowed here. What it offers is
Deny, which is the default and the cancel button, and to review the request in the panel.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from entraclaw_tui.macos.host import Host, Ran
from entraclaw_tui.model.consent import Request
from entraclaw_tui.text import Shown, clean, clean_block
from entraclaw_tui.worker import osascript

GIVES_UP: Final = 60
"""Seconds after which the dialog goes away by itself. Written into the script, too."""
_DEADLINE: Final = GIVES_UP + 15.0
_SCOPES: Final = 6
_LIMIT: Final = 900

SCRIPT: Final = b"""on run argv
	display dialog (item 1 of argv) with title "Entraclaw" buttons {"Review in the panel", "Deny"} \
default button "Deny" cancel button "Deny" with icon caution giving up after 60
end run
"""
_REVIEW: Final = b"button returned:Review in the panel, gave up:false\n"
_GAVE_UP: Final = b"button returned:, gave up:true\n"
_CANCELED: Final = b"(-128)\n"
"""How the error ends that the cancel button raises: userCanceledErr. The words before it are in the
person's language."""


class Answer(Enum):
    """What came of it. Only these exact answers mean something."""

    DENY = auto()
    REVIEW = auto()
    NONE = auto()
    """Nobody answered in time."""
    FAILED = auto()
    """No dialog could be shown."""


async def ask(host: Host, request: Request, waiting: int) -> tuple[Answer, str]:
    """Show the dialog and return the answer, with the reason where it failed. Raises ToolError."""
    ran = await osascript.run(host, SCRIPT, words(request, waiting), deadline=_DEADLINE)
    return answer_of(ran), ran.complaint


def answer_of(ran: Ran) -> Answer:
    """Return what osascript's output means."""
    if ran.exit == 0 and ran.stdout == _REVIEW:
        return Answer.REVIEW
    if ran.exit == 0 and ran.stdout == _GAVE_UP:
        return Answer.NONE
    if ran.exit == 1 and not ran.stdout and ran.stderr.endswith(_CANCELED):
        return Answer.DENY
    return Answer.FAILED


def words(request: Request, waiting: int) -> Shown:
    """Return what the dialog says: what the system says first, what the program says quoted."""
    system = request.requester
    names = [f"{scope.name} ({scope.tier})" for scope in request.scopes[:_SCOPES]]
    if len(request.scopes) > _SCOPES:
        names.append(f"{len(request.scopes) - _SCOPES} more")
    told = [
        "Entraclaw: a program asks to act for you.",
        "",
        f"Program: {clean(system.executable, 200)}",
        f"Signature: {clean(system.signature.status, 20)}",
        f'It calls itself "{clean(request.claimed_name, 40)}".',
        f"It wants: {clean(', '.join(names), 400)}",
        "",
        "It can be allowed in the panel alone: entraclaw-tui",
    ]
    if waiting > 1:
        told.append(f"{waiting} requests wait.")
    return clean_block("\n".join(told), _LIMIT)

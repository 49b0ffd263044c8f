"""What the worker's refusals mean to a person, each with the next step."""

from __future__ import annotations

from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.text import clean

_STEPS = {
    Code.ALREADY_DECIDED: "Somebody else was faster: it is decided already.",
    Code.STALE_DIGEST: "The request changed while you read. Read it again, then decide.",
    Code.EXPIRED: "Too late: its time is over.",
    Code.CANCELLED: "The program withdrew it meanwhile.",
    Code.NOT_FOUND: "The worker does not know it any more.",
    Code.WRONG_CODE: "Those are not its digits. Look at the program and type them again.",
    Code.WRONG_PIN: "That is not your PIN. Type it again.",
    Code.LOCKED: "Your session has locked meanwhile. Unlock: u",
    Code.PROOF_REQUIRED: "It takes more than a key here: type your PIN.",
    Code.NO_PIN: "No PIN is set, so nothing can be allowed: entraclaw-tui pin reset",
    Code.STORAGE: "The worker cannot store decisions now, so nothing was decided.",
}


def plain(error: WireError | ConnectionLost) -> tuple[str, float]:
    """Return the refusal as a sentence for a person, and the seconds to wait before a next try."""
    if isinstance(error, ConnectionLost):
        told = f"{clean(str(error), 200)} Whether it counted shows when the worker is back."
        return told, 0.0
    told = _STEPS.get(error.code, "")
    if not told:
        told = f"{clean(error.message, 200)} {clean(error.hint, 200)}".strip()
    return told, max(0.0, error.retry_after)

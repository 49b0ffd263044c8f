"""What the worker's refusals mean to a person, each with the next step."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import UNLOCK_FIRST
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.text import clean

_STEPS = {
    Code.STALE_DIGEST: "Read it again, then decide.",
    Code.WRONG_CODE: "Look at the program and type them again.",
    Code.LOCKED: UNLOCK_FIRST,
    Code.PROOF_REQUIRED: "Type your PIN.",
    Code.STORAGE: "Nothing was decided.",
}
"""The next step where the worker names none."""


def plain(error: WireError | ConnectionLost) -> tuple[str, float]:
    """Return the refusal as a sentence for a person, and the seconds to wait before a next try."""
    if isinstance(error, ConnectionLost):
        told = f"{clean(str(error), 200)} Whether it counted shows when the worker is back."
        return told, 0.0
    wait = max(0.0, error.retry_after)
    if error.code is Code.WRONG_PIN:
        # Its message names the seconds to wait; whoever shows it counts them down.
        return ("Wrong PIN." if wait else "Wrong PIN. Type it again."), wait
    step = clean(error.hint, 200) or _STEPS.get(error.code, "")
    return f"{clean(error.message, 200)} {step}".strip(), wait

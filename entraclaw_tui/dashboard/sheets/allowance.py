"""What allowing a request takes, and why it cannot be allowed now. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from entraclaw_tui.dashboard.action import UNLOCK_FIRST
from entraclaw_tui.dashboard.sheets.digits import CODE_DIGITS, PIN_DIGITS
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.ipc.messages import Session
from entraclaw_tui.model.consent import Proof, Remember, Request, State, Tier
from entraclaw_tui.text import clean

SMALLEST = (60, 16)
"""Columns and rows below which nothing can be allowed: too little of the request would show."""

READONLY = "This panel only looks (--readonly)."

REMEMBER_WORDS = {
    Remember.ONCE: "once",
    Remember.QUARTER: "15 min",
    Remember.HOUR: "1 hour",
    Remember.UNTIL_LOCK: "until lock",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What counts besides the request and the worker."""

    width: int
    height: int
    unseen_scopes: int
    now: float
    readonly: bool = False


def no_unlock(view: WorkerView, *, readonly: bool) -> str:
    """Return why the session cannot be unlocked from here; else empty."""
    if readonly:
        return READONLY
    if view.unlocked:
        return "Your session is open already."
    if not view.connected:
        return f"Nothing can be unlocked: {view.reason}"
    return refusal(view.session)


def no_decision(view: WorkerView, *, readonly: bool) -> str:
    """Return why nothing at all can be decided from here; else empty."""
    if readonly:
        return READONLY
    return "" if view.connected else f"Nothing can be decided: {view.reason}"


def proof_for(request: Request, session: Session | None) -> Proof:
    """Return the proof that allowing takes in this terminal."""
    if session is not None and session.injectable:
        return Proof.PIN
    return request.proof


def digits_for(proof: Proof) -> int:
    """Return how many digits a proof has at least; 0 for a key."""
    return {Proof.KEY: 0, Proof.CODE: CODE_DIGITS, Proof.PIN: PIN_DIGITS}[proof]


def options(request: Request, session: Session | None) -> tuple[Remember, ...]:
    """Return how long an approval may last; high tier is once only, whatever was offered.

    Over SSH no screen locks that this panel belongs to, and the worker refuses `until lock`.
    """
    if request.tier is Tier.HIGH:
        return (Remember.ONCE,)
    far = session is not None and session.over_ssh
    offered = (o for o in request.remember_options if not (far and o is Remember.UNTIL_LOCK))
    return tuple(offered) or (Remember.ONCE,)


def what_it_takes(request: Request, session: Session | None) -> str:
    """Return the one sentence about the proof."""
    proof = proof_for(request, session)
    if proof is Proof.KEY:
        return "press A"
    if proof is Proof.CODE:
        return "type the two digits that the program shows"
    if request.proof is not Proof.PIN and session is not None:
        by = clean(session.injectable_by, 30) or "a program"
        return f"{by} can press keys, so type your PIN"
    return "type your PIN"


def refusal(session: Session | None) -> str:
    """Return why this panel may never allow anything as things stand; else empty."""
    if session is None:
        return ""
    if not session.may_allow:
        return f"From here you can only deny. {clean(session.refusal, 200)}".strip()
    if session.pin_state == "missing":
        return "No PIN is set, so nothing can be allowed. Denying works."
    if session.pin_state == "unknown":
        return "The worker has not read your PIN yet: nothing can be allowed. Denying works."
    if session.pin_state == "damaged":
        return "The stored PIN is damaged, so nothing can be allowed. Denying works."
    return ""


def obstacle(request: Request, view: WorkerView, around: Surroundings) -> str:
    """Return why Allow does not work now, with the next step; empty where it does."""
    if around.readonly:
        return READONLY
    if not view.connected:
        return f"Nothing can be decided: {clean(view.reason, 200)}"
    if request.state is not State.PENDING:
        return "It is decided already."
    if around.now >= request.expires_at:
        return "Its time is over."
    if around.width < SMALLEST[0] or around.height < SMALLEST[1]:
        return f"Allow is off below {SMALLEST[0]}x{SMALLEST[1]}: make the window larger."
    if reason := refusal(view.session):
        return reason
    if not view.unlocked:
        return UNLOCK_FIRST
    if around.unseen_scopes:
        more = (
            "1 permission" if around.unseen_scopes == 1 else (f"{around.unseen_scopes} permissions")
        )
        return f"Read on: {more} not seen."
    return ""

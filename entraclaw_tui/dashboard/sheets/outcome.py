"""What became of a request, in words, and what to do next. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.model.consent import Request, State, TokenInfo
from entraclaw_tui.text import clean

_NEXT = {
    "consent_needed": "The directory's consent is missing: an admin, or you in the browser, "
    "gives it; then the program asks again.",
    "step_up": "Entra wants you to sign in again with a second factor.",
    "assertion_stale": "The sign-in is too old: sign in again.",
    "assertion_wrong": "The program handed over a sign-in that is not meant for this agent.",
    "blocked": "A rule of the directory blocks it; its administrator can tell which.",
    "client_auth": "The agent's certificate is not accepted: check the Keychain pane.",
    "config": "The configuration does not fit: entraclaw-tui doctor tells more.",
    "throttled": "Entra asks to slow down; later it will work.",
    "transient": "Entra or the network has trouble; the program may ask again.",
}
_KEPT = {"keychain": "the Keychain"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The headline with its tone, and smaller words below."""

    text: str
    tone: Tone
    details: tuple[str, ...] = ()


def outcome(request: Request, token: TokenInfo | None, ours: str, now: float) -> Outcome:
    """Return what happened. `ours` is what this sheet decided: `allow`, `deny` or empty."""
    match request.state:
        case State.DENIED:
            return _denied(request, ours)
        case State.EXPIRED:
            return Outcome("Expired: nobody decided in time.", Tone.LOOK)
        case State.CANCELLED:
            why = clean(request.outcome_text, 300) or "The program withdrew it or has ended."
            return Outcome("Withdrawn.", Tone.LOOK, (why,))
        case State.FAILED:
            return _failed(request, ours)
        case State.APPROVED | State.EXCHANGING:
            words = "Getting the token from Entra\u2026"
        case State.READY:
            words = "The token is ready; the program has not fetched it yet."
        case State.DELIVERED:
            words = "The program has its token."
        case _:
            return Outcome("It waits for a decision.", Tone.PLAIN)
    about = _about(token, now)
    return Outcome(f"{_allowed(request, ours)} {words}", Tone.GOOD, about)


def _allowed(request: Request, ours: str) -> str:
    if ours == "allow":
        return "Allowed."
    if request.decided_by == "grant":
        return "Allowed by a grant that was live."
    return f"Allowed elsewhere{_by(request)}."


def _by(request: Request) -> str:
    return f" by {clean(request.decided_by, 80)}" if request.decided_by else ""


def _denied(request: Request, ours: str) -> Outcome:
    why = clean(request.outcome_text, 300)
    details = (why,) if why and ours != "deny" else ()
    if ours == "deny":
        return Outcome("Denied. The program has been told.", Tone.GOOD, details)
    return Outcome(f"Denied elsewhere{_by(request)}.", Tone.LOOK, details)


def _failed(request: Request, ours: str) -> Outcome:
    # The worker's words end with the next step; ours stand in where it had none.
    told = request.outcome_text or _NEXT.get(request.outcome_code, request.outcome_code)
    return Outcome(f"{_allowed(request, ours)} But no token came.", Tone.BAD, (clean(told, 300),))


def _about(token: TokenInfo | None, now: float) -> tuple[str, ...]:
    if token is None:
        return ()
    minutes = max(0, int(token.expires_at - now)) // 60
    parts = [
        f"Valid for {minutes} min",
        f"kept in {_KEPT.get(token.kept_in, clean(token.kept_in, 20))}",
    ]
    if token.from_cache:
        parts.append("from the cache")
    elif token.exchange_ms:
        parts.append(f"exchanged in {token.exchange_ms} ms")
    return (", ".join(parts) + ".",)

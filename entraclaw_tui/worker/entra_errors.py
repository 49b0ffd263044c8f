"""What Entra's refusals mean: one of nine words, a sentence and a next step.

Microsoft asks not to build on descriptions or numbers, so `error`, `suberror` and the presence of
`claims` decide where they can; the AADSTS numbers settle the rest, and are shown.
(learn.microsoft.com/entra/identity-platform/reference-error-codes)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from entraclaw_tui.text import Shown, clean


class Kind(StrEnum):
    """The nine words. They are stable: programs may branch on them."""

    CONSENT_NEEDED = "consent_needed"
    STEP_UP = "step_up"
    ASSERTION_STALE = "assertion_stale"
    ASSERTION_WRONG = "assertion_wrong"
    BLOCKED = "blocked"
    CLIENT_AUTH = "client_auth"
    CONFIG = "config"
    THROTTLED = "throttled"
    TRANSIENT = "transient"


WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.CONSENT_NEEDED: (
        "The directory has not consented to this permission.",
        "Allowing it here is not enough: consent in Entra, or ask the directory's administrator.",
    ),
    Kind.STEP_UP: (
        "Entra wants a stronger sign-in for this.",
        "Sign in again with a second factor.",
    ),
    Kind.ASSERTION_STALE: (
        "The sign-in has ended.",
        "Sign in again.",
    ),
    Kind.ASSERTION_WRONG: (
        "The sign-in was made for another application.",
        "The user's token must be for the agent's own API; check client_id and api_scope.",
    ),
    Kind.BLOCKED: (
        "A policy of the directory blocks this.",
        "Only the directory's administrator can change that.",
    ),
    Kind.CLIENT_AUTH: (
        "Entra does not accept the agent's certificate.",
        "Check that it is registered on the application, not expired, and that the clock is right.",
    ),
    Kind.CONFIG: (
        "Tenant, application or resource is not set up for this.",
        "Check the settings against the application's registration in Entra.",
    ),
    Kind.THROTTLED: (
        "Entra asks for a pause.",
        "Ask again once the pause is over.",
    ),
    Kind.TRANSIENT: (
        "Entra did not answer as it should.",
        "Try again in a moment.",
    ),
}

CLAIMS_LIMIT = 8192
"""Characters of a claims challenge on the wire; Entra's have a few hundred."""
PAUSE = 60.0
"""Seconds to pause where Entra names none (its usual Retry-After)."""
_LONGEST = 3600.0

_CONSENT = frozenset({65001, 65004, 65005, 650056, 650057, 90094})
_STEP_UP = frozenset({50072, 50074, 50076, 50078, 50079, 50097, 50158, 53004})
_STALE = frozenset({50173, 70008, 70043, 500133, 700082, 700084})
_WRONG = frozenset({50013, 50027, 500131})
_BLOCKED = frozenset({50055, 50057, 50105, 53000, 53001, 53003, 530035})
_CLIENT = frozenset({50012, 700024, 700027, 700030, 7000215, 7000222})
_CONFIG = frozenset(
    {28002, 28003, 70001, 70003, 70011, 82014, 90002, 500011, 700011, 700016}
    | {700211, 700213, 700229, 7000114}
)
_THROTTLED = frozenset({50196, 90055})
_TRANSIENT = frozenset({50033, 50087, 90006, 90024, 90033})
_SUBERRORS: Mapping[str, Kind] = {
    "consent_required": Kind.CONSENT_NEEDED,
    "basic_action": Kind.STEP_UP,
    "additional_action": Kind.STEP_UP,
    "bad_token": Kind.ASSERTION_STALE,
    "token_expired": Kind.ASSERTION_STALE,
    "user_password_expired": Kind.BLOCKED,
    "message_only": Kind.BLOCKED,
}
_ERRORS: Mapping[str, Kind] = {
    "interaction_required": Kind.STEP_UP,
    "login_required": Kind.ASSERTION_STALE,
    "expired_token": Kind.ASSERTION_STALE,
    "authorization_declined": Kind.ASSERTION_STALE,
    "consent_required": Kind.CONSENT_NEEDED,
    "invalid_client": Kind.CLIENT_AUTH,
    "access_denied": Kind.BLOCKED,
    "temporarily_unavailable": Kind.TRANSIENT,
    "server_error": Kind.TRANSIENT,
    "invalid_grant": Kind.ASSERTION_STALE,
}


class ExchangeError(Exception):
    """An exchange that gave no token: one of the nine words, and what helps."""

    def __init__(
        self,
        kind: Kind | str,
        message: str = "",
        hint: str = "",
        retry_after: float = 0.0,
        *,
        code: str = "",
        claims: str = "",
        trace: str = "",
    ) -> None:
        self.kind = Kind(kind)
        words = WORDS[self.kind]
        self.message = message or words[0]
        self.hint = hint or words[1]
        self.retry_after = retry_after
        """Seconds after which asking again makes sense; 0 where time changes nothing."""
        self.code = code
        """Entra's own number, `AADSTS65001`, or empty."""
        self.claims = claims
        """For a stronger sign-in: what it must satisfy, as Entra wrote it."""
        self.trace = trace
        """Entra's trace id, for Microsoft's support."""
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer of Entra's means."""

    kind: Kind
    message: Shown
    hint: str
    retry_after: float
    code: str
    claims: str = ""
    trace: str = ""

    def error(self) -> ExchangeError:
        """Return it as an exception."""
        return ExchangeError(
            self.kind,
            self.message,
            self.hint,
            self.retry_after,
            code=self.code,
            claims=self.claims,
            trace=self.trace,
        )


def error_class(status: int, body: object, headers: Mapping[str, str]) -> Verdict:
    """Return what an answer means: HTTP status, body (text, bytes or decoded JSON), headers.

    Never raises, whatever the body is.
    """
    fields = _fields(body)
    codes = _codes(fields)
    claims = _text(fields, "claims")
    kind = _kind(status, fields, codes, claims)
    number = next((c for c in codes if c in _NUMBERS), codes[0] if codes else 0)
    code = f"AADSTS{number}" if number else ""
    message, hint = WORDS[kind]
    reason = code or clean(_text(fields, "error"), 40) or (f"HTTP {status}" if status else "")
    return Verdict(
        kind,
        clean(f"{message} ({reason})" if reason else message),
        hint,
        _pause(kind, headers),
        code,
        claims if kind is Kind.STEP_UP and _handed_on(claims) else "",
        clean(_text(fields, "trace_id"), 64),
    )


def _kind(status: int, fields: Mapping[str, object], codes: list[int], claims: str) -> Kind:
    error = _text(fields, "error")
    if status == 429 or _THROTTLED.intersection(codes):
        return Kind.THROTTLED
    if status >= 500 or _TRANSIENT.intersection(codes):
        return Kind.TRANSIENT
    by_suberror = _SUBERRORS.get(_text(fields, "suberror"))
    if by_suberror is Kind.CONSENT_NEEDED or _CONSENT.intersection(codes):
        return Kind.CONSENT_NEEDED
    if claims and error in ("interaction_required", "invalid_grant"):
        return Kind.STEP_UP
    if 50013 in codes and _STALE.intersection(codes):
        return Kind.ASSERTION_STALE
    for number in codes:
        if number in _NUMBERS:
            return _NUMBERS[number]
    if by_suberror is not None:
        return by_suberror
    if error in _ERRORS:
        return _ERRORS[error]
    return Kind.CONFIG if 400 <= status < 500 else Kind.TRANSIENT


_NUMBERS: Mapping[int, Kind] = {
    number: kind
    for kind, numbers in (
        (Kind.CONSENT_NEEDED, _CONSENT),
        (Kind.STEP_UP, _STEP_UP),
        (Kind.ASSERTION_STALE, _STALE),
        (Kind.ASSERTION_WRONG, _WRONG),
        (Kind.BLOCKED, _BLOCKED),
        (Kind.CLIENT_AUTH, _CLIENT),
        (Kind.CONFIG, _CONFIG),
        (Kind.THROTTLED, _THROTTLED),
        (Kind.TRANSIENT, _TRANSIENT),
    )
    for number in numbers
}


def _handed_on(claims: str) -> bool:
    """Whether claims can go to the client whole and come back as its next request's."""
    return len(claims) <= CLAIMS_LIMIT and claims.isascii() and claims.isprintable()


def _fields(body: object) -> Mapping[str, object]:
    if isinstance(body, (bytes, bytearray)):
        body = bytes(body[:65536]).decode("utf-8", "replace")
    if isinstance(body, str):
        try:
            body = json.loads(body[:65536])
        except (ValueError, RecursionError):
            return {}
    return body if isinstance(body, dict) else {}


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _codes(fields: Mapping[str, object]) -> list[int]:
    value = fields.get("error_codes")
    codes = [c for c in value if type(c) is int] if isinstance(value, list) else []
    if codes:
        return codes
    # Some answers carry the number in the description alone.
    head = _text(fields, "error_description")[:20]
    digits = head.removeprefix("AADSTS").partition(":")[0] if head.startswith("AADSTS") else ""
    return [int(digits)] if digits.isascii() and digits.isdigit() else []


def _pause(kind: Kind, headers: Mapping[str, str]) -> float:
    if kind not in (Kind.THROTTLED, Kind.TRANSIENT):
        return 0.0
    asked = next((v for k, v in headers.items() if k.lower() == "retry-after"), "").strip()
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return min(float(asked), _LONGEST)
    return PAUSE if kind is Kind.THROTTLED else 0.0

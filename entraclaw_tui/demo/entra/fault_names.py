"""Faults by name: what a person orders, and what the proof of the exchange goes through.

Numbers and words as in learn.microsoft.com/entra/identity-platform/reference-error-codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from entraclaw_tui.demo.entra.faults import Fault

_CLAIMS: Final = '{"access_token":{"capolids":{"essential":true,"values":["c1"]}}}'


def _no(number: int, text: str, suberror: str = "", claims: str = "") -> Fault:
    return Fault(400, "invalid_grant", number, text, suberror, claims)


FAULTS: Final[Mapping[str, Fault]] = {
    "consent": _no(65001, "The user or administrator has not consented.", "consent_required"),
    "consent-declined": _no(65004, "The person declined to consent to access the app."),
    "consent-incomplete": _no(65005, "The application needs access that was not specified."),
    "step-up": Fault(400, "interaction_required", 50076, "MFA is needed.", "basic_action", _CLAIMS),
    "step-up-grant": _no(50158, "An external challenge is not met.", "additional_action", _CLAIMS),
    "session-revoked": _no(50173, "The grant has expired: it was revoked.", "bad_token"),
    "session-idle": _no(700082, "The refresh token has expired due to inactivity."),
    "assertion-expired": _no(500133, "The assertion is not within its valid time range."),
    "assertion-audience": _no(500131, "The assertion is for another application."),
    "assertion-broken": _no(50013, "The assertion failed signature validation."),
    "policy": _no(53003, "Access has been blocked by Conditional Access.", "message_only"),
    "device": _no(53000, "The device is not compliant.", "message_only"),
    "password-expired": _no(50055, "The password is expired.", "user_password_expired"),
    "user-disabled": _no(50057, "The user account is disabled."),
    "not-assigned": _no(50105, "The user is not assigned to a role of the application."),
    "certificate-unknown": Fault(401, "invalid_client", 700027, "The key was not found."),
    "certificate-time": Fault(401, "invalid_client", 700024, "Not within its valid time range."),
    "app-unknown": Fault(400, "unauthorized_client", 700016, "The application was not found."),
    "tenant-unknown": Fault(400, "invalid_request", 90002, "The tenant was not found."),
    "scope": Fault(400, "invalid_scope", 70011, "The scope is not valid."),
    "resource": Fault(400, "invalid_resource", 500011, "The resource was not found."),
    "federation": Fault(400, "invalid_client", 700213, "No matching federated identity record."),
    "loop": _no(50196, "The application has been found to be making requests in a loop."),
    "429": Fault(429, number=90055, text="Too many requests.", retry_after=7),
    "429-plain": Fault(429, plain="Too Many Requests", retry_after=7),
    "429-bare": Fault(429, number=90055, text="Too many requests."),
    "500": Fault(500, "server_error", 90033, "A transient error has occurred.", times=3),
    "503": Fault(503, times=3),
    "503-page": Fault(503, plain="<html>Service unavailable</html>", times=3),
    "busy": Fault(
        400, "temporarily_unavailable", 90024, "The request budget is exceeded.", times=3
    ),
    "empty": Fault(200, times=3),
    "no-json": Fault(200, plain="<html>Sign in to the network</html>", times=3),
    "list": Fault(200, plain="[]", times=3),
    "drop": Fault(200, manner="drop", times=3),
    "cut": Fault(200, plain='{"access_token": "x"}', manner="cut", times=3),
    "huge": Fault(200, manner="huge", times=3),
    "drip": Fault(200, plain='{"access_token": "x"}', manner="drip", times=3),
}
"""Each as often as it takes to be seen from outside: what passes is tried three times."""

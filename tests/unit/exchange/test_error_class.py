"""What Entra's refusals mean."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.worker.entra_errors import PAUSE, WORDS, ExchangeError, Kind, error_class


def body(error: str, *codes: int, suberror: str = "", claims: str = "") -> dict[str, object]:
    fields: dict[str, object] = {"error": error, "error_codes": list(codes)}
    return fields | {k: v for k, v in (("suberror", suberror), ("claims", claims)) if v}


CLAIMS = '{"access_token":{"polids":{"essential":true,"values":["x"]}}}'


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (400, body("invalid_grant", 65001, suberror="consent_required"), Kind.CONSENT_NEEDED),
        (400, body("invalid_grant", 65001), Kind.CONSENT_NEEDED),
        (400, body("invalid_grant", 99, suberror="consent_required"), Kind.CONSENT_NEEDED),
        (400, body("interaction_required", 50079, claims=CLAIMS), Kind.STEP_UP),
        (400, body("invalid_grant", 50076, suberror="basic_action", claims=CLAIMS), Kind.STEP_UP),
        (400, body("invalid_grant", 12345, claims=CLAIMS), Kind.STEP_UP),
        (400, body("interaction_required"), Kind.STEP_UP),
        (400, body("invalid_grant", 500133), Kind.ASSERTION_STALE),
        (400, body("invalid_grant", 70002, 500133), Kind.ASSERTION_STALE),
        (400, body("invalid_grant", 50013, 500133), Kind.ASSERTION_STALE),
        (400, body("invalid_grant", 50173, suberror="bad_token"), Kind.ASSERTION_STALE),
        (400, body("invalid_grant", 700082, suberror="bad_token"), Kind.ASSERTION_STALE),
        (400, body("invalid_grant"), Kind.ASSERTION_STALE),
        (400, body("expired_token", 70020), Kind.ASSERTION_STALE),
        (400, body("invalid_grant", 50013), Kind.ASSERTION_WRONG),
        (400, body("invalid_grant", 500131), Kind.ASSERTION_WRONG),
        (400, body("access_denied", 53003, suberror="message_only"), Kind.BLOCKED),
        (400, body("invalid_grant", 50105), Kind.BLOCKED),
        (400, body("invalid_grant", 50057), Kind.BLOCKED),
        (401, body("invalid_client", 700027), Kind.CLIENT_AUTH),
        (401, body("invalid_client", 700024), Kind.CLIENT_AUTH),
        (401, body("invalid_client", 700021), Kind.CLIENT_AUTH),
        (400, body("unauthorized_client", 700016), Kind.CONFIG),
        (400, body("invalid_request", 90002), Kind.CONFIG),
        (400, body("invalid_scope", 70011), Kind.CONFIG),
        (400, body("invalid_resource", 500011), Kind.CONFIG),
        (400, body("invalid_grant", 7000114), Kind.CONFIG),
        (400, body("invalid_request", 700211), Kind.CONFIG),
        (404, "not found", Kind.CONFIG),
        (429, body("temporarily_unavailable", 90055), Kind.THROTTLED),
        (429, "Too Many Requests", Kind.THROTTLED),
        (400, body("invalid_grant", 50196), Kind.THROTTLED),
        (503, body("temporarily_unavailable", 90033), Kind.TRANSIENT),
        (502, "<html>", Kind.TRANSIENT),
        (400, body("temporarily_unavailable"), Kind.TRANSIENT),
        (302, "", Kind.TRANSIENT),
    ],
)
def test_one_of_nine(status: int, answer: object, kind: Kind) -> None:
    verdict = error_class(status, answer, {})
    assert verdict.kind is kind
    assert verdict.hint == WORDS[kind][1]
    # As text and as bytes it is the same answer.
    text = answer if isinstance(answer, str) else json.dumps(answer)
    assert error_class(status, text, {}) == verdict
    assert error_class(status, text.encode(), {}) == verdict


def test_the_number_and_the_trace_are_shown() -> None:
    answer = body("invalid_grant", 70002, 500133) | {"trace_id": "t-1\x1b[2J"}
    verdict = error_class(400, answer, {})
    assert verdict.code == "AADSTS500133"
    assert verdict.message.endswith("(AADSTS500133)")
    assert verdict.trace == "t-1<U+001B>[2J"
    only_text = {"error": "invalid_grant", "error_description": "AADSTS65001: no consent."}
    assert error_class(400, only_text, {}).kind is Kind.CONSENT_NEEDED


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"retry-after": " 7 "}, 7.0),
        (429, {}, PAUSE),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, PAUSE),
        (429, {"Retry-After": "99999999"}, 3600.0),
        (503, {"Retry-After": "10"}, 10.0),
        (503, {}, 0.0),
        (400, {"Retry-After": "10"}, 0.0),
    ],
)
def test_the_pause_that_was_asked_for(status: int, headers: dict[str, str], pause: float) -> None:
    assert error_class(status, "", headers).retry_after == pause


def test_claims_reach_only_the_stronger_sign_in() -> None:
    assert error_class(400, body("interaction_required", claims=CLAIMS), {}).claims == CLAIMS
    assert error_class(401, body("invalid_client", claims=CLAIMS), {}).claims == ""


def test_an_error_carries_everything_but_says_a_sentence() -> None:
    error = error_class(429, "", {"Retry-After": "7"}).error()
    assert (error.kind, error.retry_after) == ("throttled", 7.0)
    assert str(error) == "Entra asks for a pause. (HTTP 429)"
    plain = ExchangeError("config")
    assert (plain.message, plain.hint) == WORDS[Kind.CONFIG]
    with pytest.raises(ValueError, match="nonsense"):
        ExchangeError("nonsense")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
names = ("error", "error_codes", "suberror", "claims", "error_description", "trace_id")
fields = st.fixed_dictionaries({}, optional=dict.fromkeys(names, anything))


@given(
    status=st.integers(-1, 700),
    answer=anything | fields | st.binary(max_size=60) | fields.map(repr),
    headers=st.dictionaries(st.sampled_from(["Retry-After", "X"]), st.text(max_size=12)),
)
def test_it_never_raises(status: int, answer: object, headers: dict[str, str]) -> None:
    verdict = error_class(status, answer, headers)
    assert verdict.kind in Kind
    assert 0 <= verdict.retry_after <= 3600
    assert verdict.message.isprintable()


@pytest.mark.parametrize("claims", ["x" * 8193, "{\u202e}", '{"a":\n1}'])
def test_claims_that_cannot_be_handed_on_whole_are_not_handed_on(claims: str) -> None:
    body = {"error": "interaction_required", "error_codes": [50076], "claims": claims}
    verdict = error_class(400, body, {})
    assert (verdict.kind, verdict.claims) == (Kind.STEP_UP, "")
    body["claims"] = '{"access_token":{}}'
    assert error_class(400, body, {}).claims == '{"access_token":{}}'

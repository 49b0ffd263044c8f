"""What the authority checks before it gives a token for another."""

from __future__ import annotations

import hashlib
import uuid
from urllib.parse import urlencode

import jwt
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entraclaw_tui.demo.entra.consents import grant_consent, revoke_consent
from entraclaw_tui.demo.entra.directory import GRAPH, folder
from entraclaw_tui.demo.entra.endpoints import Authority, Reply
from entraclaw_tui.demo.entra.journal import Journal
from entraclaw_tui.demo.entra.keys import b64url, new_key
from entraclaw_tui.demo.entra.state import Provisioned, sign_out_everywhere
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.certificates import self_signed

Fields = dict[str, object]
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def post(authority: Authority, path: str, form: dict[str, str]) -> tuple[Reply, Fields]:
    reply = authority.answer("POST", path, {}, urlencode(form).encode())
    return reply, msgspec.json.decode(reply.body, type=Fields)


def token_path(pro: Provisioned) -> str:
    return f"/{pro.tenant}/oauth2/v2.0/token"


def key_of(pro: Provisioned) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pro.private_key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def thumbprint(pem: str, algorithm: str) -> str:
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
    return b64url(hashlib.new(algorithm, der).digest())


def proof(authority: Authority, pro: Provisioned, now: float, **changed: object) -> str:
    """A client assertion as MSAL or the agent itself would make it."""
    claims = {
        "aud": authority.base + token_path(pro),
        "iss": pro.client_id,
        "sub": pro.client_id,
        "jti": str(uuid.uuid4()),
        "nbf": int(now),
        "exp": int(now) + 600,
    } | changed
    headers = {"x5t#S256": thumbprint(pro.certificate, "sha256")}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key_of(pro), "PS256", headers=headers)


def person(authority: Authority, pro: Provisioned, scope: str = "") -> Fields:
    """A signed-in person's token for the agent's API."""
    form = {
        "grant_type": "refresh_token",
        "client_id": pro.public_client_id,
        "refresh_token": pro.refresh_token,
        "scope": f"{scope or pro.api_scope} openid offline_access",
    }
    return post(authority, token_path(pro), form)[1]


def on_behalf(
    authority: Authority,
    pro: Provisioned,
    now: float,
    *,
    scope: str = f"{GRAPH}/User.Read openid profile",
    assertion: str = "",
    client_assertion: str = "",
    **changed: str,
) -> tuple[Reply, Fields]:
    form = {
        "grant_type": JWT_BEARER,
        "client_id": pro.client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": client_assertion or proof(authority, pro, now),
        "assertion": assertion or str(person(authority, pro)["access_token"]),
        "requested_token_use": "on_behalf_of",
        "scope": scope,
    } | changed
    return post(authority, token_path(pro), {k: v for k, v in form.items() if v != "-"})


def published_key(authority: Authority, pro: Provisioned) -> jwt.PyJWK:
    reply = authority.answer("GET", f"/{pro.tenant}/discovery/v2.0/keys", {}, b"")
    return jwt.PyJWKSet.from_json(reply.body.decode()).keys[0]


def test_token_verifies_with_the_published_keys(
    authority: Authority, provisioned: Provisioned, now: list[float]
) -> None:
    reply, answer = on_behalf(authority, provisioned, now[0])
    assert reply.status == 200
    assert answer["scope"] == f"openid profile {GRAPH}/User.Read"
    assert "refresh_token" not in answer  # nobody asked for offline_access
    token = str(answer["access_token"])
    claims = jwt.decode(
        token,
        published_key(authority, provisioned),
        algorithms=["RS256"],
        audience=GRAPH,
        issuer=f"{authority.base}/{provisioned.tenant}/v2.0",
    )
    assert claims["scp"] == "User.Read"
    assert claims["upn"] == claims["preferred_username"] == "demo@contoso.example"
    assert claims["idtyp"] == "user"
    assert claims["tid"] == provisioned.tenant
    assert claims["appid"] == claims["azp"] == provisioned.client_id
    kid = published_key(authority, provisioned).key_id
    assert jwt.get_unverified_header(token)["kid"] == kid


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
@pytest.mark.parametrize(("field", "hashed"), [("x5t", "sha1"), ("x5t#S256", "sha256")])
def test_both_algorithms_and_both_thumbprints_are_proof(
    authority: Authority,
    provisioned: Provisioned,
    now: list[float],
    algorithm: str,
    field: str,
    hashed: str,
) -> None:
    claims = jwt.decode(proof(authority, provisioned, now[0]), options={"verify_signature": False})
    headers = {field: thumbprint(provisioned.certificate, hashed)}
    signed = jwt.encode(claims, key_of(provisioned), algorithm, headers=headers)
    reply, _ = on_behalf(authority, provisioned, now[0], client_assertion=signed)
    assert reply.status == 200


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"aud": "https://localhost:8443/elsewhere/oauth2/v2.0/token"}, 700023),
        ({"iss": "somebody-else"}, 700021),
        ({"sub": "somebody-else"}, 700021),
        ({"nbf": 1, "exp": 2}, 700024),
        ({"exp": 4_000_000_000}, 700024),
        ({"nbf": 3_999_999_000, "exp": 4_000_000_000}, 700024),
        ({"exp": None}, 700024),
        ({"exp": "soon"}, 700024),
        ({"jti": None}, 50027),
    ],
)
def test_client_assertion_with_a_wrong_claim_is_refused(
    authority: Authority,
    provisioned: Provisioned,
    now: list[float],
    changed: dict[str, object],
    number: int,
) -> None:
    bad = proof(authority, provisioned, now[0], **changed)
    reply, answer = on_behalf(authority, provisioned, now[0], client_assertion=bad)
    assert (reply.status, answer["error"]) == (401, "invalid_client")
    assert answer["error_codes"] == [number]


def test_other_certificates_prove_nothing(
    authority: Authority, provisioned: Provisioned, now: list[float]
) -> None:
    claims = jwt.decode(proof(authority, provisioned, now[0]), options={"verify_signature": False})
    right = {"x5t#S256": thumbprint(provisioned.certificate, "sha256")}
    other = new_key()
    wrong = {"x5t#S256": thumbprint(self_signed(other, "other"), "sha256")}
    forged = [
        jwt.encode(claims, other, "PS256", headers=wrong),  # not registered
        jwt.encode(claims, other, "PS256", headers=right),  # registered, but another key signed
        jwt.encode(claims, key_of(provisioned), "PS256"),  # names no certificate
        jwt.encode(claims, "", "none", headers=right),
        jwt.encode(claims, "0" * 64, "HS256", headers=right),
        "not.a.jwt",
    ]
    for assertion in forged:
        reply, answer = on_behalf(authority, provisioned, now[0], client_assertion=assertion)
        assert (reply.status, answer["error_codes"]) == (401, [700027])


def test_user_assertion_must_be_ours_for_this_app_and_in_time(
    authority: Authority, host: Host, provisioned: Provisioned, now: list[float]
) -> None:
    good = str(person(authority, provisioned)["access_token"])
    claims = jwt.decode(good, options={"verify_signature": False})
    forged = jwt.encode(claims, new_key(), "RS256")
    assert on_behalf(authority, provisioned, now[0], assertion=forged)[1]["error_codes"] == [50013]

    grant_consent(host, GRAPH, ["User.Read"], client_id=provisioned.public_client_id)
    for_graph = str(person(authority, provisioned, f"{GRAPH}/User.Read")["access_token"])
    answer = on_behalf(authority, provisioned, now[0], assertion=for_graph)[1]
    assert answer["error_codes"] == [500131]
    assert GRAPH in str(answer["error_description"])

    now[0] += 2 * 3600
    answer = on_behalf(authority, provisioned, now[0], assertion=good)[1]
    assert (answer["error"], answer["error_codes"]) == ("invalid_grant", [500133])


def test_consent_turns_the_refusal_into_a_token_and_back(
    authority: Authority, host: Host, provisioned: Provisioned, now: list[float]
) -> None:
    def ask() -> tuple[Reply, Fields]:
        scope = f"{GRAPH}/Calendars.Read"
        return on_behalf(authority, provisioned, now[0], scope=scope)

    reply, answer = ask()
    assert reply.status == 400
    assert answer["error"] == "invalid_grant"
    assert answer["suberror"] == "consent_required"
    assert answer["error_codes"] == [65001]
    description = str(answer["error_description"])
    assert description.startswith("AADSTS65001: The user or administrator has not consented")
    assert f"Trace ID: {answer['trace_id']}" in description
    assert f"Correlation ID: {answer['correlation_id']}" in description
    assert str(answer["timestamp"]).endswith("Z")

    grant_consent(host, GRAPH, ["Calendars.Read"])
    assert ask()[0].status == 200
    revoke_consent(host, GRAPH, ["Calendars.Read"])
    assert ask()[1]["error_codes"] == [65001]


def test_default_means_all_that_is_consented(
    authority: Authority, provisioned: Provisioned, now: list[float]
) -> None:
    _, answer = on_behalf(authority, provisioned, now[0], scope=f"{GRAPH}/.default")
    assert answer["scope"] == f"{GRAPH}/Mail.Read {GRAPH}/Mail.Send {GRAPH}/User.Read"


@pytest.mark.parametrize(
    ("scope", "error", "number"),
    [
        ("https://unknown.example/x", "invalid_resource", 500011),
        (f"{GRAPH}/User.Read https://vault.azure.net/x", "invalid_request", 28000),
        (f"{GRAPH}/.default {GRAPH}/User.Read", "invalid_scope", 70011),
        ("https:///", "invalid_scope", 70011),
        ("openid", "invalid_request", 900144),
    ],
)
def test_scopes_that_make_no_sense(
    authority: Authority,
    provisioned: Provisioned,
    now: list[float],
    scope: str,
    error: str,
    number: int,
) -> None:
    reply, answer = on_behalf(authority, provisioned, now[0], scope=scope)
    assert (reply.status, answer["error"], answer["error_codes"]) == (400, error, [number])


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"requested_token_use": "-"}, 900144),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"}, 70003),
        ({"grant_type": "-"}, 900144),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, 700016),
        ({"client_assertion": "-"}, 7000218),
    ],
)
def test_forms_that_miss_something(
    authority: Authority,
    provisioned: Provisioned,
    now: list[float],
    changed: dict[str, str],
    number: int,
) -> None:
    _, answer = on_behalf(authority, provisioned, now[0], **changed)
    assert answer["error_codes"] == [number]


def test_another_tenant_is_not_found(authority: Authority) -> None:
    reply = authority.answer("GET", "/other/v2.0/.well-known/openid-configuration", {}, b"")
    assert reply.status == 400
    assert reply.number == 90002


def test_a_public_client_may_not_exchange(
    authority: Authority, provisioned: Provisioned, now: list[float]
) -> None:
    _, answer = on_behalf(
        authority,
        provisioned,
        now[0],
        client_id=provisioned.public_client_id,
        client_assertion="-",
    )
    assert answer["error_codes"] == [7000114]


def test_refresh_tokens_rotate_and_end(
    authority: Authority, host: Host, provisioned: Provisioned, now: list[float]
) -> None:
    def redeem(token: str, client_id: str = provisioned.public_client_id) -> Fields:
        form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "refresh_token": token,
            "scope": f"{provisioned.api_scope} offline_access",
        }
        return post(authority, token_path(provisioned), form)[1]

    fresh = str(redeem(provisioned.refresh_token)["refresh_token"])
    assert fresh != provisioned.refresh_token
    assert "access_token" in redeem(fresh)
    assert redeem("unknown")["error_codes"] == [9002313]
    stored = (folder(host) / "refresh.json").read_text()
    assert fresh not in stored
    assert provisioned.refresh_token not in stored

    began = now[0]
    now[0] = began + 91 * 86400
    assert redeem(fresh)["error_codes"] == [700082]
    now[0] = began
    assert sign_out_everywhere(host) >= 2
    assert redeem(fresh)["error_codes"] == [50173]


def test_journal_tells_everything_but_secrets(
    authority: Authority, host: Host, provisioned: Provisioned, now: list[float]
) -> None:
    _, answer = on_behalf(authority, provisioned, now[0])
    on_behalf(authority, provisioned, now[0], scope=f"{GRAPH}/Calendars.Read")
    entries = Journal(folder(host)).entries()
    assert [(e.grant_type, e.status, e.number) for e in entries if e.grant_type == JWT_BEARER] == [
        (JWT_BEARER, 200, 0),
        (JWT_BEARER, 400, 65001),
    ]
    written = (folder(host) / "journal.jsonl").read_text()
    for secret in (provisioned.refresh_token, str(answer["access_token"]), "eyJ"):
        assert secret not in written


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    tail=st.sampled_from(["token", "devicecode", "", "../keys"]),
    form=st.dictionaries(
        st.sampled_from(["grant_type", "client_id", "scope", "assertion", "refresh_token"])
        | st.text(max_size=8),
        st.sampled_from([JWT_BEARER, "refresh_token", "User.Read", "a://b/c"])
        | st.text(max_size=20),
        max_size=6,
    ),
    known=st.booleans(),
)
def test_nothing_makes_it_stumble_or_give_a_token_for_nothing(
    authority: Authority,
    provisioned: Provisioned,
    method: str,
    tail: str,
    form: dict[str, str],
    known: bool,
) -> None:
    if known:
        form["client_id"] = provisioned.client_id
    path = f"/{provisioned.tenant}/oauth2/v2.0/{tail}"
    reply = authority.answer(method, path, {}, urlencode(form).encode("utf-8", "replace"))
    assert 200 <= reply.status < 500
    assert b"access_token" not in reply.body

"""How an application proves itself: a JWT signed with the key of a registered certificate.

learn.microsoft.com/entra/identity-platform/certificate-credentials
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from entraclaw_tui.demo.entra.directory import App
from entraclaw_tui.demo.entra.keys import b64url
from entraclaw_tui.demo.entra.refusals import bad_client, missing_parameter

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST = 600
"""Seconds that an assertion may live."""
_SKEW = 60
"""Seconds that clocks may differ."""


def check_client(app: App, form: Mapping[str, str], audiences: Collection[str], now: float) -> None:
    """Return if `app`, public or confidential, proved itself. Raises Refusal."""
    assertion = presented(app, form)
    if assertion is not None:
        _check_claims(app, _verified(app, assertion), audiences, now)


def presented(app: App, form: Mapping[str, str]) -> str | None:
    """Return the client assertion; None for a public application, which has none.

    Raises Refusal.
    """
    if app.kind == "public":
        if "client_assertion" in form or "client_secret" in form:
            raise bad_client(
                700025,
                f"Client is public so neither 'client_assertion' nor 'client_secret' should be "
                f"presented. Application: '{app.client_id}'.",
            )
        return None
    assertion = form.get("client_assertion")
    if not assertion:
        raise bad_client(
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or "
            "'client_secret'.",
        )
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise missing_parameter("client_assertion_type")
    return assertion


def _verified(app: App, assertion: str) -> Mapping[str, object]:
    try:
        header = jwt.get_unverified_header(assertion)
        key = _key(app, header)
        claims = jwt.decode(
            assertion,
            key,
            algorithms=["RS256", "PS256"],
            # The signature alone; the claims are checked one by one, each with its own refusal.
            options={
                "verify_aud": False,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_iss": False,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    except jwt.InvalidTokenError:
        raise bad_client(
            700027,
            "The certificate with identifier used to sign the client assertion is not registered "
            "on application, or the client assertion failed signature validation. "
            f"[Reason - The key was not found.] Application: '{app.client_id}'.",
        ) from None
    return dict(claims)


def _key(app: App, header: Mapping[str, object]) -> rsa.RSAPublicKey:
    for pem in app.certificates:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        der = certificate.public_bytes(serialization.Encoding.DER)
        # SHA-1 names a certificate here, as RFC 7515 (x5t) has it; it protects nothing.
        names = {
            "x5t#S256": b64url(hashlib.sha256(der).digest()),
            "x5t": b64url(hashlib.sha1(der, usedforsecurity=False).digest()),
        }
        key = certificate.public_key()
        # MSAL pads the thumbprint, against RFC 7515; Entra does not mind.
        named = any(str(header.get(f, "")).rstrip("=") == name for f, name in names.items())
        if named and isinstance(key, rsa.RSAPublicKey):
            return key
    raise jwt.InvalidTokenError("no registered certificate of that thumbprint")


def _check_claims(
    app: App, claims: Mapping[str, object], audiences: Collection[str], now: float
) -> None:
    if claims.get("aud") not in audiences:
        raise bad_client(700023, "Client assertion audience claim does not match Realm issuer.")
    if claims.get("iss") != app.client_id or claims.get("sub") != app.client_id:
        raise bad_client(
            700021, "Client assertion application identifier doesn't match 'client_id' parameter."
        )
    starts, ends = claims.get("nbf", claims.get("iat", int(now))), claims.get("exp")
    in_time = (
        isinstance(starts, (int, float))
        and isinstance(ends, (int, float))
        and starts - _SKEW <= now < ends + _SKEW
        and ends <= now + _LONGEST + _SKEW
    )
    if not in_time:
        raise bad_client(700024, "Client assertion is not within its valid time range.")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise bad_client(50027, "JWT token is invalid or malformed: it has no 'jti' claim.")

"""The agent's credential: the key in the Keychain, and how it signs for its application.

With a certificate MSAL signs (PS256, x5t#S256). Entraclaw keeps the bare key and, in its settings,
the SHA-256 thumbprint of the certificate; that form MSAL cannot express (1.39), so the assertion is
signed here (RS256, x5t#S256; learn.microsoft.com/entra/identity-platform/certificate-credentials).
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping

import msgspec

_LIFE = 540
"""Seconds that one assertion may be used; Entra takes at most ten minutes."""


class UnusableKey(Exception):
    """The text in the Keychain is no credential. Nothing of it is in the message."""


class AgentKey(msgspec.Struct, frozen=True):
    """The Keychain item `key:{agent}:v{n}`: a private key in PEM, and whose it is."""

    private_key: str
    certificate: str = ""
    """PEM; empty where only the thumbprint is known."""
    thumbprint: str = ""
    """SHA-256 of the certificate, base64url without padding; counts where there is none."""

    def __repr__(self) -> str:
        return "AgentKey(***)"

    @property
    def mark(self) -> str:
        """Tells one credential from another; says nothing of the key."""
        body = msgspec.json.encode(self)
        return hashlib.sha256(body).hexdigest()

    def for_msal(self) -> Mapping[str, object]:
        """Return MSAL's `client_credential`. Raises UnusableKey."""
        if self.certificate:
            return {"private_key": self.private_key, "public_certificate": self.certificate}
        if not self.thumbprint:
            raise UnusableKey("neither certificate nor thumbprint")
        return {"client_assertion": _signer(self.private_key, self.thumbprint)}


def read_key(text: str) -> AgentKey:
    """Return the credential in a Keychain item. Raises UnusableKey."""
    try:
        return msgspec.json.decode(text, type=AgentKey)
    except (msgspec.MsgspecError, UnicodeError):
        raise UnusableKey("not the JSON of a credential") from None


def _signer(private_key: str, thumbprint: str) -> Callable[[Mapping[str, str]], str]:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        # Parsed once: that takes a hundred times as long as signing.
        key = load_pem_private_key(private_key.encode(), None)
    except (ValueError, TypeError):
        raise UnusableKey("not a private key in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise UnusableKey("not an RSA key")

    def sign(about: Mapping[str, str]) -> str:
        now = int(time.time())
        claims = {
            "aud": about["token_endpoint"],
            "iss": about["client_id"],
            "sub": about["client_id"],
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "iat": now,
            "exp": now + _LIFE,
        }
        return jwt.encode(claims, key, "RS256", headers={"x5t#S256": thumbprint})

    return sign

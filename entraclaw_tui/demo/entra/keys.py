"""Keys: the authority's signing key, its TLS identity."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def new_key() -> rsa.RSAPrivateKey:
    """Return a fresh RSA key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_pem(key: rsa.RSAPrivateKey) -> str:
    """Return a private key in PEM, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def b64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Signer:
    """The authority's signing key, and how the world may check it."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.key = key
        self.public = key.public_key()
        numbers = self.public.public_numbers()
        self._n = b64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big"))
        self._e = b64url(numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big"))
        thumbprint = f'{{"e":"{self._e}","kty":"RSA","n":"{self._n}"}}'  # RFC 7638
        self.kid = b64url(hashlib.sha256(thumbprint.encode()).digest())

    @classmethod
    def load(cls, where: Path) -> Signer:
        """Return the signer stored in a folder."""
        loaded = serialization.load_pem_private_key((where / "signing.pem").read_bytes(), None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise ValueError("signing.pem holds no RSA key")
        return cls(loaded)

    @property
    def jwks(self) -> dict[str, object]:
        """The published keys (RFC 7517)."""
        key = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": self._n,
            "e": self._e,
        }
        return {"keys": [key]}


def create_signer(where: Path) -> None:
    """Make the signing key."""
    write_secret(where / "signing.pem", key_pem(new_key()).encode())


def create_tls(where: Path) -> None:
    """Make a private CA and the server's certificate. The CA's own key is thrown away."""
    authority = trustme.CA(organization_name="Contoso demo", organization_unit_name="Pretend Mac")
    server = authority.issue_cert("localhost", "127.0.0.1", "::1")
    authority.cert_pem.write_to_path(where / "ca.pem")
    parts = [server.private_key_pem.bytes(), *(p.bytes() for p in server.cert_chain_pems)]
    write_secret(where / "server.pem", b"".join(parts))


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only this account may read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)

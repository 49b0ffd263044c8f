"""Keys and self-signed certificates of an agent's application, as one uploads them to Entra.

RSA of 2048 bits: what Entra's registrations take
(learn.microsoft.com/entra/identity-platform/certificate-credentials).
"""

from __future__ import annotations

import base64
import datetime
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DAYS = 180
"""Days that a new certificate is good for."""


class UnreadableCertificate(Exception):
    """The text is no certificate in PEM."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its certificate, both in PEM. The key shows in no repr."""

    private_key: str = field(repr=False)
    certificate: str


@dataclass(frozen=True, slots=True)
class About:
    """What a certificate says of itself."""

    subject: str
    thumbprint: str
    """SHA-256, base64url without padding (x5t#S256)."""
    starts_at: float
    ends_at: float


def new_pair(name: str, days: int = DAYS) -> Pair:
    """Return a fresh key with a certificate of this name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return Pair(pem, self_signed(key, name, days))


def self_signed(key: rsa.RSAPrivateKey, name: str, days: int = DAYS) -> str:
    """Return a certificate for a key, in PEM. It counts from a day ago: clocks differ."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def about(pem: str) -> About:
    """Return what a certificate says. Raises UnreadableCertificate."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise UnreadableCertificate("no certificate in PEM") from None
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    fingerprint = certificate.fingerprint(hashes.SHA256())
    return About(
        subject=str(names[0].value) if names else "",
        thumbprint=base64.urlsafe_b64encode(fingerprint).decode().rstrip("="),
        starts_at=certificate.not_valid_before_utc.timestamp(),
        ends_at=certificate.not_valid_after_utc.timestamp(),
    )

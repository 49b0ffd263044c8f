"""States of the login keychain and of the agent's items in it."""

from __future__ import annotations

import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from entraclaw_tui.demo.entra import directory
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.keychain_item import Item
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places

OTHER_PYTHON = "/opt/homebrew/Cellar/python@3.13/3.13.1/bin/python3.13"
"""A Python of the pretend Mac that is not there any more."""
ENDED_DAYS = 3
"""Days since the certificate's end."""
_OTHER_CODE = "7" * 40


def locked(host: Host) -> None:
    """Lock it, as it is over SSH before anybody unlocked it: secrets are refused at once (36)."""
    keychain(host).lock()


def foreign(host: Host) -> None:
    """Give the agent's key to another Python; at the desktop, reading it opens a dialog."""
    Layout(host.root).dialogs_open.touch()
    for item in agent_items(host):
        if item.account.startswith((b"key:", b"session:")):
            keychain(host).hand_over(
                item,
                creator=str(host.path(OTHER_PYTHON)),
                partition=f"cdhash:{_OTHER_CODE}",
                requirement=f'cdhash H"{_OTHER_CODE}"',
            )


def expired(host: Host) -> None:
    """Let the certificate beside the agent's key have ended, here and in the directory."""
    store = keychain(host)
    for item in agent_items(host):
        if not item.account.startswith(b"key:"):
            continue
        pair = msgspec.json.decode(store.read(item, item.creator), type=dict[str, str])
        before = pair["certificate"]
        pair["certificate"] = _ended(pair["private_key"], before)
        store.update(item, msgspec.json.encode(pair))
        _unregister(host, before)


def keychain(host: Host) -> PretendKeychain:
    """Return the account's own keychain."""
    return PretendKeychain(Places.of(host).login_keychain)


def agent_items(host: Host) -> list[Item]:
    """Return the agent's items."""
    return keychain(host).find(LABEL)


def _ended(private_key: str, certificate: str) -> str:
    """Return the same certificate, but with its end in the past."""
    old = x509.load_pem_x509_certificate(certificate.encode())
    key = serialization.load_pem_private_key(private_key.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the agent's key is an RSA key")
    end = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=ENDED_DAYS)
    made = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - datetime.timedelta(days=180))
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def _unregister(host: Host, certificate: str) -> None:
    """Take a certificate out of the directory, which refuses the agent from then on."""
    where = directory.folder(host)
    found = directory.load(where)
    apps = tuple(
        msgspec.structs.replace(
            app, certificates=tuple(one for one in app.certificates if one != certificate)
        )
        for app in found.apps
    )
    directory.save(where, msgspec.structs.replace(found, apps=apps))

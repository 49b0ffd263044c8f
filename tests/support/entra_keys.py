"""Check a token as any API would: by the authority's published keys."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import jwt
import requests


def settings(root: Path) -> dict[str, Any]:
    """Return the [entra] table of a pretend Mac's agent."""
    text = (root / "Users/demo/.config/entraclaw/config.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)["entra"]
    assert isinstance(found, dict)
    return found


def claims(root: Path, token: str, audience: str) -> dict[str, Any]:
    """Return the claims of a token whose signature, audience and times hold; else raise."""
    entra = settings(root)
    base = f"{entra['authority']}/{entra['tenant']}"
    with requests.Session() as session:
        session.trust_env = False
        session.verify = entra["ca_file"]
        about = session.get(f"{base}/v2.0/.well-known/openid-configuration", timeout=10).json()
        keys = session.get(about["jwks_uri"], timeout=10).json()
    wanted = jwt.get_unverified_header(token)["kid"]
    key = next(k for k in jwt.PyJWKSet.from_dict(keys).keys if k.key_id == wanted)
    found = jwt.decode(token, key.key, algorithms=["RS256"], audience=audience)
    assert isinstance(found, dict)
    return found

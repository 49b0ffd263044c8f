"""A set-up that was here before: Entraclaw's, Entrabot's or Openclaw's own files.

They keep the settings in a `.env` (KEY=VALUE, `#` comments, no quoting; names with their prefix)
and in a flat JSON of strings (the same names without it) in the folder of their program; the
blueprint's bare key is a Keychain item of their service. (microsoft/entraclaw, scripts of 2026-05.)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from entraclaw_tui.macos.plain_files import open_plain
from entraclaw_tui.text import clean

Service = Literal["entrabot", "entraclaw", "openclaw"]
SERVICES: Final[tuple[Service, ...]] = ("entrabot", "entraclaw", "openclaw")
"""Newest name first: the program was renamed twice."""
_MOST: Final = 64 * 1024
_NAMES: Final = frozenset(
    {
        "TENANT_ID",
        "BLUEPRINT_APP_ID",
        "BLUEPRINT_CERT_THUMBPRINT",
        "AGENT_ID",
        "AGENT_USER_ID",
        "AGENT_USER_UPN",
    }
)


@dataclass(frozen=True, slots=True)
class OtherSetup:
    """What a set-up says. Empty where it says nothing."""

    service: Service
    """Its Keychain service."""
    tenant: str
    client_id: str
    """The blueprint."""
    thumbprint: str
    agent_id: str
    agent_user: str
    files: tuple[str, ...]
    """Where it was read, by file name."""


def find(folder: Path) -> OtherSetup | None:
    """Return the set-up in a folder, None where there is none. Raises OSError."""
    for service in SERVICES:
        values: dict[str, str] = {}
        files = []
        state = folder / f".{service}-state.json"
        if state.is_file():
            values |= read_state(_text(state))
            files.append(state.name)
        settings = folder / ".env"
        if settings.is_file():
            own = read_env(_text(settings), f"{service.upper()}_")
            if own:
                values |= own  # the program itself lets the .env count more
                files.append(settings.name)
        if files:
            return _setup(service, values, tuple(files))
    return None


def read_env(text: str, prefix: str) -> dict[str, str]:
    """Return the known values of a `.env` whose names have this prefix, without it."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.strip().partition("=")
        name = name.removeprefix("export ").strip()
        short = name.removeprefix(prefix)
        if sign and not line.lstrip().startswith("#") and name != short and short in _NAMES:
            found[short] = value.strip().strip("'\"")
    return {name: value for name, value in found.items() if value}


def read_state(text: str) -> dict[str, str]:
    """Return the known values of a state file; nothing where it is no JSON object."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(fields, dict):
        return {}
    return {
        name: value.strip()
        for name, value in fields.items()
        if name in _NAMES and isinstance(value, str) and value.strip()
    }


def _text(path: Path) -> str:
    with open_plain(path) as file:
        return file.read(_MOST).decode("utf-8", "replace")


def _setup(service: Service, values: Mapping[str, str], files: tuple[str, ...]) -> OtherSetup:
    def value(name: str) -> str:
        return clean(values.get(name, ""), 256)

    return OtherSetup(
        service=service,
        tenant=value("TENANT_ID"),
        client_id=value("BLUEPRINT_APP_ID"),
        thumbprint=value("BLUEPRINT_CERT_THUMBPRINT").rstrip("="),
        agent_id=value("AGENT_ID"),
        agent_user=value("AGENT_USER_UPN") or value("AGENT_USER_ID"),
        files=files,
    )

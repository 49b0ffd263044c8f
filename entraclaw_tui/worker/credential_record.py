"""Which versions of an agent's key there are: `credentials.json`, without a secret in it.

The Keychain cannot be listed by its items' names, so what to look for stands here. Whoever changes
the file can have the worker look for another item of ours, and nothing more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from entraclaw_tui.macos import agent_files
from entraclaw_tui.macos.plain_files import open_plain

Role = Literal["current", "next", "retired"]
_ORDER: dict[Role, int] = {"current": 0, "next": 1, "retired": 2}
_MOST = 64 * 1024


class Version(msgspec.Struct, frozen=True):
    """One version of an agent's credential: the Keychain item `key:{agent}:v{number}`."""

    number: int
    role: Role
    thumbprint: str = ""
    """SHA-256 of the certificate, base64url; empty where it is not known."""
    ends_at: float = 0.0
    """When the certificate ends; 0 where it is not known."""
    made_at: float = 0.0


class Record(msgspec.Struct, frozen=True):
    """The versions of every agent."""

    agents: dict[str, tuple[Version, ...]] = {}

    def versions(self, agent: str) -> tuple[Version, ...]:
        """Return an agent's versions, the one in use first. Without a word of it: version 1."""
        known = self.agents.get(agent) or (Version(1, "current"),)
        return tuple(sorted(known, key=lambda version: _ORDER[version.role]))

    def one(self, agent: str, role: Role) -> Version | None:
        """Return an agent's version in a role."""
        return next((v for v in self.versions(agent) if v.role == role), None)

    def with_versions(self, agent: str, versions: tuple[Version, ...]) -> Record:
        """Return the record with these versions of an agent."""
        return Record({**self.agents, agent: versions})


class RecordDamaged(Exception):
    """The record cannot be read. The message names the file and what is wrong."""


def load(path: Path) -> Record:
    """Return the record; an empty one where there is none. Raises RecordDamaged."""
    try:
        with open_plain(path) as file:
            return msgspec.json.decode(file.read(_MOST), type=Record)
    except FileNotFoundError:
        return Record()
    except OSError as error:
        raise RecordDamaged(f"{path.name} cannot be read: {error.strerror}.") from None
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise RecordDamaged(f"{path.name}: {error}.") from None


def save(path: Path, record: Record) -> None:
    """Write the record: a new file that takes the old one's place, all or nothing."""
    agent_files.replace(path, msgspec.json.format(msgspec.json.encode(record)), 0o600)

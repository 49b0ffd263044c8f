"""The settings of the agent: which tenant, which application, which account.

No setting here can lower a protection. Tables that are not listed belong to somebody else (the
panel's looks) and are left alone; an unknown field of a listed table is a mistake and refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.plain_files import read_plain

AUTHORITIES = (
    "https://login.microsoftonline.com",
    "https://login.microsoftonline.us",
    "https://login.partner.microsoftonline.cn",
)
"""Sign-in hosts of Microsoft's clouds (learn.microsoft.com/entra/identity-platform, "National
clouds"). Nothing else may hear the agent's credentials."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_ID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
Tenant = Annotated[
    str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9.-]+$(?!\n)")
]
AppId = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}$(?!\n)")]
MaybeAppId = Annotated[str, msgspec.Meta(pattern=rf"^({_ID})?$(?!\n)")]
ApiScope = Annotated[str, msgspec.Meta(max_length=256, pattern=r"^([A-Za-z][!-~]*/[!-~]+)?$(?!\n)")]
AgentName = Annotated[
    str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)")
]
AgentUser = Annotated[
    str, msgspec.Meta(max_length=256, pattern=rf"^({_ID}|[^@\s]+@[^@\s]+)?$(?!\n)")
]
Thumbprint = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{43})?$(?!\n)")]
Proxy = Annotated[
    str, msgspec.Meta(max_length=256, pattern=r"^(https?://[A-Za-z0-9.\[\]:-]+)?$(?!\n)")
]
Upn = Annotated[str, msgspec.Meta(max_length=256, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)")]


class ConfigError(Exception):
    """The settings cannot be used. The message names the file, the field and what is wrong."""


class Entra(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[entra]: the directory and the applications."""

    tenant: Tenant
    client_id: AppId
    """The agent's application (confidential: it proves itself with a certificate), which is the
    blueprint where agent identities act."""
    public_client_id: MaybeAppId = ""
    """The application that a person signs in to; empty where clients bring the person's token."""
    api_scope: ApiScope = ""
    """The scope of the agent's own API: what a signed-in person's token must be for, so that it can
    be exchanged. Where it is not said, `api://{client_id}/access_as_user`."""
    authority: str = AUTHORITIES[0]
    proxy: Proxy = ""
    """The proxy on the way to the authority, `http://host:port`; no variable names one. It carries
    TLS to the authority and so can read nothing."""
    ca_file: str = ""
    """Who vouches for the loopback authority of a pretend Mac; refused on a real one."""


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[agent], and one [[agents]] for each further one: who acts."""

    name: AgentName
    client_id: MaybeAppId = ""
    """The agent identity, a child of the application; empty where the application itself acts."""
    user: AgentUser = ""
    """The agent's own account, by user principal name or object id; empty where it has none."""
    key_from: Literal["", "entraclaw", "entrabot", "openclaw"] = ""
    """The Keychain service of a set-up that was here before, whose key is left where it is; empty
    for a key of our own."""
    thumbprint: Thumbprint = ""
    """SHA-256 of that key's certificate, base64url: the set-up keeps the certificate itself not."""


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[account]: for whom."""

    upn: Upn


class Config(msgspec.Struct, frozen=True):
    """The settings as a whole."""

    entra: Entra
    agent: Agent
    account: Account
    agents: tuple[Agent, ...] = ()
    """Further agents of the same application."""

    def agent_named(self, name: str) -> Agent | None:
        """Return an agent; the first one where no name is given."""
        if not name:
            return self.agent
        return next((agent for agent in (self.agent, *self.agents) if agent.name == name), None)

    @property
    def api_scope(self) -> str:
        """The scope of the agent's own API."""
        return self.entra.api_scope or f"api://{self.entra.client_id}/access_as_user"

    @property
    def authority_url(self) -> str:
        """The authority with its tenant."""
        return f"{self.entra.authority}/{self.entra.tenant}"

    @classmethod
    def load(cls, host: Host) -> Config:
        """Return the settings of the host's account. Raises ConfigError."""
        path = Places.of(host).config
        shown = host.shown(path)
        try:
            data = read_plain(path)
        except FileNotFoundError:
            raise ConfigError(
                f"{shown} is missing. The README says what belongs into it."
            ) from None
        except OSError as error:
            raise ConfigError(f"{shown} cannot be read: {error.strerror}.") from None
        return parse(data, host, shown)

    def save(self, path: Path) -> None:
        """Write the settings as TOML, readable by this account alone."""
        tables = msgspec.to_builtins(self)
        named = [(f"[{table}]", fields) for table, fields in tables.items() if table != "agents"]
        lines: list[str] = []
        for head, fields in named + [("[[agents]]", fields) for fields in tables["agents"]]:
            lines.append(head)
            # A JSON string without control characters is a TOML basic string (TOML 1.0).
            lines += [f"{key} = {json.dumps(value)}" for key, value in fields.items() if value]
            lines.append("")
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text("\n".join(lines), encoding="utf-8")


def parse(data: bytes, host: Host, shown: str = "config.toml") -> Config:
    """Return the settings in `data`. Raises ConfigError naming the field that is wrong."""
    try:
        config = msgspec.toml.decode(data, type=Config)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown}: {error}.") from None
    entra = config.entra
    authority = entra.authority.rstrip("/")
    if not _allowed(authority, host):
        raise ConfigError(
            f"{shown}: the authority {authority!r} is not one of Microsoft's "
            f"({', '.join(AUTHORITIES)})."
        )
    if entra.ca_file and not _is_ours(Path(entra.ca_file), host):
        raise ConfigError(f"{shown}: ca_file counts only on a pretend Mac, for a file inside it.")
    names = [agent.name for agent in (config.agent, *config.agents)]
    for agent in (config.agent, *config.agents):
        if names.count(agent.name) > 1:
            raise ConfigError(f"{shown}: two agents are called {agent.name}.")
        if agent.key_from and not agent.thumbprint:
            raise ConfigError(
                f"{shown}: the agent {agent.name} has key_from but no thumbprint: Entra has to be "
                "told which certificate the key belongs to."
            )
    return msgspec.structs.replace(
        config, entra=msgspec.structs.replace(entra, authority=authority)
    )


def _allowed(authority: str, host: Host) -> bool:
    if authority in AUTHORITIES:
        return True
    try:
        parts = urlsplit(authority)
        port = parts.port
    except ValueError:
        return False
    plain = f"https://{'[::1]' if parts.hostname == '::1' else parts.hostname}:{port}"
    return host.pretend and parts.hostname in LOOPBACK and authority == plain


def _is_ours(path: Path, host: Host) -> bool:
    return (
        host.pretend and path.is_absolute() and path.resolve().is_relative_to(host.root.resolve())
    )

"""The directory: one tenant with its applications, people and resources."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from entraclaw_tui.macos.host import Host

GRAPH = "https://graph.microsoft.com"
EXCHANGE = "api://AzureADTokenExchange"
"""The resource of the tokens by which a blueprint and its agents vouch for each other
(learn.microsoft.com/entra/agent-id/agent-oauth-protocols)."""


class App(msgspec.Struct, frozen=True):
    """An application. A confidential one proves itself with one of its certificates, an agent
    identity by a token that its blueprint got for it."""

    client_id: str
    name: str
    kind: Literal["public", "confidential", "agent"]
    certificates: tuple[str, ...] = ()
    """PEM."""
    blueprint: str = ""
    """The application whose child an agent identity is."""

    @property
    def api(self) -> str:
        """The resource that this application is."""
        return f"api://{self.client_id}"


class User(msgspec.Struct, frozen=True):
    """A person, or the user account of an agent."""

    oid: str
    upn: str
    name: str
    agent: str = ""
    """The agent identity whose own account it is; empty for a person."""


class Directory(msgspec.Struct, frozen=True):
    """Everything that is registered."""

    tenant: str
    domain: str
    apps: tuple[App, ...]
    users: tuple[User, ...]
    resources: tuple[str, ...]
    """Resources of others that tokens may be asked for, by their URI."""

    def app(self, client_id: str) -> App | None:
        """Return an application."""
        return next((a for a in self.apps if a.client_id == client_id.lower()), None)

    def user(self, name: str) -> User | None:
        """Return a person by object id or user principal name."""
        wanted = name.casefold()
        return next((u for u in self.users if wanted in (u.oid, u.upn.casefold())), None)

    def audience(self, resource: str) -> str | None:
        """Return the `aud` of tokens for a resource, or None for an unknown one.

        An application's own API is named by its client id in v2.0 tokens
        (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
        """
        if resource == EXCHANGE or resource in self.resources:
            return resource
        for app in self.apps:
            if resource in (app.api, app.client_id):
                return app.client_id
        return None


def folder(host: Host) -> Path:
    """Return where the authority keeps its state."""
    return host.path("/private/var/db/entra")


def load(where: Path) -> Directory:
    """Return the directory stored in a folder."""
    return msgspec.json.decode((where / "directory.json").read_bytes(), type=Directory)


def save(where: Path, directory: Directory) -> None:
    """Store the directory; an authority that runs goes by it from the next request on."""
    fresh = where / "directory.new"
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(directory)))
    fresh.replace(where / "directory.json")


def version(where: Path) -> tuple[int, int]:
    """Return what changes with the stored directory."""
    about = (where / "directory.json").stat()
    return about.st_mtime_ns, about.st_ino


def register_certificate(host: Host, pem: str, *, remove: bool = False) -> None:
    """Upload a certificate to the agent's application, or take it away again."""
    where = folder(host)
    directory = load(where)

    def changed(app: App) -> App:
        if app.kind != "confidential":
            return app
        others = tuple(known for known in app.certificates if known != pem)
        return msgspec.structs.replace(app, certificates=others if remove else (*others, pem))

    apps = tuple(changed(app) for app in directory.apps)
    save(where, msgspec.structs.replace(directory, apps=apps))

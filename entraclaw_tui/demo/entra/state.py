"""Making an authority: directory, keys, consents, and what an agent needs to use it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from entraclaw_tui.demo.entra.consents import Consents
from entraclaw_tui.demo.entra.directory import GRAPH, App, Directory, User, folder, load, save
from entraclaw_tui.demo.entra.keys import create_signer, create_tls
from entraclaw_tui.demo.entra.refresh import RefreshTokens
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker import certificates
from entraclaw_tui.worker.config import Account, Agent, Config, Entra
from entraclaw_tui.worker.user_session import SessionItem
from entraclaw_tui.worker.vault import key_item, session_item

DOMAIN = "contoso.example"
UPN = "demo@contoso.example"
API_SCOPE = "access_as_user"
CONSENTED: Mapping[str, tuple[str, ...]] = {
    GRAPH: ("Mail.Read", "Mail.Send", "User.Read"),
}
"""What the directory has consented to at first. Calendars.Read is missing on purpose: asking for
it shows the second kind of consent."""
AS_ITSELF: Mapping[str, tuple[str, ...]] = {GRAPH: ("Sites.Selected",)}
"""What the agent may do as itself (application permissions)."""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """An authority, and what an agent needs to use it. The secrets show in no repr."""

    tenant: str
    client_id: str
    public_client_id: str
    upn: str
    agent: str
    agent_id: str
    """The agent identity, a child of the application (which is its blueprint)."""
    agent_user: str
    """The agent's own account."""
    ca_file: Path
    private_key: str = field(repr=False)
    certificate: str
    refresh_token: str = field(repr=False)

    @property
    def api_scope(self) -> str:
        """The scope of the agent's own API."""
        return f"api://{self.client_id}/{API_SCOPE}"

    def config(self, port: int) -> Config:
        """Return the agent's settings for the authority on a port of loopback."""
        entra = Entra(
            tenant=self.tenant,
            client_id=self.client_id,
            public_client_id=self.public_client_id,
            api_scope=self.api_scope,
            authority=f"https://localhost:{port}",
            ca_file=str(self.ca_file),
        )
        agent = Agent(self.agent, client_id=self.agent_id, user=self.agent_user)
        return Config(entra, agent, Account(self.upn))

    def keychain_items(self) -> dict[str, str]:
        """Return what belongs into the Keychain: account and value."""
        key = {"private_key": self.private_key, "certificate": self.certificate}
        session = SessionItem(self.refresh_token, time.time())
        return {
            key_item(self.agent): msgspec.json.encode(key).decode("ascii"),
            session_item(self.tenant, self.upn): session.encode(),
        }


def exists(host: Host) -> bool:
    """Return whether this pretend Mac has an authority already."""
    return (folder(host) / "directory.json").exists()


def create(
    host: Host,
    *,
    agent: str = "research-bot",
    consented: Mapping[str, Iterable[str]] = CONSENTED,
) -> Provisioned:
    """Make the authority of a pretend Mac: tenant, applications, a person, the agent's user.

    One that is already there keeps its own keys and what has been consented; the agent gets a new
    certificate in place of the old.
    """
    where = folder(host)
    where.mkdir(parents=True, exist_ok=True)
    where.chmod(0o700)
    if not exists(host):
        create_signer(where)
        create_tls(where)
    pair = certificates.new_pair(f"{agent}.{DOMAIN}")
    directory = _directory(agent, pair.certificate)
    confidential, public, identity = directory.apps
    user, own = directory.users
    consents = Consents(where)
    consents.add(public.client_id, user.oid, confidential.api, [API_SCOPE])
    for resource, scopes in consented.items():
        consents.add(confidential.client_id, user.oid, resource, scopes)
        consents.add(identity.client_id, own.oid, resource, scopes)
    for resource, roles in AS_ITSELF.items():
        consents.add(identity.client_id, "", resource, roles)
    save(where, directory)
    return Provisioned(
        tenant=directory.tenant,
        client_id=confidential.client_id,
        public_client_id=public.client_id,
        upn=user.upn,
        agent=agent,
        agent_id=identity.client_id,
        agent_user=own.upn,
        ca_file=where / "ca.pem",
        private_key=pair.private_key,
        certificate=pair.certificate,
        refresh_token=RefreshTokens(where).issue(public, user, time.time()),
    )


def sign_out_everywhere(host: Host, upn: str = UPN) -> int:
    """End every sign-in of a person, as an administrator would; return how many."""
    where = folder(host)
    user = load(where).user(upn)
    return RefreshTokens(where).revoke(user.oid) if user else 0


def _directory(agent: str, certificate: str) -> Directory:
    # The same names every time, so that pictures and examples of the demo stay alike.
    return Directory(
        tenant=_id("tenant"),
        domain=DOMAIN,
        apps=(
            App(_id("agent"), "Entraclaw demo agent", "confidential", (certificate,)),
            App(_id("sign-in"), "Entraclaw demo sign-in", "public"),
            App(_id(agent), agent, "agent", blueprint=_id("agent")),
        ),
        users=(
            User(_id("demo"), UPN, "Demo Person"),
            User(_id(f"{agent}.user"), f"{agent}@{DOMAIN}", agent, agent=_id(agent)),
        ),
        resources=(GRAPH, "https://storage.azure.com", "https://vault.azure.net"),
    )


def _id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.{DOMAIN}"))

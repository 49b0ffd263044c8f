"""The agent flows against a real authority: blueprint, agent identity and the agent's own user."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import jwt
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from entraclaw_tui.demo.entra.consents import grant_consent
from entraclaw_tui.demo.entra.directory import GRAPH, folder, load
from entraclaw_tui.demo.entra.faults import Fault, order_fault
from entraclaw_tui.demo.entra.journal import Journal
from entraclaw_tui.demo.entra.keys import b64url, key_pem, new_key
from entraclaw_tui.demo.entra.state import UPN, Provisioned
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.certificates import self_signed
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.exchange import Exchange, ExchangeError, Kind, Token, Wish
from entraclaw_tui.worker.vault import Vault, key_item

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def wish(flow: str, *scopes: str, account: str = "", claims: str = "") -> Wish:
    return Wish(flow, "research-bot", "", account, GRAPH, scopes or ("User.Read",), "", claims)


def claims_of(token: Token) -> dict[str, object]:
    return dict(jwt.decode(token.access_token, options={"verify_signature": False}))


def grant_types(host: Host) -> list[str]:
    return [e.grant_type for e in Journal(folder(host)).entries() if e.grant_type]


async def refused(exchange: Exchange, wanted: Wish) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        await exchange.obtain(wanted)
    return caught.value


async def test_the_agent_acts_for_the_person_under_its_own_identity(
    exchange: Exchange, provisioned: Provisioned, host: Host
) -> None:
    token = await exchange.obtain(wish("agent_obo", account=UPN))
    claims = claims_of(token)
    assert (claims["upn"], claims["azp"]) == (UPN, provisioned.agent_id)
    assert claims["xms_par_app_azp"] == provisioned.client_id
    assert claims["scp"] == "User.Read"
    assert grant_types(host) == ["refresh_token", "client_credentials", JWT_BEARER]


async def test_the_agents_own_account(exchange: Exchange, provisioned: Provisioned) -> None:
    token = await exchange.obtain(wish("agent_user", "Mail.Send", account=provisioned.agent_user))
    claims = claims_of(token)
    assert (claims["upn"], claims["azp"]) == (provisioned.agent_user, provisioned.agent_id)
    assert claims["idtyp"] == "user"
    assert claims["xms_sub_fct"] == "13"


async def test_the_agents_own_account_by_its_object_id(
    config: Config, vault: Vault, record: Path, host: Host, provisioned: Provisioned
) -> None:
    user = load(folder(host)).user(provisioned.agent_user)
    assert user is not None
    agent = msgspec.structs.replace(config.agent, user=user.oid)
    exchange = Exchange(msgspec.structs.replace(config, agent=agent), vault, record)
    token = await exchange.obtain(wish("agent_user", account=user.oid))
    assert claims_of(token)["oid"] == user.oid
    exchange.close()


async def test_the_agent_as_itself(exchange: Exchange, provisioned: Provisioned) -> None:
    token = await exchange.obtain(wish("app", ".default"))
    claims = claims_of(token)
    assert (claims["idtyp"], claims["azp"]) == ("app", provisioned.agent_id)
    assert claims["roles"] == ["Sites.Selected"]
    assert token.expires_at > time.time() + 3000


async def test_the_application_as_itself_where_there_is_no_agent_identity(
    config: Config, vault: Vault, record: Path, provisioned: Provisioned
) -> None:
    plain = msgspec.structs.replace(config.agent, client_id="", user="")
    exchange = Exchange(msgspec.structs.replace(config, agent=plain), vault, record)
    token = await exchange.obtain(wish("app", ".default"))
    assert claims_of(token)["azp"] == provisioned.client_id
    error = await refused(exchange, wish("agent_obo", account=UPN))
    assert (error.kind, error.message) == (Kind.CONFIG, "research-bot has no agent identity.")
    error = await refused(exchange, wish("agent_user"))
    assert (error.kind, error.message) == (Kind.CONFIG, "research-bot has no account of its own.")
    exchange.close()


async def test_vouchers_are_fetched_once(exchange: Exchange, host: Host) -> None:
    for _ in range(3):
        await exchange.obtain(wish("agent_obo", account=UPN))
        await exchange.obtain(wish("agent_user"))
    # One for the agent, one for its user; then only what was asked for.
    assert grant_types(host).count("client_credentials") == 2


async def test_a_second_agent_of_the_blueprint_has_its_own_key(
    config: Config, vault: Vault, record: Path, items: dict[str, str], provisioned: Provisioned
) -> None:
    other = msgspec.structs.replace(config.agent, name="report-bot")
    two = msgspec.structs.replace(config, agents=(other,))
    exchange = Exchange(two, vault, record)
    wanted = Wish("app", "report-bot", "", "", GRAPH, (".default",))
    error = await refused(exchange, wanted)
    assert error.message == "The Keychain has no key for the agent report-bot."
    items[key_item("report-bot")] = items[key_item("research-bot")]
    assert claims_of(await exchange.obtain(wanted))["azp"] == provisioned.agent_id
    exchange.close()


async def test_consent_is_missing_for_the_agents_own_account(
    exchange: Exchange, host: Host, provisioned: Provisioned
) -> None:
    error = await refused(exchange, wish("agent_user", "Calendars.Read"))
    assert (error.kind, error.code) == (Kind.CONSENT_NEEDED, "AADSTS65001")
    grant_consent(
        host,
        GRAPH,
        ["Calendars.Read"],
        upn=provisioned.agent_user,
        client_id=provisioned.agent_id,
    )
    token = await exchange.obtain(wish("agent_user", "Calendars.Read"))
    assert token.scopes == ("Calendars.Read",)


@pytest.mark.parametrize("change", ["agent", "user"])
async def test_an_identity_of_somebody_else_is_refused(
    config: Config, vault: Vault, record: Path, change: str
) -> None:
    stranger = "99999999-2222-3333-4444-555555555555"
    field = {"agent": {"client_id": stranger}, "user": {"user": UPN}}[change]
    agent = msgspec.structs.replace(config.agent, **field)
    exchange = Exchange(msgspec.structs.replace(config, agent=agent), vault, record)
    error = await refused(exchange, wish("agent_user"))
    assert error.kind in (Kind.CONFIG, Kind.ASSERTION_STALE)
    assert ("first step" in error.hint) == (change == "agent")
    exchange.close()


async def test_a_bare_key_with_the_thumbprint_of_its_certificate(
    config: Config, vault: Vault, record: Path, items: dict[str, str], provisioned: Provisioned
) -> None:
    certificate = x509.load_pem_x509_certificate(provisioned.certificate.encode())
    bare = {
        "private_key": provisioned.private_key,
        "thumbprint": b64url(certificate.fingerprint(hashes.SHA256())),
    }
    items[key_item("research-bot")] = msgspec.json.encode(bare).decode()
    exchange = Exchange(config, vault, record)
    for flow in ("obo", "agent_obo", "agent_user"):
        assert (await exchange.obtain(wish(flow, account=""))).scopes == ("User.Read",)
    exchange.close()


async def test_an_unregistered_key_fails_at_the_first_step(
    config: Config, vault: Vault, record: Path, items: dict[str, str]
) -> None:
    key = new_key()
    other = {"private_key": key_pem(key), "certificate": self_signed(key, "other")}
    items[key_item("research-bot")] = msgspec.json.encode(other).decode()
    exchange = Exchange(config, vault, record)
    error = await refused(exchange, wish("agent_user"))
    assert (error.kind, error.code) == (Kind.CLIENT_AUTH, "AADSTS700027")
    assert "first step, where the application vouches for the agent" in error.hint
    told = f"{error!r} {error.hint}"
    assert "PRIVATE" not in told
    assert "eyJ" not in told
    exchange.close()


async def test_a_claims_challenge_reaches_entra_and_shares_no_exchange(
    exchange: Exchange, host: Host
) -> None:
    import asyncio

    challenge = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'
    first, second = await asyncio.gather(
        exchange.obtain(wish("agent_obo", account=UPN)),
        exchange.obtain(wish("agent_obo", account=UPN, claims=challenge)),
    )
    assert not first.from_cache
    assert not second.from_cache
    assert grant_types(host).count(JWT_BEARER) == 2


@pytest.mark.parametrize(("flow", "account"), [("agent_obo", UPN), ("agent_user", ""), ("app", "")])
async def test_a_pause_in_the_middle_of_a_flow_is_kept(
    exchange: Exchange, host: Host, flow: str, account: str
) -> None:
    scopes = (".default",) if flow == "app" else ("User.Read",)
    await exchange.obtain(wish(flow, *scopes, account=account))
    order_fault(host, Fault(429, retry_after=7))
    error = await refused(exchange, wish(flow, *scopes, account=account))
    assert (error.kind, error.retry_after) == (Kind.THROTTLED, 7.0)
    before = len(Journal(folder(host)).entries())
    error = await refused(exchange, wish(flow, *scopes, account=account))
    assert 6 < error.retry_after <= 7
    assert len(Journal(folder(host)).entries()) == before


def test_a_private_key_is_in_no_repr() -> None:
    from entraclaw_tui.worker.credential import AgentKey
    from entraclaw_tui.worker.entra import Actor

    secret = new_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key = AgentKey(secret.decode(), thumbprint="x")
    text = msgspec.json.encode(key).decode()
    shown: Callable[[object], str] = repr
    assert "PRIVATE" not in shown(key) + shown(Actor(text, "agent"))

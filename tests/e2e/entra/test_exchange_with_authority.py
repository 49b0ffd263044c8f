"""The worker's exchange against a real authority: real TLS, real MSAL, real signatures."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import jwt
import msgspec
import pytest
import requests

from entraclaw_tui.demo.entra.consents import grant_consent
from entraclaw_tui.demo.entra.devices import confirm_device
from entraclaw_tui.demo.entra.directory import GRAPH, folder
from entraclaw_tui.demo.entra.faults import Fault, order_fault
from entraclaw_tui.demo.entra.grants import JWT_BEARER
from entraclaw_tui.demo.entra.journal import Entry, Journal
from entraclaw_tui.demo.entra.keys import key_pem, new_key
from entraclaw_tui.demo.entra.server import Server
from entraclaw_tui.demo.entra.state import UPN, Provisioned, create, sign_out_everywhere
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.certificates import self_signed
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.exchange import Exchange, ExchangeError, Kind, Token, Wish
from entraclaw_tui.worker.vault import Vault, VaultLocked, key_item, session_item

Notes = list[tuple[str, str, dict[str, str]]]


def wish(*scopes: str, assertion: str = "", flow: str = "obo", account: str = UPN) -> Wish:
    return Wish(flow, "research-bot", "", account, GRAPH, scopes or ("User.Read",), assertion)


async def refused(exchange: Exchange, wanted: Wish) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        await exchange.obtain(wanted)
    return caught.value


def exchanges(host: Host) -> list[Entry]:
    return [e for e in Journal(folder(host)).entries() if e.grant_type == JWT_BEARER]


def claims_by_published_keys(config: Config, token: Token) -> dict[str, object]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = config.entra.ca_file
        about = session.get(
            f"{config.authority_url}/v2.0/.well-known/openid-configuration", timeout=10
        ).json()
        keys = jwt.PyJWKSet.from_dict(session.get(about["jwks_uri"], timeout=10).json())
    claims = jwt.decode(
        token.access_token,
        keys.keys[0],
        algorithms=["RS256"],
        audience=GRAPH,
        issuer=about["issuer"],
    )
    return dict(claims)


async def test_a_sign_in_becomes_a_token_for_graph(
    exchange: Exchange, config: Config, items: dict[str, str], notes: Notes
) -> None:
    session = session_item(config.entra.tenant, UPN)
    before = items[session]
    token = await exchange.obtain(wish())
    claims = claims_by_published_keys(config, token)
    assert (claims["scp"], claims["upn"]) == ("User.Read", UPN)
    assert token.scopes == ("User.Read",)
    assert token.token_type == "Bearer"
    assert 3500 < token.expires_at - time.time() < 3700
    assert not token.from_cache
    # The refresh token was replaced, and the new one is kept.
    assert items[session] != before
    assert msgspec.json.decode(items[session])["refresh_token"].startswith("1.")
    assert notes[0][:2] == ("info", "Exchanged for a token.")
    told = repr(notes) + repr(token)
    assert token.access_token not in told
    assert "eyJ" not in told


async def test_the_persons_token_is_asked_for_once(exchange: Exchange, host: Host) -> None:
    await exchange.obtain(wish())
    await exchange.obtain(wish("Mail.Read"))
    grants = [e.grant_type for e in Journal(folder(host)).entries() if e.grant_type]
    assert grants == ["refresh_token", JWT_BEARER, JWT_BEARER]


async def test_equal_wishes_at_once_are_one_exchange(exchange: Exchange, host: Host) -> None:
    tokens = await asyncio.gather(*(exchange.obtain(wish()) for _ in range(5)))
    assert len({t.access_token for t in tokens}) == 1
    assert [t.from_cache for t in tokens].count(False) == 1
    assert len(exchanges(host)) == 1


async def test_consent_in_the_directory_counts_at_once(exchange: Exchange, host: Host) -> None:
    error = await refused(exchange, wish("Calendars.Read"))
    assert (error.kind, error.code) == (Kind.CONSENT_NEEDED, "AADSTS65001")
    assert error.trace
    grant_consent(host, GRAPH, ["Calendars.Read"])
    # MSAL would answer the same refusal for a minute out of its own cache.
    token = await exchange.obtain(wish("Calendars.Read"))
    assert token.scopes == ("Calendars.Read",)
    assert [e.status for e in exchanges(host)] == [400, 200]


async def test_a_user_token_that_the_client_hands_in(
    exchange: Exchange, host: Host, config: Config, provisioned: Provisioned
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = config.entra.ca_file
        answer = session.post(
            f"{config.authority_url}/oauth2/v2.0/token",
            data={
                "grant_type": "refresh_token",
                "client_id": provisioned.public_client_id,
                "refresh_token": provisioned.refresh_token,
                "scope": provisioned.api_scope,
            },
            timeout=10,
        ).json()
    token = await exchange.obtain(wish(assertion=answer["access_token"]))
    assert token.scopes == ("User.Read",)
    error = await refused(exchange, wish(assertion=token.access_token))
    assert (error.kind, error.code) == (Kind.ASSERTION_WRONG, "AADSTS500131")
    error = await refused(exchange, wish(assertion=answer["access_token"], account="x@y.example"))
    assert error.kind is Kind.ASSERTION_WRONG
    assert "somebody else" in error.message
    error = await refused(exchange, wish(assertion="eyJ.garbage"))
    assert error.kind is Kind.ASSERTION_WRONG
    assert "garbage" not in f"{error!r} {error} {error.hint} {wish(assertion='eyJ.garbage')!r}"


async def test_another_certificate_is_not_accepted_until_it_is_replaced(
    exchange: Exchange, items: dict[str, str]
) -> None:
    good = items[key_item("research-bot")]
    key = new_key()
    pair = {"private_key": key_pem(key), "certificate": self_signed(key, "other")}
    items[key_item("research-bot")] = msgspec.json.encode(pair).decode()
    error = await refused(exchange, wish())
    assert (error.kind, error.code) == (Kind.CLIENT_AUTH, "AADSTS700027")
    items[key_item("research-bot")] = good
    assert await exchange.obtain(wish())


@pytest.mark.parametrize("value", ["{}", "no json", '{"private_key":"x","certificate":"y"}'])
async def test_a_key_that_is_none(exchange: Exchange, items: dict[str, str], value: str) -> None:
    items[key_item("research-bot")] = value
    error = await refused(exchange, wish())
    assert error.kind is Kind.CLIENT_AUTH
    assert "cannot be used" in error.message


async def test_no_key_and_no_sign_in(
    exchange: Exchange, config: Config, items: dict[str, str]
) -> None:
    assert await exchange.signed_in()
    key = items.pop(key_item("research-bot"))
    assert (await refused(exchange, wish())).kind is Kind.CLIENT_AUTH
    items[key_item("research-bot")] = key
    exchange.forget()
    del items[session_item(config.entra.tenant, UPN)]
    assert not await exchange.signed_in()
    error = await refused(exchange, wish())
    assert (error.kind, error.message) == (
        Kind.ASSERTION_STALE,
        f"Nobody is signed in as {UPN}.",
    )
    items[session_item(config.entra.tenant, UPN)] = "no json"
    assert (await refused(exchange, wish())).kind is Kind.ASSERTION_STALE


async def test_an_ended_sign_in_says_so(exchange: Exchange, host: Host) -> None:
    sign_out_everywhere(host)
    error = await refused(exchange, wish())
    assert (error.kind, error.code) == (Kind.ASSERTION_STALE, "AADSTS50173")


async def test_a_locked_keychain_is_said_as_such(config: Config, record: Path) -> None:
    class Locked:
        def get_password(self, service: str, username: str) -> str | None:
            raise VaultLocked("The login keychain is locked.", "Unlock it.")

        set_password = delete_password = get_password

    vault = Vault(Locked())  # type: ignore[arg-type]  # only reading is of interest
    exchange = Exchange(config, vault, record)
    error = await refused(exchange, wish())
    assert (error.kind, error.hint) == (Kind.TRANSIENT, "Unlock it.")
    exchange.close()
    vault.close()


async def test_a_pause_is_kept_without_asking_again(exchange: Exchange, host: Host) -> None:
    await exchange.obtain(wish())
    order_fault(host, Fault(429, number=90055, text="Too many requests.", retry_after=7))
    error = await refused(exchange, wish())
    assert (error.kind, error.retry_after) == (Kind.THROTTLED, 7.0)
    asked = len(exchanges(host))
    error = await refused(exchange, wish("Mail.Read"))
    assert error.kind is Kind.THROTTLED
    assert 0 < error.retry_after <= 7
    assert len(exchanges(host)) == asked


async def test_a_pause_in_plain_text(exchange: Exchange, host: Host) -> None:
    await exchange.obtain(wish())
    order_fault(host, Fault(429, plain="Too Many Requests", retry_after=30))
    error = await refused(exchange, wish())
    assert (error.kind, error.retry_after) == (Kind.THROTTLED, 30.0)


async def test_hiccups_are_tried_three_times(exchange: Exchange, host: Host) -> None:
    await exchange.obtain(wish())
    order_fault(host, Fault(503, times=2))
    assert await exchange.obtain(wish())
    order_fault(host, Fault(502, plain="<html>Bad gateway</html>", times=3))
    error = await refused(exchange, wish())
    assert error.kind is Kind.TRANSIENT
    assert [e.status for e in exchanges(host)] == [200, 503, 503, 200, 502, 502, 502]


async def test_a_stronger_sign_in_carries_its_claims(exchange: Exchange, host: Host) -> None:
    await exchange.obtain(wish())
    claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    order_fault(host, Fault(400, "interaction_required", 50076, "MFA.", claims=claims))
    error = await refused(exchange, wish())
    assert (error.kind, error.claims) == (Kind.STEP_UP, claims)


async def test_nobody_there_and_nobody_we_trust(
    server: Server, config: Config, vault: Vault, record: Path, host: Host
) -> None:
    entra = msgspec.structs.replace(config.entra, authority="https://localhost:1")
    away = Exchange(msgspec.structs.replace(config, entra=entra), vault, record)
    error = await refused(away, wish())
    assert error.kind is Kind.TRANSIENT
    assert "cannot be reached" in error.message
    away.close()
    entra = msgspec.structs.replace(config.entra, ca_file="")
    distrusting = Exchange(msgspec.structs.replace(config, entra=entra), vault, record)
    error = await refused(distrusting, wish())
    assert error.kind is Kind.CONFIG
    assert "not trusted" in error.message
    distrusting.close()
    entra = msgspec.structs.replace(config.entra, tenant="elsewhere.example")
    lost = Exchange(msgspec.structs.replace(config, entra=entra), vault, record)
    wanted = Wish("obo", "research-bot", "", UPN, GRAPH, ("User.Read",), "an assertion")
    error = await refused(lost, wanted)
    assert (error.kind, error.code) == (Kind.CONFIG, "AADSTS90002")
    lost.close()


async def test_what_is_not_offered_is_said(exchange: Exchange, host: Host) -> None:
    error = await refused(
        exchange, Wish("obo", "research-bot", "other", UPN, GRAPH, ("User.Read",))
    )
    assert error.kind is Kind.CONFIG
    error = await refused(exchange, wish("User.Read", "offline_access"))
    assert error.kind is Kind.CONFIG
    assert not (folder(host) / "journal.jsonl").exists()


async def test_sign_in_by_device_code(
    exchange: Exchange, host: Host, config: Config, items: dict[str, str]
) -> None:
    del items[session_item(config.entra.tenant, UPN)]
    flow = await exchange.begin_sign_in()
    assert flow.user_code
    assert flow.verification_uri.startswith(config.entra.authority)
    assert not await exchange.poll_sign_in(flow)
    assert confirm_device(host, flow.user_code, UPN, time.time())
    assert await exchange.poll_sign_in(flow)
    assert await exchange.signed_in()
    assert (await exchange.obtain(wish())).scopes == ("User.Read",)
    assert "device_code" not in repr(flow)


async def test_somebody_else_signs_in(
    config: Config, vault: Vault, record: Path, host: Host, items: dict[str, str]
) -> None:
    account = msgspec.structs.replace(config.account, upn="other@contoso.example")
    exchange = Exchange(msgspec.structs.replace(config, account=account), vault, record)
    flow = await exchange.begin_sign_in()
    assert confirm_device(host, flow.user_code, UPN, time.time())
    before = dict(items)
    with pytest.raises(ExchangeError, match="Somebody else"):
        await exchange.poll_sign_in(flow)
    assert items == before
    exchange.close()


async def test_the_event_loop_never_waits(exchange: Exchange, host: Host) -> None:
    await exchange.obtain(wish())
    order_fault(host, Fault(503, delay=1.0))
    task = asyncio.ensure_future(exchange.obtain(wish()))
    longest, last = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.01)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert await task
    assert longest < 0.8
    assert {t.name for t in threading.enumerate()} >= {"exchange", "vault"}


async def test_the_application_gets_another_certificate_while_the_authority_runs(
    exchange: Exchange, host: Host, items: dict[str, str]
) -> None:
    await exchange.obtain(wish())
    fresh = create(host).keychain_items()
    exchange.forget()
    assert (await refused(exchange, wish())).kind is Kind.CLIENT_AUTH
    items.update(fresh)
    assert (await exchange.obtain(wish())).scopes == ("User.Read",)

"""Clients that nobody here wrote get their tokens from the authority."""

from __future__ import annotations

import time
import uuid

import jwt
import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import RequestsTransport
from azure.identity import CertificateCredential, OnBehalfOfCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from entraclaw_tui.demo.entra.consents import grant_consent
from entraclaw_tui.demo.entra.directory import GRAPH, folder, load
from entraclaw_tui.demo.entra.keys import b64url
from entraclaw_tui.demo.entra.state import UPN, Provisioned
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.config import Config

EXCHANGE = "api://AzureADTokenExchange/.default"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def claims(token: str) -> dict[str, object]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


@pytest.fixture
def http(config: Config) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = config.entra.ca_file
    return session


@pytest.fixture
def person(http: requests.Session, config: Config, provisioned: Provisioned) -> str:
    """The person's own token for the agent's API."""
    answer = http.post(
        f"{config.authority_url}/oauth2/v2.0/token",
        data={
            "grant_type": "refresh_token",
            "client_id": provisioned.public_client_id,
            "refresh_token": provisioned.refresh_token,
            "scope": f"{provisioned.api_scope} openid",
        },
        timeout=10,
    )
    return str(answer.json()["access_token"])


def pem(provisioned: Provisioned) -> bytes:
    return (provisioned.private_key + provisioned.certificate).encode()


def on_behalf(config: Config, provisioned: Provisioned, person: str) -> OnBehalfOfCredential:
    return OnBehalfOfCredential(
        tenant_id=provisioned.tenant,
        client_id=provisioned.client_id,
        client_certificate=pem(provisioned),
        user_assertion=person,
        authority=config.entra.authority,
        disable_instance_discovery=True,
        transport=RequestsTransport(connection_verify=config.entra.ca_file, use_env_settings=False),
        retry_total=0,
    )


def test_azure_identity_exchanges_on_behalf_of_a_person(
    config: Config, provisioned: Provisioned, person: str, host: Host
) -> None:
    with on_behalf(config, provisioned, person) as credential:
        token = credential.get_token(f"{GRAPH}/User.Read")
        found = claims(token.token)
        assert (found["upn"], found["scp"], found["aud"]) == (UPN, "User.Read", GRAPH)
        assert 3000 < token.expires_on - time.time() < 3700
        with pytest.raises(ClientAuthenticationError, match="AADSTS65001"):
            credential.get_token(f"{GRAPH}/Calendars.Read")
    grant_consent(host, GRAPH, ["Calendars.Read"])
    with on_behalf(config, provisioned, person) as credential:
        assert credential.get_token(f"{GRAPH}/Calendars.Read").token


def test_azure_identity_acts_as_the_application(config: Config, provisioned: Provisioned) -> None:
    credential = CertificateCredential(
        provisioned.tenant,
        provisioned.client_id,
        certificate_data=pem(provisioned),
        authority=config.entra.authority,
        disable_instance_discovery=True,
        transport=RequestsTransport(connection_verify=config.entra.ca_file, use_env_settings=False),
    )
    with credential:
        found = claims(credential.get_token(f"{GRAPH}/.default").token)
    assert (found["idtyp"], found["azp"]) == ("app", provisioned.client_id)


def test_msal_goes_through_all_three_hops(
    config: Config, provisioned: Provisioned, http: requests.Session, person: str, host: Host
) -> None:
    plain = {
        "authority": config.authority_url,
        "instance_discovery": False,
        "http_client": http,
    }
    blueprint = msal.ConfidentialClientApplication(
        provisioned.client_id,
        client_credential={
            "private_key": provisioned.private_key,
            "public_certificate": provisioned.certificate,
        },
        **plain,
    )

    def voucher(about: object) -> str:
        answer = blueprint.acquire_token_for_client([EXCHANGE], fmi_path=provisioned.agent_id)
        return str(answer["access_token"])

    agent = msal.ConfidentialClientApplication(
        provisioned.agent_id, client_credential={"client_assertion": voucher}, **plain
    )
    obo = agent.acquire_token_on_behalf_of(person, [f"{GRAPH}/Mail.Read"])
    assert claims(obo["access_token"])["azp"] == provisioned.agent_id
    itself = agent.acquire_token_for_client([EXCHANGE])
    user = load(folder(host)).user(provisioned.agent_user)
    assert user is not None
    own = agent.acquire_token_by_user_federated_identity_credential(
        [f"{GRAPH}/Mail.Send"], itself["access_token"], user_object_id=user.oid
    )
    assert claims(own["access_token"])["upn"] == provisioned.agent_user


def test_msal_signs_in_by_device_code(
    config: Config, provisioned: Provisioned, http: requests.Session
) -> None:
    app = msal.PublicClientApplication(
        provisioned.public_client_id,
        authority=config.authority_url,
        instance_discovery=False,
        http_client=http,
    )
    flow = app.initiate_device_flow([provisioned.api_scope])
    page = http.post(
        flow["verification_uri"],
        data={"code": flow["user_code"], "account": UPN, "answer": "yes"},
        timeout=10,
    )
    assert page.status_code == 200
    answer = app.acquire_token_by_device_flow(flow)
    assert answer["id_token_claims"]["preferred_username"] == UPN
    assert app.acquire_token_silent([provisioned.api_scope], app.get_accounts()[0])


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
@pytest.mark.parametrize("header", ["x5t", "x5t#S256"])
def test_a_hand_made_assertion(
    config: Config,
    provisioned: Provisioned,
    http: requests.Session,
    person: str,
    algorithm: str,
    header: str,
) -> None:
    certificate = x509.load_pem_x509_certificate(provisioned.certificate.encode())
    hashed = hashes.SHA256() if header.endswith("256") else hashes.SHA1()  # noqa: S303 - x5t is that
    about = http.get(
        f"{config.authority_url}/v2.0/.well-known/openid-configuration", timeout=10
    ).json()
    now = int(time.time())
    assertion = jwt.encode(
        {
            "aud": about["token_endpoint"],
            "iss": provisioned.client_id,
            "sub": provisioned.client_id,
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "exp": now + 300,
        },
        provisioned.private_key,
        algorithm,
        headers={header: b64url(certificate.fingerprint(hashed))},
    )
    answer = http.post(
        about["token_endpoint"],
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "client_id": provisioned.client_id,
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion,
            "assertion": person,
            "scope": f"{GRAPH}/User.Read",
            "requested_token_use": "on_behalf_of",
        },
        timeout=10,
    )
    assert claims(answer.json()["access_token"])["scp"] == "User.Read"

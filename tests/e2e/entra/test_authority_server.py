"""The authority's server: MSAL and plain clients against it, its process, its restart."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator

import msal
import pytest
import requests

from entraclaw_tui.demo.entra.consents import grant_consent
from entraclaw_tui.demo.entra.directory import GRAPH
from entraclaw_tui.demo.entra.job import LABEL, definition, install
from entraclaw_tui.demo.entra.server import Server
from entraclaw_tui.demo.entra.state import Provisioned
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.config import Config


@pytest.fixture
def session(config: Config) -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        made.verify = config.entra.ca_file
        yield made


def a_users_token(session: requests.Session, config: Config, pro: Provisioned) -> str:
    answer = session.post(
        f"{config.authority_url}/oauth2/v2.0/token",
        data={
            "grant_type": "refresh_token",
            "client_id": pro.public_client_id,
            "refresh_token": pro.refresh_token,
            "scope": pro.api_scope,
        },
        timeout=10,
    )
    return str(answer.json()["access_token"])


def test_msal_as_anybody_uses_it(
    session: requests.Session, config: Config, provisioned: Provisioned, host: Host
) -> None:
    cache: dict[str, object] = {}
    app = msal.ConfidentialClientApplication(
        provisioned.client_id,
        client_credential={
            "private_key": provisioned.private_key,
            "public_certificate": provisioned.certificate,
        },
        authority=config.authority_url,
        instance_discovery=False,
        http_client=session,
        http_cache=cache,
    )
    user = a_users_token(session, config, provisioned)
    scope = [f"{GRAPH}/Calendars.Read"]
    assert app.acquire_token_on_behalf_of(user, scope)["suberror"] == "consent_required"
    grant_consent(host, GRAPH, ["Calendars.Read"])
    # Why the worker empties this cache: MSAL repeats the refusal for a minute.
    assert app.acquire_token_on_behalf_of(user, scope)["suberror"] == "consent_required"
    cache.clear()
    answer = app.acquire_token_on_behalf_of(user, scope)
    assert answer["token_type"] == "Bearer"
    assert answer["refresh_token"]  # MSAL asks for offline_access unless told not to
    assert answer["id_token_claims"]["preferred_username"] == provisioned.upn
    account = app.get_accounts()[0]
    assert account["username"] == provisioned.upn
    assert app.acquire_token_silent(scope, account)["token_source"] == "cache"


def test_discovery_leads_to_everything(session: requests.Session, config: Config) -> None:
    url = f"{config.authority_url}/v2.0/.well-known/openid-configuration"
    response = session.get(url, timeout=10)
    about = response.json()
    assert about["issuer"] == f"{config.authority_url}/v2.0"
    assert session.get(about["jwks_uri"], timeout=10).json()["keys"][0]["use"] == "sig"
    assert response.headers["Cache-Control"] == "no-store, no-cache"
    assert response.headers["x-ms-request-id"]
    refused = session.post(
        about["token_endpoint"], data={}, headers={"client-request-id": "my-id"}, timeout=10
    )
    assert refused.status_code == 400
    assert refused.json()["correlation_id"] == refused.headers["client-request-id"] == "my-id"


def test_an_answer_takes_no_acknowledgement_time(session: requests.Session, config: Config) -> None:
    url = f"{config.authority_url}/discovery/v2.0/keys"
    session.get(url, timeout=10)
    took = []
    for _ in range(30):
        began = time.perf_counter()
        session.get(url, timeout=10)
        took.append(time.perf_counter() - began)
    # Nagle's algorithm with a delayed acknowledgement would cost 40 ms each.
    assert sorted(took)[15] < 0.03


def test_one_bad_caller_stops_nobody(
    server: Server, session: requests.Session, config: Config
) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(8):  # these never shake hands
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        garbled = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        garbled.sendall(b"GET / HTTP/1.1\r\n\r\n")
        url = f"{config.authority_url}/discovery/v2.0/keys"
        assert session.get(url, timeout=5).status_code == 200
        token = f"{config.authority_url}/oauth2/v2.0/token"
        assert session.post(token, data=b"x" * 200_000, timeout=5).status_code == 413
        assert session.put(token, timeout=5).status_code == 501
        assert session.get(f"{config.entra.authority}/", timeout=5).status_code == 404


def test_only_those_who_know_the_ca_come_in(server: Server) -> None:
    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(plain, server_hostname="localhost")


@contextlib.contextmanager
def a_process(host: Host, listener: socket.socket) -> Iterator[float]:
    """The authority in a process of its own; gives the moment of its start."""
    code = (
        "import socket, sys; from pathlib import Path\n"
        "from entraclaw_tui.macos.host import Host\n"
        "from entraclaw_tui.demo.entra.server import serve\n"
        "serve(Host.open(Path(sys.argv[1])), [socket.socket(fileno=int(sys.argv[2]))])\n"
    )
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", code, str(host.root), str(listener.fileno())],
        pass_fds=[listener.fileno()],
    )
    try:
        yield began
    finally:
        process.terminate()
        process.wait(10)


def test_it_starts_quickly_and_remembers(host: Host, provisioned: Provisioned) -> None:
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = provisioned.config(listener.getsockname()[1])
        url = f"{config.authority_url}/discovery/v2.0/keys"
        for _ in range(2):
            with a_process(host, listener) as began, requests.Session() as session:
                session.trust_env = False
                session.verify = config.entra.ca_file
                # The listener queues us until the process is there.
                seen.append(session.get(url, timeout=20).json()["keys"][0]["kid"])
                took = time.perf_counter() - began
                assert a_users_token(session, config, provisioned)
    assert seen[0] == seen[1]
    assert took < 5  # half a second on a quiet machine


def test_the_job_of_the_pretend_mac(host: Host) -> None:
    path = install(host, "/usr/bin/python3", 8443)
    assert path.name == f"{LABEL}.plist"
    job = definition(host, "/usr/bin/python3", 8443)
    assert job["Label"] == LABEL
    done = subprocess.run(
        [sys.executable, "-I", "-m", "entraclaw_tui.demo.entra", str(host.home)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 69
    assert "not a pretend Mac" in done.stderr

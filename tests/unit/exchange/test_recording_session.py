"""The HTTP client below MSAL."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import urllib3

from entraclaw_tui.worker import http
from entraclaw_tui.worker.http import AnswerRefused, RecordingSession, distrusted


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.strip("/")
        body = b"x" * (http.SIZE_LIMIT + 1) if name == "long" else b"body"
        self.send_response({"moved": 302, "no": 400, "down": 503}.get(name, 200))
        if name == "moved":
            self.send_header("Location", "/elsewhere")
        if name == "down":
            self.send_header("Retry-After", "9")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def session() -> Iterator[RecordingSession]:
    made = RecordingSession()
    yield made
    made.close()


def test_remembers_refusals_alone(session: RecordingSession, base: str) -> None:
    assert session.post(f"{base}/fine", data={"a": "b"}).text == "body"
    refusals = [session.refusal]
    answer = session.get(f"{base}/down")
    refusals.append(session.refusal)
    session.forget()
    assert [*refusals, session.refusal] == [None, answer, None]
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "9")
    assert "body" not in repr(answer)
    with pytest.raises(requests.HTTPError, match="HTTP 503"):
        answer.raise_for_status()


def test_goes_nowhere_else(
    session: RecordingSession, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session.get(f"{base}/moved").status_code == 302
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert session.get(f"{base}/fine").status_code == 200


def test_reads_no_flood_and_waits_for_no_trickle(
    session: RecordingSession, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AnswerRefused, match="1024 KiB"):
        session.get(f"{base}/long")
    monkeypatch.setattr(http, "WHOLE", -1.0)
    with pytest.raises(AnswerRefused, match="took more"):
        session.get(f"{base}/fine")


def test_nothing_heavy_is_imported_before_the_first_exchange() -> None:
    code = (
        "import sys; import entraclaw_tui.worker.exchange, entraclaw_tui.worker.vault; "
        "print([m for m in ('msal', 'requests', 'keyring', 'cryptography') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_a_connection_that_broke_is_not_a_certificate_that_is_distrusted() -> None:
    broke = requests.exceptions.SSLError(ssl.SSLEOFError(8, "unexpected end"))
    wrapped = requests.exceptions.SSLError(
        urllib3.exceptions.MaxRetryError(
            urllib3.connectionpool.HTTPSConnectionPool("localhost"),
            "/",
            urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed certificate")),
        )
    )
    assert not distrusted(broke)
    assert distrusted(wrapped)
    assert not distrusted(requests.exceptions.ConnectionError("refused"))

"""The HTTP client that MSAL works with: bounded, deaf to the environment, and it remembers."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter

TIMEOUT = (3.0, 10.0)
"""Seconds to connect, and between two pieces of an answer."""
WHOLE = 15.0
"""Seconds that a whole answer may take."""
SIZE_LIMIT = 1024 * 1024
"""Bytes of one answer."""


class AnswerRefused(requests.RequestException):
    """The answer was too long or came too slowly."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the form MSAL reads."""

    status_code: int
    headers: Mapping[str, str]
    text: str

    def raise_for_status(self) -> None:
        """Raise requests.HTTPError for a refusal."""
        if self.status_code >= 400:
            raise requests.HTTPError(f"HTTP {self.status_code}")

    def __repr__(self) -> str:
        return f"Answer({self.status_code})"


class RecordingSession:
    """Posts and gets for MSAL, and keeps the last refusal, which MSAL itself drops in part.

    MSAL gives no Retry-After to its caller and no body of a 5xx. Environment variables count
    for nothing here: neither proxies nor certificate bundles nor netrc. Whom to trust is the
    Mac's own list (truststore), so that a company's certificate authority counts where the Mac's
    administrator put it in; `ca_file` takes the place of that list.
    """

    def __init__(self, ca_file: str = "", proxy: str = "") -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        if ca_file:
            self._session.verify = ca_file
        else:
            self._session.mount("https://", _SystemTrust())
        if proxy:
            self._session.proxies = {"https": proxy}
        self.refusal: Answer | None = None
        """The last answer of status 400 or more since `forget`. Never holds a token."""

    def forget(self) -> None:
        """Forget the last refusal, before the next call."""
        self.refusal = None

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Answer:
        """Post a form."""
        return self._send("POST", url, params, data, headers)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Answer:
        """Get a document."""
        return self._send("GET", url, params, None, headers)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        data: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        ends = time.monotonic() + WHOLE
        with self._session.request(
            method,
            url,
            params=params,
            data=data,
            headers=headers,
            timeout=TIMEOUT,
            allow_redirects=False,  # the credentials go to the authority and nowhere else
            stream=True,
        ) as response:
            answer = Answer(response.status_code, dict(response.headers), _read(response, ends))
        if answer.status_code >= 400:
            self.refusal = answer
        return answer


def distrusted(error: BaseException) -> bool:
    """Whether a call ended because nobody we trust vouches for the other side's certificate.

    A connection that merely broke while TLS began is an SSLError too.
    """
    seen: list[BaseException] = [error]
    for cause in seen:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        inner = (*cause.args, getattr(cause, "reason", None))
        seen += [e for e in inner if isinstance(e, BaseException) and e not in seen]
    return False


class _SystemTrust(HTTPAdapter):
    """Verifies as the system does."""

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        """Make the connections to hosts."""
        super().init_poolmanager(*args, **kwargs, ssl_context=_context())  # type: ignore[arg-type]

    def proxy_manager_for(self, proxy: str, **kwargs: object) -> object:
        """Make the connections through a proxy."""
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=_context())


def _context() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _read(response: requests.Response, ends: float) -> str:
    data = bytearray()
    for chunk in response.iter_content(16 * 1024):
        data += chunk
        if len(data) > SIZE_LIMIT:
            raise AnswerRefused(f"the answer has more than {SIZE_LIMIT // 1024} KiB")
        if time.monotonic() > ends:
            raise AnswerRefused(f"the answer took more than {WHOLE:g} s")
    return data.decode("utf-8", "replace")

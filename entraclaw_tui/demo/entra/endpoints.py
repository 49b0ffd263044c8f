"""The authority's paths: request in, reply out, no socket."""

from __future__ import annotations

import time
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from entraclaw_tui.demo.entra import page
from entraclaw_tui.demo.entra.clock import offset
from entraclaw_tui.demo.entra.devices import Devices
from entraclaw_tui.demo.entra.directory import load
from entraclaw_tui.demo.entra.directory import version as directory_version
from entraclaw_tui.demo.entra.faults import Fault, Faults, Manner
from entraclaw_tui.demo.entra.grants import Grants
from entraclaw_tui.demo.entra.journal import Entry, Journal
from entraclaw_tui.demo.entra.keys import Signer
from entraclaw_tui.demo.entra.minting import Mint
from entraclaw_tui.demo.entra.refusals import Refusal, unknown_tenant

_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes = field(repr=False)
    kind: str = _JSON
    headers: tuple[tuple[str, str], ...] = ()
    error: str = ""
    number: int = 0
    manner: Manner = "whole"


class Authority:
    """One tenant's authority over the state in a folder."""

    def __init__(
        self,
        where: Path,
        port: int,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._where = where
        self._signer = Signer.load(where)
        self._read_directory()
        self._devices = Devices(where)
        self._faults = Faults(where)
        self._journal = Journal(where)
        self._clock = clock or (lambda: time.time() + offset(where))
        self._sleep = sleep
        self.base = f"https://localhost:{port}"
        self._bases = (self.base, f"https://127.0.0.1:{port}", f"https://[::1]:{port}")

    @property
    def now(self) -> float:
        """What the authority's clock says."""
        return self._clock()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return the reply to one request, and write it into the journal."""
        began = time.perf_counter()
        if self._version != directory_version(self._where):
            self._read_directory()
        path = urllib.parse.urlsplit(target).path
        form = _form(body)
        correlation = headers.get("client-request-id", "") or str(uuid.uuid4())
        try:
            reply = self._route(method, path, form)
        except Refusal as refusal:
            reply = _refused(refusal, correlation, self._clock())
        self._journal.write(
            Entry(
                at=self._clock(),
                method=method[:8],
                path=path[:200],
                status=reply.status,
                milliseconds=round((time.perf_counter() - began) * 1000, 2),
                grant_type=form.get("grant_type", "")[:80],
                client_id=form.get("client_id", "")[:64],
                scope=form.get("scope", "")[:300],
                error=reply.error,
                number=reply.number,
                correlation_id=correlation[:64],
            )
        )
        extra = (("x-ms-request-id", str(uuid.uuid4())), ("client-request-id", correlation[:64]))
        return replace(reply, headers=reply.headers + extra)

    def _read_directory(self) -> None:
        self._version = directory_version(self._where)
        self._directory = load(self._where)
        mint = Mint(self._directory, self._signer)
        self._grants = Grants(self._where, self._directory, mint)

    def _route(self, method: str, path: str, form: Mapping[str, str]) -> Reply:
        tenant, _, rest = path.lstrip("/").partition("/")
        if rest and tenant not in (self._directory.tenant, self._directory.domain):
            raise unknown_tenant(urllib.parse.unquote(tenant)[:64])
        match method, rest:
            case "GET", "v2.0/.well-known/openid-configuration":
                return _json(self._discovery())
            case "GET", "discovery/v2.0/keys":
                return _json(self._signer.jwks)
            case "POST", "oauth2/v2.0/token":
                return self._token(form)
            case "POST", "oauth2/v2.0/devicecode":
                return _json(self._grants.begin_device(form, self.base, self._clock()))
            case "GET", "oauth2/deviceauth":
                return Reply(200, page.ask(self._directory), page.KIND)
            case "POST", "oauth2/deviceauth":
                return self._confirm(form)
        return Reply(404, b'{"error":"not_found"}', error="not_found")

    def _token(self, form: Mapping[str, str]) -> Reply:
        if fault := self._faults.take():
            self._sleep(fault.delay)
            return self._wrong(fault)
        audiences = tuple(
            f"{base}/{name}/oauth2/v2.0/token"
            for base in self._bases
            for name in (self._directory.tenant, self._directory.domain)
        )
        return _json(self._grants.token(form, self._issuer, audiences, self._clock()))

    def _wrong(self, fault: Fault) -> Reply:
        again = (("Retry-After", str(fault.retry_after)),) if fault.retry_after else ()
        if fault.plain or fault.status < 400 or fault.manner != "whole":
            body = fault.plain.encode()
            return Reply(fault.status, body, "text/html", again, fault.error, manner=fault.manner)
        raise Refusal(
            fault.status,
            fault.error,
            fault.number,
            fault.text,
            fault.suberror,
            fault.claims,
            fault.retry_after,
        )

    def _confirm(self, form: Mapping[str, str]) -> Reply:
        user = self._directory.user(form.get("account", ""))
        decline = form.get("answer") != "yes"
        done = user is not None and self._devices.confirm(
            form.get("code", ""), user.oid, self._clock(), decline=decline
        )
        return Reply(200 if done else 400, page.told(done, decline), page.KIND)

    @property
    def _issuer(self) -> str:
        return f"{self.base}/{self._directory.tenant}/v2.0"

    def _discovery(self) -> dict[str, object]:
        root = f"{self.base}/{self._directory.tenant}"
        return {
            "issuer": self._issuer,
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
        }


def _json(fields: Mapping[str, object]) -> Reply:
    return Reply(200, msgspec.json.encode(fields))


def _refused(refusal: Refusal, correlation: str, now: float) -> Reply:
    again = (("Retry-After", str(refusal.retry_after)),) if refusal.retry_after else ()
    body = refusal.body(correlation, now)
    return Reply(refusal.status, body, _JSON, again, refusal.error, refusal.number)


def _form(body: bytes) -> dict[str, str]:
    text = body.decode("utf-8", "replace")
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True, max_num_fields=50))

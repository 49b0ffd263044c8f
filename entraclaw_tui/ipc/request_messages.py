"""Messages of `request.sock`: ask, wait, collect, cancel."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from entraclaw_tui.ipc.messages import Id, Params, Reason
from entraclaw_tui.model.consent import State, Tier

# In Python `$` also matches before a last line feed; JSON Schema has no other word for the end.
Resource = Annotated[str, msgspec.Meta(min_length=1, max_length=256, pattern=r"^[!-~]+$(?!\n)")]
ScopeName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:/~-]{1,256}$(?!\n)")]
Claims = Annotated[str, msgspec.Meta(max_length=8192, pattern=r"^[ -~]*$(?!\n)")]


class TokenResult(msgspec.Struct, frozen=True):
    """The token, delivered once."""

    access_token: str
    token_type: str
    expires_at: int
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"TokenResult(scopes={self.scopes!r}, expires_at={self.expires_at})"


class TokenRequest(Params, frozen=True):
    """Ask for a token. It waits for a person unless a live grant covers it."""

    resource: Resource
    scopes: Annotated[tuple[ScopeName, ...], msgspec.Meta(min_length=1, max_length=20)]
    flow: Literal["obo", "agent_obo", "agent_user", "app"] = "obo"
    agent: Annotated[str, msgspec.Meta(max_length=128)] = ""
    user_assertion: Annotated[str, msgspec.Meta(max_length=32_768)] = ""
    claims: Claims = ""
    """The claims challenge of a resource, as it came: the token is then asked for anew."""
    reason: Reason = ""
    idempotency_key: Annotated[str, msgspec.Meta(max_length=128)] = ""
    detach: bool = False
    collect: bool = False
    """Give the token in the answer itself where a live grant has one in hand."""
    expires_in: Annotated[int, msgspec.Meta(ge=10, le=300)] = 120
    """Seconds the request may wait for a decision."""


class TokenRequestResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the request stands now."""

    request_id: str
    state: State
    tier: Tier
    expires_at: int
    match_code: str | None = None
    token: TokenResult | None = None
    """With `collect`, and only while `state` is `delivered`: the token, this once."""


class TokenAwait(Params, frozen=True):
    """Wait for a change."""

    request_id: Id
    wait_ms: Annotated[int, msgspec.Meta(ge=0, le=300_000)] = 30_000


class TokenAwaitResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the request stands; `code` and `message` say why it ended."""

    request_id: str
    state: State
    code: str | None = None
    message: str | None = None
    claims: str | None = None
    """For `step_up`: what the user has to sign in with, as Entra wrote it."""


class TokenById(Params, frozen=True):
    """Collect the token, or cancel the request."""

    request_id: Id


class StateResult(msgspec.Struct, frozen=True):
    """The state after a cancel."""

    state: State

"""What is wished from Entra, and the token that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wish:
    """One exchange, as the stored request says it."""

    flow: str
    agent: str
    tenant: str
    account: str
    """The person, by user principal name, for whom the agent acts."""
    resource: str
    scopes: tuple[str, ...]
    user_assertion: str = field(default="", repr=False)
    """The person's token as the client handed it in; empty: the signed-in session's."""
    claims: str = ""
    """What the resource demanded of the token (a claims challenge)."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token. Its text shows in no repr."""

    access_token: str = field(repr=False)
    token_type: str
    expires_at: float
    scopes: tuple[str, ...]
    """What Entra says the token is good for; may differ from what was wished."""
    milliseconds: int = 0
    """How long the exchange took."""
    from_cache: bool = False
    """An equal exchange that ran at the same time gave it."""

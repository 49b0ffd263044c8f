"""The messages about a person's sign-in, on `control.sock`."""

from __future__ import annotations

from typing import Literal

import msgspec


class SignIn(msgspec.Struct, frozen=True):
    """Where the sign-in stands. Code and address go to the panel that began it, and to no other."""

    state: Literal["none", "waiting", "done", "failed", "cancelled", "expired"]
    account: str
    """For whom the agent acts, and so who has to sign in."""
    signed_in: bool
    """Whether a sign-in of this account is stored."""
    user_code: str = ""
    verification_uri: str = ""
    """Where the code is entered, in any browser (RFC 8628)."""
    expires_at: float = 0.0
    """When the code ends."""
    code: str = ""
    """A stable word for why it failed (`blocked`, `assertion_wrong` ...)."""
    message: str = ""
    hint: str = ""

    def __repr__(self) -> str:
        return f"SignIn({self.state})"

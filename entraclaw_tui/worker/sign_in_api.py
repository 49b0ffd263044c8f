"""What `control.sock` answers about the person's sign-in."""

from __future__ import annotations

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.framing import Call
from entraclaw_tui.ipc.messages import Nothing
from entraclaw_tui.ipc.sign_in import SignIn
from entraclaw_tui.worker.access import Access


class SignInApi:
    """Beginning takes an unlocked session; looking, cancelling and signing out are open."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def start(self, call: Call) -> SignIn:
        """Begin a sign-in by device code."""
        framing.decode_params(call, Nothing)
        session, engine = await self._access.unlocked()
        return await engine.signing_in.start(session, session.approver.words)

    async def status(self, call: Call) -> SignIn:
        """Say where it stands."""
        framing.decode_params(call, Nothing)
        session, engine = await self._access.anyone()
        return engine.signing_in.status(session)

    async def cancel(self, call: Call) -> SignIn:
        """End the one that waits."""
        framing.decode_params(call, Nothing)
        session, engine = await self._access.anyone()
        return await engine.signing_in.cancel(session, session.approver.words)

    async def sign_out(self, call: Call) -> SignIn:
        """Forget the stored sign-in."""
        framing.decode_params(call, Nothing)
        session, engine = await self._access.anyone()
        return await engine.signing_in.sign_out(session, session.approver.words)

"""Where PINs are checked: one at a time, off the loop, each wrong one dearer than the last."""

from __future__ import annotations

import asyncio

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker import pin
from entraclaw_tui.worker.approver import Approver
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.delays import CROWD_SECONDS, Delays
from entraclaw_tui.worker.permit import Permit
from entraclaw_tui.worker.pin import PinState
from entraclaw_tui.worker.rows import PinRow
from entraclaw_tui.worker.transaction import Transaction

_RESET = "pin_reset"


class PinDesk:
    """Knows the verifier, never the PIN."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._turn = asyncio.Lock()
        self._row: PinRow | None = None
        self._delays = Delays(core.clock)
        self.state: PinState = "missing"
        self._used: set[str] = set()

    async def load(self) -> None:
        """Read the verifier, and how many wrong PINs came lately."""
        since = self._core.clock.wall() - CROWD_SECONDS

        def read(txn: Transaction) -> tuple[PinRow | None, bool, int]:
            return (*txn.pin(), txn.audit_count("wrong_pin", since))

        self._row, there, wrong = await self._core.ledger.read(read)
        self.state = pin.state_of(self._row, there, self._core.keys)
        self._delays = Delays(self._core.clock, wrong)

    def wait(self, approver: Approver) -> float:
        """Return how many seconds this panel has to wait before its next PIN."""
        return self._delays.left(approver.process)

    def require_pin(self) -> None:
        """Raise WireError `no_pin` where no PIN can be checked: then nothing can be allowed."""
        if self.state == "set":
            return
        damaged = "The PIN's verifier is damaged: nothing can be allowed."
        missing = "No PIN is set: requests can be denied, not allowed."
        raise WireError(
            Code.NO_PIN,
            damaged if self.state == "damaged" else missing,
            "Set one with `sudo entraclaw-tui pin reset`.",
        )

    async def check(self, given: str, approver: Approver) -> None:
        """Return if this is the PIN. Raises WireError `wrong_pin` or `no_pin`."""
        async with self._turn:  # two tries at once must not pass one delay
            self.require_pin()
            self._delays.check(approver.process)
            row, keys = self._row, self._core.keys
            if row is not None and await asyncio.to_thread(pin.verify, given, row, keys):
                self._delays.right(approver.process)
                return
            wait = self._delays.wrong(approver.process)
            await self._core.ledger.change(
                lambda txn: txn.audit("wrong_pin", str(approver.pid), by=approver.words)
            )
        raise WireError(Code.WRONG_PIN, "That is not the PIN.", "", wait)

    async def set(self, new: str, old: str, approver: Approver) -> None:
        """Change the PIN. Raises WireError."""
        await self.check(old, approver)
        await self._put(new, approver, "")

    async def reset(self, new: str, permit: Permit, approver: Approver) -> None:
        """Set a first PIN, or a new one without the old: root permits it, once.

        Raises WireError.
        """
        async with self._turn:  # two at once must not both find the permit unused
            used = await self._core.ledger.read(lambda txn: txn.audit_about(_RESET, permit.nonce))
            row = self._row
            if used or permit.nonce in self._used or (row is not None and permit.at <= row.set_at):
                raise WireError(
                    Code.FORBIDDEN,
                    "This permit was used already.",
                    "Run `sudo entraclaw-tui pin reset` again.",
                )
            await self._put(new, approver, permit.nonce)
            self._used.add(permit.nonce)

    async def _put(self, new: str, approver: Approver, nonce: str) -> None:
        try:
            row = await asyncio.to_thread(pin.make, new, self._core.keys, self._core.clock.wall())
        except pin.UnfitPin as error:
            raise WireError(Code.INVALID_PARAMS, str(error)) from None

        def write(txn: Transaction) -> None:
            txn.put_pin(row)
            txn.audit("pin_set", str(approver.pid), by=approver.words)
            if nonce:
                txn.audit(_RESET, nonce, by=approver.words)

        await self._core.ledger.change(write)
        self._row = row
        self.state = "set"

"""Carries one decision of a sheet to the worker, and tells how it went. Knows no screen."""

from __future__ import annotations

import time
from collections.abc import Callable

from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import refusals
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.consent import Remember, Request


class Decider:
    """One decision at a time. `decided` is what this sheet did, once the worker took it."""

    def __init__(self, link: WorkerLink, clock: Callable[[], float] = time.time) -> None:
        self._link = link
        self._clock = clock
        self.busy = False
        self.decided = ""
        """`allow`, `deny` or empty."""
        self.note = ""
        self.retry_at = 0.0
        """Wall clock before which the worker takes no proof."""

    async def allow(self, request: Request, remember: Remember, proof: str) -> None:
        """Allow `request` as it was painted. Raises nothing; `note` says what went wrong."""
        try:
            await self._link.decide(request, "allow", remember, proof)
        except (WireError, ConnectionLost) as error:
            self._refused(error)
        except Exception as error:  # its traceback would show the PIN
            self.note = f"The decision could not be sent ({type(error).__name__})."
        else:
            self._done("allow")
        finally:
            self.busy = False

    async def deny(self, request: Request, reason: str, *, block: bool) -> None:
        """Deny `request`, and refuse its program from now on where `block`."""
        try:
            await self._link.decide(request, "deny", reason=reason)
            self._done("deny")
            if block:
                await self._link.block(request.requester.identity)
                self.note = "The program is blocked: it can ask no more."
        except (WireError, ConnectionLost) as error:
            self._refused(error)
        finally:
            self.busy = False

    def _done(self, decision: str) -> None:
        self.decided = decision
        self.note = ""

    def _refused(self, error: WireError | ConnectionLost) -> None:
        self.note, wait = refusals.plain(error)
        self.retry_at = self._clock() + wait

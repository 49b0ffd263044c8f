"""Somebody at a terminal of its own who decides whatever waits, over all lives of the worker.

usage: decider.py SOCKET PIN LEDGER REMEMBER

A request whose first permission has `Deny` in its name is denied, one with `Wait` is left to wait,
every other one is allowed by the PIN, and remembered so long where that is offered. A client that
has to rest may go on at once. Each decision that the worker has acknowledged becomes a line of
LEDGER (`ID allow`). It goes on until its terminal is taken away.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.event_client import EventClient
from tests.support.jottings import jot

_LOST = (OSError, AssertionError)


def command_of(socket: Path, pin: str, ledger: Path, *, remember: str = "once") -> list[str]:
    """Return the command that starts one."""
    return [sys.executable, "-B", __file__, str(socket), pin, str(ledger), remember]


@dataclass(frozen=True, slots=True)
class Decider:
    """What it was told at its start."""

    socket: Path
    pin: str
    ledger: Path
    remember: str

    async def one_life(self) -> None:
        """Decide until the worker goes. Raises OSError then."""
        client = await EventClient.open(self.socket, "decider")
        try:
            found: dict[str, Any] = await client.result("snapshot")
            await client.result("subscribe", since=found["seq"])
            await client.result("session.unlock", pin=self.pin)
            for one in found["clients"]:
                await self._wake(client, one)
            for request in found["requests"]:
                await self._look_at(client, request)
            event: dict[str, Any] = {"kind": "none"}
            while event["kind"] != "resync":
                event = await client.event()
                if event["kind"] == "request":
                    await self._look_at(client, event["request"])
                elif event["kind"] == "client":
                    await self._wake(client, event["client"])
        finally:
            await client.close()

    async def _wake(self, client: EventClient, one: Any) -> None:
        if one.get("resting_until"):
            await client.ask("client.unblock", identity=one["identity"])

    async def _look_at(self, client: EventClient, request: Any) -> None:
        name = request["scopes"][0]["name"]
        if request["state"] != "pending" or "Wait" in name:
            return
        decision = "deny" if "Deny" in name else "allow"
        more: dict[str, object] = {}
        if decision == "allow":
            offered = self.remember if self.remember in request["remember_options"] else "once"
            more = {"proof": self.pin, "remember": offered}
        answer = await client.ask(
            "request.decide",
            request_id=request["id"],
            digest=request["digest"],
            revision=request["revision"],
            decision=decision,
            **more,
        )
        if "result" in answer:
            jot(self.ledger, request["id"], decision)


async def _all_lives(decider: Decider) -> None:
    while True:
        try:
            await decider.one_life()
        except _LOST:
            # The worker was killed, or is not ready yet: a person would try again, too.
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    os.umask(0o077)
    path, pin, ledger, remember = sys.argv[1:]
    asyncio.run(_all_lives(Decider(Path(path), pin, Path(ledger), remember)))

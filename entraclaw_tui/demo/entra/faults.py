"""Faults on order: what the token endpoint shall answer next instead of the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from entraclaw_tui.demo.entra.directory import folder
from entraclaw_tui.demo.entra.table import Table
from entraclaw_tui.macos.host import Host

Manner = Literal["whole", "drop", "cut", "drip", "huge"]
"""How the answer goes out: whole; not at all; its first half; a byte at a time; far too long."""


class Fault(msgspec.Struct, frozen=True):
    """One wrong answer, given `times` times."""

    status: int
    error: str = "temporarily_unavailable"
    number: int = 90033
    text: str = "A transient error has occurred. Please try again."
    suberror: str = ""
    claims: str = ""
    retry_after: int = 0
    plain: str = ""
    """Send this text instead of JSON, as a proxy would."""
    delay: float = 0.0
    """Seconds to wait before the answer."""
    manner: Manner = "whole"
    times: int = 1


class Faults:
    """The queue of faults in a folder."""

    def __init__(self, where: Path) -> None:
        self._table = Table(where / "faults.json", Fault)

    def push(self, fault: Fault) -> None:
        """Order a fault, after those already ordered."""
        with self._table.change() as rows:
            rows.append(fault)

    def take(self) -> Fault | None:
        """Return the fault that is due, if any."""
        if not self._table.read():
            return None
        with self._table.change() as rows:
            if not rows:
                return None
            fault = rows.pop(0)
            if fault.times > 1:
                rows.insert(0, msgspec.structs.replace(fault, times=fault.times - 1))
        return fault

    def clear(self) -> None:
        """Order nothing any more."""
        with self._table.change() as rows:
            rows.clear()


def order_fault(host: Host, fault: Fault) -> None:
    """Make the authority's token endpoint answer wrongly, from the next request on."""
    Faults(folder(host)).push(fault)

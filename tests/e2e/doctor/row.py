"""One thing that is done to a pretend Mac, and every finding that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.furnished import FurnishedMac

Change = Callable[[FurnishedMac], object]


def nothing(_: FurnishedMac) -> None: ...


@dataclass(frozen=True)
class Row:
    """What makes a finding fire."""

    id: str
    change: Change
    """Done to the Mac: while it runs, or for a `fresh` one before launchd comes up."""
    also: frozenset[str] = frozenset()
    """What else is found then."""
    fresh: bool = False
    """Whether it takes a launchd, or a worker, of its own."""
    on: bool = True
    worker: bool = False
    """Whether a fresh one's worker has to answer before anything is done or looked at."""
    then: Change = nothing
    """Done to a fresh one that is on; waits for the state to be reached."""

    @property
    def found(self) -> set[str]:
        return {self.id, *self.also}


def row(id_: str, change: Change, *also: str) -> Row:
    """A change that is made, and unmade, while the agent works."""
    return Row(id_, change, frozenset(also))


def fresh(
    id_: str,
    change: Change,
    then: Change = nothing,
    *,
    also: tuple[str, ...] = (),
    on: bool = True,
    worker: bool = False,
) -> Row:
    """A change that launchd or the worker has to meet when it comes up."""
    return Row(id_, change, frozenset(also), True, on, worker, then)

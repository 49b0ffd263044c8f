"""What the gate must do, in a page: a small model that a test holds beside the real engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from entraclaw_tui.model.consent import Remember
from entraclaw_tui.worker.policy import REMEMBER_SECONDS

WAITS = 120.0
RESTS = 300.0


class Now(Enum):
    """Where the model has a request."""

    PENDING = auto()
    ALLOWED = auto()
    """Its token waits, or is on its way."""
    OVER = auto()


class Belief(Enum):
    """What the model says of a grant, or of a time."""

    YES = auto()
    MAYBE = auto()
    """Restarts and set clocks may end things early, never late."""
    NO = auto()


@dataclass
class Timed:
    """Something that began at a time, by both clocks, and lasts so long."""

    wall: float
    mono: float
    lasts: float
    doubtful: bool = False
    ended: bool = False

    def belief(self, wall: float, mono: float) -> Belief:
        """Whether it still holds."""
        self.ended |= wall >= self.wall + self.lasts or mono >= self.mono + self.lasts
        self.doubtful |= wall < self.wall
        if self.ended:
            return Belief.NO
        return Belief.MAYBE if self.doubtful else Belief.YES


@dataclass
class Rest:
    """A client may not ask for a while. Only the monotonic clock ends it, and a restart may."""

    mono: float
    doubtful: bool = False

    def belief(self, mono: float) -> Belief:
        """Whether it still rests."""
        if mono >= self.mono + RESTS:
            return Belief.NO
        return Belief.MAYBE if self.doubtful else Belief.YES


@dataclass
class ModelRequest:
    """One request."""

    client: str
    resource: str
    time: Timed
    state: Now = Now.PENDING
    code: str = ""
    remember: Remember = Remember.ONCE
    decided: str = ""
    wrong: int = 0
    delivered: int = 0


@dataclass
class Model:
    """Requests, grants, rests and switches."""

    wall: float
    mono: float
    requests: dict[str, ModelRequest] = field(default_factory=dict)
    grants: dict[tuple[str, str], tuple[Timed, Remember]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    rests: dict[str, Rest] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    paused: bool = False
    set_back: bool = False
    """The wall clock was, since the worker was started."""

    def timed(self, lasts: float) -> Timed:
        """Return something that begins now."""
        return Timed(self.wall, self.mono, lasts)

    def believes(self, time: Timed) -> Belief:
        """Whether something holds now."""
        return time.belief(self.wall, self.mono)

    def grant(self, client: str, resource: str) -> Belief:
        """Whether a remembered decision covers an ask."""
        found = self.grants.get((client, resource))
        return self.believes(found[0]) if found else Belief.NO

    def resting(self, client: str) -> Belief:
        """Whether a client has to rest."""
        found = self.rests.get(client)
        return found.belief(self.mono) if found else Belief.NO

    def waiting(self, client: str, resource: str) -> list[str]:
        """Return the requests of a client for something that wait for a decision."""
        return [
            id
            for id, request in self.requests.items()
            if (request.client, request.resource, request.state) == (client, resource, Now.PENDING)
        ]

    def block(self, client: str) -> None:
        """Block a client: what it has asked for is over, and its grants are."""
        self.blocked.add(client)
        for request in self.requests.values():
            if request.client == client:
                request.state = Now.OVER
        self.grants = {k: g for k, g in self.grants.items() if k[0] != client}

    def unblock(self, client: str) -> None:
        """Let it ask again, and forget how often it was refused."""
        self.blocked.discard(client)
        self.refusals.pop(client, None)
        self.rests.pop(client, None)

    def move(self, wall: float, mono: float) -> None:
        """The clocks go on, or are set. What ends at this time never holds again."""
        self.set_back |= wall < self.wall
        self.wall, self.mono = wall, mono
        times = [request.time for request in self.requests.values()]
        times += [time for time, _ in self.grants.values()]
        for time in times:
            self.believes(time)

    def allow(self, id: str, remember: Remember) -> None:
        """The person allows a request."""
        request = self.requests[id]
        request.state, request.decided, request.remember = Now.ALLOWED, "allow", remember
        self.refusals.pop(request.client, None)
        self.rests.pop(request.client, None)
        if remember is not Remember.ONCE:
            grant = self.timed(REMEMBER_SECONDS[remember])
            self.grants[request.client, request.resource] = (grant, remember)

    def deny(self, id: str) -> None:
        """The person denies a request, or nobody answers it."""
        request = self.requests[id]
        request.state = Now.OVER
        count = self.refusals.pop(request.client, 0) + 1
        if count < 2:
            self.refusals[request.client] = count
        else:
            self.rests[request.client] = Rest(self.mono)

    def restart(self) -> None:
        """A new worker: it forgets counts, and may end early what nobody watched."""
        self.refusals.clear()
        grants = self.grants.items()
        self.grants = {k: g for k, g in grants if g[1] is not Remember.UNTIL_LOCK}
        for time, _ in self.grants.values():
            time.doubtful |= self.set_back
        self.set_back = False
        for client in self.rests:
            self.rests[client] = Rest(self.mono, doubtful=True)

"""The real worker killed at every step of its work: what was said holds, and it is soon back."""

from __future__ import annotations

import contextlib
import random
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host
from tests.fault.test_crashes import keys_of
from tests.support import failpoints
from tests.support.autopsy import Autopsy
from tests.support.decider import command_of
from tests.support.demo import PIN, until
from tests.support.fault_table import Rows
from tests.support.jottings import jot
from tests.support.raw_client import RawClient
from tests.support.running_worker import RunningWorker, furnish, pretend_mac
from tests.support.terminal import Terminal

GRAPH = "https://graph.microsoft.com"
DEAD = (OSError, AssertionError)
"""What talking to a worker raises when it dies meanwhile."""


@pytest.fixture
def mac() -> Iterator[Host]:
    with pretend_mac() as host:
        furnish(host)
        yield host


class Story:
    """One program and one person, through all that can become of a request."""

    def __init__(self, worker: RunningWorker, heard: Path) -> None:
        self._worker = worker
        self._heard = heard
        self._open: dict[str, str] = {}
        """Requests whose end was not heard yet, by what they ask for: key and permission."""
        self._known: dict[str, str] = {}
        self.revoked = False
        """The last thing heard of grants is that all are revoked."""

    def go_on(self) -> None:
        """See to their end what the last worker left open."""
        with contextlib.closing(self._worker.client("story")) as client:
            for key, scope in list(self._open.items()):
                self._to_the_end(client, key, scope)

    def tell(self, name: str) -> None:
        """Ask, collect, use the grant, have it revoked, be denied, give up, fail."""
        with contextlib.closing(self._worker.client("story")) as client:
            self._revoke()
            self.revoked = False
            self._to_the_end(client, f"read {name}", "User.Read")
            client.result("token.request", resource=GRAPH, scopes=["User.Read"])
            until(lambda: '"used"' in self._worker.log()[-3000:], "the use is written down")
            self._merge(client)
            self._revoke()
            for kind in ("Deny", "Wait", "Fail"):
                self._to_the_end(client, f"{kind} {name}", f"Story{kind}.{name}")

    def _revoke(self) -> None:
        with contextlib.closing(self._worker.panel()) as panel:
            panel.result("grant.revoke_all")
        self.revoked = True

    def _merge(self, client: RawClient) -> None:
        for _ in range(2):
            asked = client.result("token.request", resource=GRAPH, scopes=["StoryWait.Twice"])
        client.result("token.cancel", request_id=asked["request_id"])

    def _to_the_end(self, client: RawClient, key: str, scope: str) -> None:
        self._open[key] = scope
        asked = client.result("token.request", resource=GRAPH, scopes=[scope], idempotency_key=key)
        request_id = str(asked["request_id"])
        if request_id.startswith("s_"):  # a grant of the last life answers, and nothing is filed
            del self._open[key]
            return
        if self._known.setdefault(key, request_id) != request_id:
            jot(self._heard, "other", self._known[key], request_id)
        jot(self._heard, "asked", request_id, scope)
        if "Wait" in scope:
            client.result("token.cancel", request_id=request_id)
        found = client.result("token.await", request_id=request_id, wait_ms=20_000)
        if found["state"] == "ready":
            client.result("token.collect", request_id=request_id)
            jot(self._heard, "collected", request_id)
        else:
            jot(self._heard, "ended", request_id, str(found["state"]))
        assert found["state"] not in ("pending", "approved", "exchanging"), found
        del self._open[key]


def plan(times: int, chance: random.Random) -> list[str]:
    """Every step so often, in any order; or every ninth one once."""
    if times == 0:
        return failpoints.names()[::9]
    chosen = failpoints.names() * times
    chance.shuffle(chosen)
    return chosen


@pytest.mark.parametrize(
    "times",
    [pytest.param(0, id="short"), pytest.param(20, id="long", marks=pytest.mark.fault)],
)
def test_death_at_every_step(mac: Host, folder: Path, table: Rows, times: int) -> None:
    worker = RunningWorker(mac)
    heard, decided = folder / "heard", folder / "decided"
    person = Terminal(command_of(worker.places.control_socket, PIN, decided, remember="1h"))
    story = Story(worker, heard)
    autopsy = Autopsy(worker.places, keys_of(mac), heard, decided, mac.root / "wishes", folder)
    chosen = plan(times, random.Random(3))
    ways_back, missed, alive_again = [], [], 0
    try:
        for number, step in enumerate(chosen):
            start = time.monotonic()
            before = (sys.executable, "-B", failpoints.__file__, step)
            with contextlib.suppress(*DEAD):  # it dies somewhere in here
                worker.start("0.02", before=before)
                ways_back.append(time.monotonic() - start)
                story.go_on()
                story.tell(str(number))
                worker.end()
            if worker.end() != -signal.SIGKILL:
                missed.append(step)
            autopsy.look()
            alive_again += bool(story.revoked and autopsy.live_grants)
        worker.start("0.02")
        story.go_on()
        with contextlib.closing(worker.panel()) as panel:
            verified = panel.result("audit.verify")
        worker.end()
        autopsy.look()
    finally:
        worker.end(signal.SIGKILL)
        person.close()
    slow = statistics.quantiles(ways_back, n=20)[-1]
    table(f"kills at {len(set(chosen))} steps of the worker's work", len(chosen), len(chosen))
    table("steps at which it did not die", len(missed), 0)
    table("requests acknowledged between them", autopsy.acknowledged)
    table("decisions acknowledged between them", autopsy.decisions)
    table("of all these lost, doubled or not approved, at steps", len(autopsy.broken), 0)
    table("revoked grants that were live after it", alive_again, 0)
    table("from a start to serving, seconds, p95", slow, "<= 2")
    assert missed == []
    assert autopsy.broken == []
    assert alive_again == 0
    assert verified["problem"] == ""
    if times:
        assert slow <= 2.0

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard import worker_view
from entraclaw_tui.dashboard.worker_view import KEPT, WorkerView
from entraclaw_tui.ipc.messages import Event, Session, Snapshot, WorkerInfo
from entraclaw_tui.model.consent import Client, Request, State


def test_what_is_over_is_bounded_and_what_waits_is_never_dropped(
    a_snapshot: Callable[..., Snapshot], a_request: Callable[..., Request]
) -> None:
    now = a_snapshot(1, a_request("waits"))
    for number in range(KEPT + 50):
        over = a_request(f"r{number}", state=State.DENIED)
        now = worker_view.apply(now, Event(number + 2, "request", request=over))
    assert len(now.requests) == KEPT + 1
    assert now.requests[0].id == "waits"
    assert now.requests[-1].id == f"r{KEPT + 49}"


def test_a_blocked_client_is_never_dropped(a_snapshot: Callable[..., Snapshot]) -> None:
    now = a_snapshot()
    for number in range(KEPT + 5):
        client = Client(f"c{number}", "n", "/n", 1.0, 1.0, blocked=number == 0)
        now = worker_view.apply(now, Event(number + 2, "client", client=client))
    assert now.clients[0].identity == "c0"
    assert len(now.clients) == KEPT + 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=40))
def test_the_last_word_of_the_newest_seq_stands(events: list[tuple[int, int]]) -> None:
    newest: dict[int, int] = {}
    seq = 5
    now = _snapshot(seq)
    for at, (number, key) in enumerate(events):
        client = Client(f"c{key}", str(at), "/n", 1.0, 1.0)
        now = worker_view.apply(now, Event(number, "client", client=client))
        if number >= seq:
            seq = number
            newest[key] = at
    assert now.seq == seq
    assert {c.identity: c.name for c in now.clients} == {
        f"c{key}": str(at) for key, at in newest.items()
    }


def test_a_first_loss_has_no_snapshot_to_lock() -> None:
    view = worker_view.lost(WorkerView(), "gone")
    assert (view.connected, view.reason, view.snapshot) == (False, "gone", None)
    assert not view.unlocked
    assert view.request("r1") is None


def _snapshot(seq: int) -> Snapshot:
    worker = WorkerInfo(1, "", 0.0, False, "ok", "ok", "", "", "", "")
    session = Session(False, None, False, "", True, "", "set")
    return Snapshot(seq, worker, session, (), (), (), ())

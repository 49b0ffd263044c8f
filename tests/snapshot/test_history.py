"""The history of requests, and what a decision left behind: a grant, a token."""

from __future__ import annotations

import msgspec
import pytest

from entraclaw_tui.dashboard.audit_lines import audit_line
from entraclaw_tui.model.consent import AuditEntry, State
from tests.snapshot.conftest import Look
from tests.support.panel import NOW, Stage, request, requests, snapshot


def stage(**changes: object) -> Stage:
    """A panel that knows of requests that ended in each way."""
    ended = (
        request("r0", age=90_000, ends=-80_000, state=State.EXPIRED),
        request("r6", age=900, state=State.DENIED, decided=893, decided_by="panel 4711 on ttys003"),
        request("r7", age=800, state=State.DELIVERED, decided=800, decided_by="grant"),
        request("r8", age=700, state=State.CANCELLED, decided=400),
    )
    it = Stage(**changes)  # type: ignore[arg-type]
    told = snapshot(seq=11, requests=(*ended, *requests()))
    it.later(lambda: it.link.tell(told), at=NOW)
    return it


@pytest.mark.parametrize("size", ["120x40", "80x24", "60x15"])
def test_history(look: Look, size: str) -> None:
    assert look(stage(), size, "h")


def test_history_by_its_state(look: Look) -> None:
    assert look(stage(), "80x24", "h", "slash", *"!state:waiting", "enter")


AUDIT = (
    AuditEntry(41, NOW - 1205, "asked", "r77", {"scopes": "Calendars.Read"}, ""),
    AuditEntry(
        42,
        NOW - 1200,
        "allowed",
        "r77",
        {"grant": "g1", "by": "panel 4711 on ttys003", "remember": "1h"},
        "",
    ),
    AuditEntry(43, NOW - 130, "used", "g1", {"process": "4907", "uses": "3"}, ""),
)


@pytest.mark.parametrize("size", ["120x40", "80x24", "60x15"])
def test_grant(look: Look, size: str) -> None:
    it = Stage()
    it.link.audit = AUDIT
    assert look(it, size, "3", "enter")


def test_token(look: Look) -> None:
    assert look(Stage(), "80x24", "7", "enter")


def test_audit_entry(look: Look) -> None:
    it = Stage()
    it.link.audit = AUDIT
    it.feeds.logs.put([audit_line(msgspec.structs.replace(AUDIT[1], at=NOW))])
    assert look(it, "80x24", "8", "G", "f", "i")

"""Lines of the audit and of clients as the logs show them."""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.dashboard.audit_lines import audit_line, told_by_audit
from entraclaw_tui.dashboard.client_logs import follow_all, parse
from entraclaw_tui.macos.logs import fields_of
from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.model.log import LogLine


def test_an_audit_entry_tells_who_what_and_by_whom() -> None:
    detail = {
        "by": "panel 7 on ttys001",
        "resource": "https://graph.microsoft.com",
        "client": "mcp-notes",
        "scopes": "User.Read",
        "seconds": "5",
        "why": "",
    }
    line = audit_line(AuditEntry(1, 5.0, "denied", "r1", detail, ""))
    assert (line.at, line.origin, line.level) == (5.0, "audit", "warning")
    assert line.message == "denied     mcp-notes  User.Read  by panel 7 on ttys001  for 5 s"
    told = dict(fields_of(line))
    assert told["resource"] == "https://graph.microsoft.com"
    assert (told["seq"], told["event"], told["subject"]) == ("1", "denied", "r1")


def test_an_audit_entry_says_nothing_twice() -> None:
    line = audit_line(AuditEntry(1, 5.0, "expired", "r1", {"client": "x", "why": "expired"}, ""))
    assert line.message == "expired    x"
    line = audit_line(AuditEntry(1, 5.0, "expired", "r1", {"client": "x", "why": "clock"}, ""))
    assert line.message == "expired    x  why clock"


def test_what_the_worker_log_says_of_events_is_told_by_the_audit() -> None:
    assert told_by_audit(LogLine(1.0, "worker", "info", "A client asks. event=asked subject=r1"))
    assert not told_by_audit(LogLine(1.0, "worker", "info", "The worker has started."))
    assert not told_by_audit(LogLine(1.0, "client", "info", "x: event=asked"))


def test_a_clients_line_has_its_time_and_name() -> None:
    assert parse("mcp-notes", "1970-01-02 00:00:00 Your code is 52") == LogLine(
        86400.0, "client", "info", "mcp-notes: Your code is 52"
    )
    assert parse("x", "no time at all") == LogLine(None, "client", "info", "x: no time at all")


async def test_all_clients_are_followed_but_not_their_errors(tmp_path: Path) -> None:
    (tmp_path / "one.log").write_text("1970-01-01 00:00:01 a\n")
    (tmp_path / "two.log").write_text("1970-01-01 00:00:02 b\n")
    (tmp_path / "two.err.log").write_text("1970-01-01 00:00:03 c\n")
    told: list[str] = []
    following = follow_all(tmp_path, 10)
    async for batch in following:
        told += [line.message for line in batch]
        if len(told) == 2:
            break
    await following.aclose()  # type: ignore[attr-defined]
    assert sorted(told) == ["one: a", "two: b"]

"""A grant, a token and an entry of the audit, each on a page of its own."""

from __future__ import annotations

import msgspec

from entraclaw_tui.dashboard.audit_lines import audit_line
from entraclaw_tui.dashboard.sheets.audit_entry import AuditEntrySheet
from entraclaw_tui.dashboard.sheets.grant import GrantSheet
from entraclaw_tui.dashboard.sheets.token import TokenSheet
from entraclaw_tui.ipc.errors import ConnectionLost
from entraclaw_tui.model.consent import AuditEntry
from tests.pilot.conftest import Play, Raise
from tests.support.panel import NOW, Stage, grants, snapshot, token


def entry(seq: int, event: str, subject: str, **detail: str) -> AuditEntry:
    return AuditEntry(seq, NOW - 2000 + seq, event, subject, detail, "0" * 64)


AUDIT = (
    entry(1, "asked", "r77", client="ide-plugin-entra", scopes="Calendars.Read"),
    entry(2, "allowed", "r77", grant="g1", by="panel 4711 on ttys003", remember="1h"),
    entry(3, "used", "g1", process="4907", uses="3"),
    entry(4, "used", "g2", process="9999", uses="1"),
)


def told(it: Play) -> str:
    """Everything that the page on top tells."""
    sheet = it.panel.screen
    assert isinstance(sheet, GrantSheet | TokenSheet | AuditEntrySheet)
    return "\n".join("".join(p.text for p in line) for line in sheet.lines(100, 80))


def crumbs(it: Play) -> str:
    sheet = it.panel.screen
    assert isinstance(sheet, GrantSheet | TokenSheet | AuditEntrySheet)
    return "".join(p.text for p in sheet.title_text())


async def test_a_grant_tells_its_decision_and_its_uses(play: Raise) -> None:
    stage = Stage()
    stage.link.audit = AUDIT
    it = await play(stage)
    await it.press("3", "enter")
    assert crumbs(it) == "Grants \u2192 Calendars.Read"
    page = told(it)
    assert "by panel 4711 on ttys003" in page
    assert "r77" in page
    assert "process 4907  uses 3" in page
    assert "9999" not in page
    await it.press("escape")
    assert it.at_home


async def test_x_on_the_page_revokes_that_grant_and_no_other(play: Raise) -> None:
    it = await play()
    await it.press("3", "enter", "x")
    assert it.stage.link.asked == [("revoke", "g1")]
    assert "Revoked Calendars.Read for ide-plugin-entra." in told(it)


async def test_an_ended_grant_says_why_it_cannot_be_revoked(play: Raise) -> None:
    it = await play()
    await it.press("3", "enter")
    first, *rest = grants()
    gone = msgspec.structs.replace(first, ended_at=NOW, ended_by="revoked")
    it.stage.link.tell(snapshot(seq=11, grants=(gone, *rest)))
    await it.pass_time(1)
    await it.press("x")
    assert it.stage.link.asked == []
    assert "This grant has ended already." in told(it)


async def test_a_panel_that_only_looks_revokes_nothing(play: Raise) -> None:
    it = await play(Stage(readonly=True))
    await it.press("3", "enter", "x")
    assert it.stage.link.asked == []
    assert "only looks" in told(it)


async def test_what_goes_wrong_is_said_on_the_page(play: Raise) -> None:
    it = await play()
    await it.press("3", "enter")
    it.stage.link.error = ConnectionLost("The worker closed the connection.")
    await it.press("x")
    assert "The worker closed the connection." in told(it)


async def test_a_token_is_forgotten_from_its_page(play: Raise) -> None:
    it = await play()
    await it.press("7", "enter")
    assert crumbs(it) == "Tokens \u2192 Calendars.Read"
    await it.press("x")
    assert it.stage.link.asked == [("forget", "g2")]


async def test_a_token_without_a_grant_says_so(play: Raise) -> None:
    once = msgspec.structs.replace(token("t1", "User.Read"), grant_id="")
    it = await play(Stage(first=snapshot(tokens=(once,))))
    await it.press("7", "enter", "n")
    assert it.stage.link.asked == []
    assert "allowed once" in told(it)


async def test_an_entry_of_the_audit_opens_from_its_line(play: Raise) -> None:
    stage = Stage()
    stage.link.audit = AUDIT
    it = await play(stage)
    stage.feeds.logs.put([audit_line(msgspec.structs.replace(AUDIT[1], at=NOW))])
    await it.press("8", "G", "f", "i")
    assert crumbs(it) == "Logs \u2192 allowed"
    page = told(it)
    assert "panel 4711 on ttys003" in page
    assert "process 4907" in page
    await it.press("escape")
    assert it.at_home


async def test_another_line_is_no_entry_and_says_so(play: Raise) -> None:
    it = await play()
    await it.press("8", "g", "i")
    assert it.at_home
    assert "no entry of the audit" in it.note

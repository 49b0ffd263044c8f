"""The status line: what a person has to know stays, however narrow the window is."""

from __future__ import annotations

import msgspec
import pytest

from entraclaw_tui.dashboard.details import DetailSheet
from entraclaw_tui.dashboard.panel_settings import taken
from entraclaw_tui.ipc.messages import Session
from entraclaw_tui.model.source import Loaded
from tests.pilot.conftest import Raise
from tests.support.panel import LOCKED, NOW, Stage, found, snapshot, sources, worker

OPEN = msgspec.structs.replace(LOCKED, unlocked=True, idle_ends_at=NOW + 590)
DENY_ONLY = msgspec.structs.replace(LOCKED, may_allow=False)


@pytest.mark.parametrize(
    ("session", "told"),
    [(OPEN, "session open 9 min"), (LOCKED, "session locked"), (DENY_ONLY, "deny only")],
)
@pytest.mark.parametrize("width", [60, 80])
async def test_whether_a_yes_counts_is_told_where_nothing_ails(
    play: Raise, width: int, session: Session, told: str
) -> None:
    it = await play(
        Stage(first=snapshot(session=session), mac=sources(findings=found(Loaded((), NOW)))),
        size=(width, 24),
    )
    line = it.text("status")
    assert "PRETEND MAC" in line
    assert "worker" in line
    assert told.removeprefix("session " if width < 80 else "") in line
    assert line.endswith("3 waiting")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("session", [OPEN, LOCKED])
async def test_trouble_does_not_push_the_session_out(
    play: Raise, width: int, session: Session
) -> None:
    ill = worker(paused=True, keychain="locked", storage="degraded")
    it = await play(Stage(first=snapshot(session=session, worker=ill)), size=(width, 24))
    line = it.text("status")
    assert ("open 9 min" if session.unlocked else "locked") in line.partition("paused")[2]
    assert ("storage" in line) == (width > 60)
    assert line.endswith("3 waiting")


async def test_words_give_way_before_what_they_tell(play: Raise) -> None:
    it = await play(Stage(first=snapshot(session=OPEN, worker=worker(paused=True))), size=(80, 24))
    line = it.text("status")
    for told in ("worker", "paused", "\u2717 3", "session open 9 min", "3 waiting"):
        assert told in line
    assert "4821" not in line


async def test_a_wide_line_tells_all_of_it(play: Raise) -> None:
    it = await play(
        Stage(first=snapshot(session=LOCKED), mac=sources(findings=found(Loaded((), NOW)))),
        size=(140, 40),
    )
    line = it.text("status")
    for told in ("demo@studio", "worker 4821", "up 3 h", "keychain", "session locked"):
        assert told in line


async def test_a_message_that_is_cut_names_the_key_that_shows_it_whole(play: Raise) -> None:
    settings = taken({"keys": {"messages": "f4"}})
    ill = worker(note="The disk is full, so nothing can be stored: " + "make room, " * 9 + "soon.")
    it = await play(Stage(first=snapshot(worker=ill), settings=settings), size=(80, 24))
    assert it.note.endswith("f4 shows it whole")
    assert "\u2026" in it.note
    await it.press("f4")
    sheet = it.panel.screen
    assert isinstance(sheet, DetailSheet)
    told = " ".join("".join(p.text for p in line).strip() for line in sheet.lines(70, 20))
    assert "make room, soon." in told


async def test_a_key_that_wants_the_worker_leads_to_what_mends_it(play: Raise) -> None:
    it = await play(Stage(reason="The worker is not running: it has no socket."))
    for key in ("u", "W", "B", "P"):
        await it.press(key)
        assert it.at_home
        assert "it has no socket. Pane 2 says what mends it." in it.note

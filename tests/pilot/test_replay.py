"""A recording shown again: the same rows from the file alone, and nothing that could be done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from textual._context import active_app
from textual.pilot import Pilot

from entraclaw_tui.dashboard.app import Panel
from entraclaw_tui.dashboard.replay.entries import Header
from entraclaw_tui.dashboard.replay.feeds import ReplayFeeds
from entraclaw_tui.dashboard.replay.panel import ReplayPanel
from entraclaw_tui.dashboard.replay.reading import Checked, check
from entraclaw_tui.dashboard.replay.recording import Recording
from entraclaw_tui.dashboard.replay.withheld import Door
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.model.consent import State
from entraclaw_tui.model.log import LogLine
from tests.pilot.conftest import Raise
from tests.support.panel import NOW, Stage, grants, host, request, requests, snapshot, worker

PANES = ("requests", "findings", "grants", "job", "keychain", "privacy", "tokens", "logs")
SIZE = (120, 40)


def recorded_by(stage: Stage, path: Path) -> Recording:
    recording = Recording.of_panel(path, host(), stage.clock, SIZE)
    recording.follow(stage.feeds)
    return recording


def painted(panel: Panel, name: str) -> list[str]:
    view = panel.home.panes.get(name) or panel.home.query_one(f"#{name}")
    lines = ("".join(s.text for s in view.render_line(y)) for y in range(view.size.height))
    return [line.rstrip() for line in lines]


def written(path: Path) -> bytes:
    return path.read_bytes()


def replay(recorded: Checked, home: Path, *, speed: float = 1000.0) -> ReplayPanel:
    return ReplayPanel(ReplayFeeds(recorded, speed), home, symbols=Symbols())


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        await pilot.pause()
        await asyncio.sleep(0.01)
    await pilot.pause()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bug.jsonl"


async def test_what_is_said_before_the_panes_stand_shows_once_they_do(
    play: Raise, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow machine everything may be said while the screen is still being put up."""
    stage = Stage()
    recording = recorded_by(stage, path)
    shown = await play(stage, SIZE)
    before = {name: painted(shown.panel, name) for name in PANES}
    recording.close()

    panel = replay(check(path), path.parent)
    stands = False
    monkeypatch.setattr(panel, "_stands", lambda: stands)
    begin, first = panel.feeds.start_first, panel._shown
    monkeypatch.setattr(panel.feeds, "start_first", lambda: None)

    def put_up() -> None:
        nonlocal stands
        if all(pane.is_mounted for pane in panel.home.panes.values()):
            begin()
        if panel._player.ended and not panel.feeds.logs.waiting:
            stands = True
            first()
        else:
            panel.set_timer(0.01, put_up)

    monkeypatch.setattr(panel, "_shown", put_up)
    async with panel.run_test(size=SIZE) as pilot:
        active_app.set(panel)
        await until(pilot, lambda: stands)
        panel.tick()
        await pilot.pause()
        assert {name: painted(panel, name) for name in PANES} == before


async def test_the_same_rows_appear(play: Raise, path: Path) -> None:
    stage = Stage()
    recording = recorded_by(stage, path)
    shown = await play(stage, SIZE)
    before = {name: painted(shown.panel, name) for name in PANES}
    recording.close()

    panel = replay(check(path), path.parent)
    async with panel.run_test(size=SIZE) as pilot:
        active_app.set(panel)
        await until(pilot, lambda: panel._player.ended and not panel.feeds.logs.waiting)
        panel.tick()
        await pilot.pause()
        assert {name: painted(panel, name) for name in PANES} == before
        status, note = painted(panel, "status")[0], painted(panel, "note")[0]
        assert " REPLAY " in status
        assert "demo@studio" in status
        told = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(NOW))
        assert f"REPLAY {told}, the recording ends here" in note
        # It was a demo's panel: its PIN stood in the banner, and is nowhere now.
        assert b"246810" not in written(path)


async def test_what_changed_later_changes_again(play: Raise, path: Path) -> None:
    stage = Stage()
    recording = recorded_by(stage, path)
    shown = await play(stage, SIZE)
    denied = [
        msgspec.structs.replace(r, state=State.DENIED, decided_at=NOW + 30, revision=2)
        if r.id == "r2"
        else r
        for r in requests()
    ]
    newcomer = request("r9", program="/usr/local/bin/newcomer")
    stage.clock.at = NOW + 30
    stage.link.tell(snapshot(seq=11, requests=(*denied, newcomer)))
    await shown.pilot.pause()
    stage.clock.at = NOW + 60
    stage.link.lose("The worker closed the connection.")
    await shown.pilot.pause()
    stage.clock.at = NOW + 90
    stage.link.tell(snapshot(seq=3, worker=worker(pid=5000), grants=grants()[:1]))
    await shown.pilot.pause()
    recording.close()

    kinds = [msgspec.json.decode(line).get("type") for line in written(path).splitlines()[1:]]
    assert kinds.count("events") == 1, "a change is written as a change"
    panel = replay(check(path), path.parent, speed=0.01)
    async with panel.run_test(size=SIZE) as pilot:
        active_app.set(panel)
        await until(pilot, lambda: "ide-plugin" in "".join(painted(panel, "requests")))
        assert "newcomer" not in "".join(painted(panel, "requests"))
        await pilot.press("p")
        await until(pilot, lambda: "paused" in painted(panel, "note")[0])
        stood = panel.feeds.player.clock() if isinstance(panel.feeds, ReplayFeeds) else 0.0
        await pilot.press("full_stop")
        await until(pilot, lambda: "newcomer" in "".join(painted(panel, "requests")))
        assert panel.desk.clock() > stood
        assert panel.feeds.link.view.connected
        for _ in range(30):  # each step is one thing that happened
            await pilot.press("full_stop")
        await until(pilot, lambda: panel._player.ended)
        assert panel.feeds.link.view.restarts == 1
        await until(pilot, lambda: "worker 5000" in painted(panel, "status")[0])
        assert "User.Read" not in "".join(painted(panel, "grants"))


async def test_hostile_text_in_a_recording_is_text(path: Path) -> None:
    def hostile(text: str) -> str:
        return f"[/nope] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202e{text}"

    bad = request("r1", program=hostile("/bin/x"), name=hostile("name"), reason=hostile("reason"))
    recording = Recording(path, Stage().clock, Door())
    recording._put(Header(1, hostile("0"), NOW, hostile("h"), hostile("u"), 501, "", False, 1, 1))
    recording._heard(WorkerView(True, "", snapshot(requests=(bad,)), NOW))
    recording._lines([LogLine(NOW, hostile("o"), hostile("l"), hostile("m"), hostile("raw"))])
    recording.close()
    panel = replay(check(path), path.parent)
    async with panel.run_test(size=SIZE) as pilot:
        active_app.set(panel)
        await until(pilot, lambda: panel._player.ended and not panel.feeds.logs.waiting)
        await pilot.press("enter")
        await until(pilot, lambda: len(panel.screen_stack) == 2)
        for name in (*PANES, "status", "note"):
            assert all(line.isprintable() for line in painted(panel, name))


async def test_nothing_can_be_done_to_anybody(play: Raise, path: Path) -> None:
    stage = Stage()
    recording = recorded_by(stage, path)
    await play(stage, SIZE)
    recording.close()
    panel = replay(check(path), path.parent)
    async with panel.run_test(size=SIZE) as pilot:
        active_app.set(panel)
        await until(pilot, lambda: panel._player.ended)
        for keys in ("d", "u", "L", "r", "i"):
            await pilot.press(keys)
            await pilot.pause()
        await pilot.press("4", "enter")  # the job's story was not looked at
        await until(pilot, lambda: "Nobody looked at this" in "".join(painted(panel, "job")))
        waiting = panel.feeds.link.view
        assert waiting.snapshot is not None
        assert waiting.snapshot.requests == requests()

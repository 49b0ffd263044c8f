"""Where no panel is open the person is told: rarely, merged, and never in the way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import psutil
import pytest
import pytest_asyncio

from entraclaw_tui.demo.mac import build
from entraclaw_tui.demo.mac.lean import DIALOG_BUTTON, DIALOGS
from entraclaw_tui.macos.host import Host, Ran
from entraclaw_tui.model.consent import State
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.worker import dialog, notice
from entraclaw_tui.worker.dialog import Answer, answer_of
from entraclaw_tui.worker.notice import Notices, Pace
from tests.support.worker_stage import PretendLine, WorkerStage

QUICK = Pace(gather=0.02, between=0.02, client=0.02, trouble=0.02)


class Screen:
    """A worker's engine, a pretend Mac's screen, and whether somebody looks at a panel."""

    def __init__(self, stage: WorkerStage, host: Host, pace: Pace = QUICK) -> None:
        self.stage = stage
        self.host = host
        self.watched = False
        engine = stage.engine
        self.notices = Notices(engine.core, host, lambda: self.watched, engine.decisions.deny, pace)

    @property
    def shown(self) -> list[dict[str, object]]:
        path = self.host.root / DIALOGS
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def texts(self) -> list[str]:
        return [str(arguments[1]) for arguments in map(arguments_of, self.shown)]

    def choose(self, **policy: object) -> None:
        self.stage.engine.core.policy = msgspec.convert(policy, Policy)

    def press(self, button: str) -> None:
        (self.host.root / DIALOG_BUTTON).write_text(button)

    def replace(self, script: str) -> None:
        """Put another program in the place of osascript."""
        tool = self.host.path("/usr/bin/osascript")
        tool.unlink()
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)

    async def tried(self, words: str) -> None:
        """Wait until the program in the place of osascript was handed these words."""
        path = self.host.root / "tries"
        await self.until(lambda: path.exists() and words in path.read_text())

    async def spoke(self, words: str) -> None:
        """Wait until the screen has shown these words."""
        await self.until(lambda: any(words in text for text in self.texts))

    async def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < deadline, self.shown
            await asyncio.sleep(0.01)


def arguments_of(shown: dict[str, object]) -> list[object]:
    found = shown["arguments"]
    assert isinstance(found, list)
    return found


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return build.prepare(tmp_path / "mac")


@pytest_asyncio.fixture
async def screen(stage: WorkerStage, host: Host) -> AsyncIterator[Screen]:
    it = Screen(stage, host)
    yield it
    await it.notices.close()


async def test_a_request_is_told_where_nobody_looks(screen: Screen) -> None:
    await screen.stage.ask(PretendLine("notes"), "User.Read", "Mail.Send")
    await screen.until(lambda: len(screen.shown) == 1)
    (shown,) = screen.shown
    assert shown["script"] == notice.SCRIPT.decode()
    assert screen.texts == [
        "To decide, open entraclaw-tui. notes asks for Mail.Send and 1 more (high)."
    ]


async def test_requests_that_come_together_are_told_together(screen: Screen) -> None:
    go = screen.host.root / "go"
    screen.replace(
        f'echo "$2" >> {screen.host.root}/tries; while [ ! -e {go} ]; do sleep 0.05; done'
    )
    await screen.stage.ask(PretendLine("first"))
    await screen.tried("first asks for")
    for name in ("notes", "mail", "files"):
        await screen.stage.ask(PretendLine(name))
    go.touch()
    await screen.tried("4 requests wait: notes, mail, files.")
    await screen.until(lambda: screen.notices.idle)
    assert len((screen.host.root / "tries").read_text().splitlines()) == 2


async def test_a_client_is_told_of_once_in_a_while(stage: WorkerStage, host: Host) -> None:
    screen = Screen(stage, host, Pace(gather=0, between=0, client=3600))
    await stage.ask(PretendLine("notes"))
    await screen.until(lambda: len(screen.shown) == 1)
    for scope in ("Mail.Read", "Files.Read", "Calendars.Read"):
        await stage.ask(PretendLine("notes"), scope)
    await stage.ask(PretendLine("other"))
    await screen.until(lambda: len(screen.shown) == 2)
    assert screen.texts[1] == "To decide, open entraclaw-tui. 5 requests wait: other."
    await screen.notices.close()


async def test_nothing_is_told_while_a_panel_looks(screen: Screen) -> None:
    screen.watched = True
    seen = await screen.stage.ask(PretendLine("seen"))
    await screen.until(lambda: screen.notices.idle)
    screen.watched = False
    await screen.stage.deny(screen.stage.session(), seen.request_id)
    await screen.stage.ask(PretendLine("unseen"))
    await screen.until(lambda: bool(screen.shown))
    assert "unseen asks" in screen.texts[0]


async def test_the_policy_turns_it_off(screen: Screen) -> None:
    screen.choose(notice=False)
    await screen.stage.ask(PretendLine())
    await screen.until(lambda: screen.notices.idle)
    assert screen.shown == []


@pytest.mark.parametrize("script", ["exit 1", "echo no >&2; exit 1", "kill -9 $$"])
async def test_a_notice_that_fails_is_said_once(screen: Screen, script: str) -> None:
    screen.replace(f'echo "$2" >> {screen.host.root}/tries; {script}')
    for name in ("one", "two", "three"):
        await screen.stage.ask(PretendLine(name))
        await screen.tried(name)
        await screen.until(lambda: screen.notices.idle)
    entries = await screen.stage.engine.housekeeping.tail(50)
    assert [e.event for e in entries].count("notice_failed") == 1


async def test_a_hung_osascript_holds_nothing_up_and_ends_with_the_worker(screen: Screen) -> None:
    pid = screen.host.root / "pid"
    screen.replace(f"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 1000")
    line = PretendLine("notes")
    asked = await screen.stage.ask(line)
    await screen.until(pid.exists)
    await screen.stage.deny(screen.stage.session(), asked.request_id)
    assert await screen.stage.settled(line, asked.request_id) is State.DENIED
    await screen.notices.close()
    await screen.until(lambda: not psutil.pid_exists(int(pid.read_text())))
    await screen.stage.ask(PretendLine("late"))
    assert screen.notices.idle


async def test_a_hung_osascript_is_killed_at_its_deadline(stage: WorkerStage, host: Host) -> None:
    screen = Screen(stage, host, replace(QUICK, deadline=0.3))
    screen.replace(f'echo "$2 $$" >> {host.root}/tries; exec sleep 1000')
    for name in ("one", "two"):
        await stage.ask(PretendLine(name))
        await screen.tried(name)
    await screen.until(lambda: screen.notices.idle)
    pids = [int(line.split()[-1]) for line in (host.root / "tries").read_text().splitlines()]
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)
    entries = await stage.engine.housekeeping.tail(50)
    assert [e.event for e in entries].count("notice_failed") == 1
    await screen.notices.close()


# -- the dialog


async def test_a_dialog_can_deny(screen: Screen) -> None:
    screen.choose(dialog=True)
    screen.press("Deny")
    line = PretendLine("notes")
    asked = await screen.stage.ask(line)
    assert await screen.stage.settled(line, asked.request_id) is State.DENIED
    assert screen.shown[0]["script"] == dialog.SCRIPT.decode()
    assert screen.stage.request(asked.request_id).decided_by == "the dialog on the screen"


@pytest.mark.parametrize("button", ["Review in the panel", "Allow", "deny", "", "OK"])
async def test_no_other_answer_decides(screen: Screen, button: str) -> None:
    screen.choose(dialog=True)
    screen.press(button)
    for name, scope in (("low", "User.Read"), ("medium", "Mail.Read"), ("high", "Mail.Send")):
        line = PretendLine(name)
        asked = await screen.stage.ask(line, scope)
        await screen.spoke(f"/{name}\n")
        await screen.until(lambda: screen.notices.idle)
        assert screen.stage.request(asked.request_id).state is State.PENDING
    assert screen.stage.exchange.wishes == []


async def test_what_was_decided_meanwhile_stays(screen: Screen) -> None:
    screen.choose(dialog=True)
    stands, go = screen.host.root / "stands", screen.host.root / "go"
    screen.replace(
        f"touch {stands}; while [ ! -e {go} ]; do sleep 0.05; done;"
        "echo '0:0: execution error: User canceled. (-128)' >&2; exit 1"
    )
    line = PretendLine("notes")
    asked = await screen.stage.ask(line)
    await screen.until(stands.exists)
    session = screen.stage.unlocked()
    await screen.stage.allow(session, asked.request_id, proof=screen.stage.pin)
    go.touch()
    await screen.until(lambda: screen.notices.idle)
    assert screen.stage.request(asked.request_id).decision == "allow"


@pytest.mark.parametrize(
    ("exit_status", "out", "err", "answer"),
    [
        (0, b"button returned:Review in the panel, gave up:false\n", b"", Answer.REVIEW),
        (0, b"button returned:, gave up:true\n", b"", Answer.NONE),
        (1, b"", b"12:40: execution error: Abgebrochen. (-128)\n", Answer.DENY),
        (1, b"", b"12:40: execution error: No user interaction allowed. (-1713)\n", Answer.FAILED),
        (0, b"button returned:Allow, gave up:false\n", b"", Answer.FAILED),
        (0, b"", b"execution error: User canceled. (-128)\n", Answer.FAILED),
        (1, b"button returned:Deny, gave up:false\n", b"(-128)\n", Answer.FAILED),
        (-9, b"", b"", Answer.FAILED),
    ],
)
def test_only_the_exact_answer_counts(
    exit_status: int, out: bytes, err: bytes, answer: Answer
) -> None:
    assert answer_of(Ran(exit_status, out, err)) is answer


def test_the_dialog_never_offers_to_allow() -> None:
    script = dialog.SCRIPT.decode()
    assert 'buttons {"Review in the panel", "Deny"}' in script
    assert 'default button "Deny" cancel button "Deny"' in script
    assert f"giving up after {dialog.GIVES_UP}" in script
    assert "llow" not in script

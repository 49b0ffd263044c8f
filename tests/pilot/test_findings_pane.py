"""The Findings pane: worst first, why and repair on Enter, a mark at what is concerned."""

from __future__ import annotations

import base64

import pytest

from entraclaw_tui.dashboard.sheets.finding import FindingSheet
from entraclaw_tui.ipc.messages import WorkerInfo
from entraclaw_tui.macos import clipboard
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.pilot.conftest import Play, Raise
from tests.support.panel import (
    NOW,
    Stage,
    always,
    findings,
    found,
    job,
    settle,
    snapshot,
    sources,
    worker,
)

MANY = tuple(
    Finding(f"f{n}", Severity.WARNING, f"Number {n} is a sentence that goes on. " * 6, ("x",), "y")
    for n in range(20)
)


def sheet_text(it: Play) -> str:
    sheet = it.panel.screen
    assert isinstance(sheet, FindingSheet)
    return "\n".join("".join(p.text for p in line) for line in sheet.lines(80, 40))


async def test_a_sentence_takes_two_lines_at_most_and_the_cursor_both(play: Raise) -> None:
    it = await play(Stage(mac=sources(findings=found(Loaded(MANY, NOW)))), (80, 24))
    await it.press("2")
    lines = it.text("findings").split("\n")
    assert lines[0].startswith("\u25b8 \u25b2 Number 0")
    assert lines[1].startswith("    ")
    assert lines[2].startswith("  \u25b2 Number 1")
    await it.press("j")
    assert it.text("findings").split("\n")[2].startswith("\u25b8 \u25b2 Number 1")
    await it.press("G")
    assert it.text("findings").split("\n")[-2].startswith("\u25b8 \u25b2 Number 19")
    await it.press("k")
    await it.press("g")
    assert it.text("findings").startswith("\u25b8 \u25b2 Number 0")


async def test_enter_tells_why_and_how_to_mend_it(play: Raise) -> None:
    it = await play()
    await it.press("2", "j", "enter")
    told = sheet_text(it)
    assert "launchd still uses an older definition of the job." in told
    assert "the file: python3.14 -I -B worker" in told
    assert "A changed definition counts once" in told
    assert "entraclaw-tui --root /tmp/ec-test agent restart --yes" in told
    assert "doctor --fix" in told
    await it.press("escape")
    assert it.at_home


async def test_the_command_is_copied_at_the_desk(
    play: Raise, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []

    async def copy(host: Host, text: str) -> None:
        copied.append(text)

    monkeypatch.setattr(clipboard, "copy", copy)
    it = await play()
    await it.press("2", "j", "enter", "c")
    assert copied == ["entraclaw-tui --root /tmp/ec-test agent restart --yes"]
    assert it.at_home
    assert "Copied" in it.note


async def test_over_ssh_the_terminal_gets_it(play: Raise, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Machine("studio", "demo", 501, "26.5", "25F71", "gui/501", True, True, False)
    it = await play(Stage(mac=sources(machine=always(Loaded(here, NOW)))))
    sent: list[str] = []
    monkeypatch.setattr(it.panel, "to_terminal", sent.append)
    await it.press("2", "enter", "c")
    (sequence,) = sent
    coded = base64.b64encode(b"/usr/bin/open x-apple.systempreferences:Privacy_AllFiles").decode()
    assert coded in sequence
    assert "Sent" in it.note
    assert "terminal" in it.note


async def test_a_clipboard_that_fails_says_so(play: Raise, monkeypatch: pytest.MonkeyPatch) -> None:
    async def copy(host: Host, text: str) -> None:
        raise ToolError("/usr/bin/pbcopy is not there.")

    monkeypatch.setattr(clipboard, "copy", copy)
    it = await play()
    await it.press("2", "enter", "c")
    assert "pbcopy is not there" in it.note


async def test_a_finding_without_a_command_has_nothing_to_copy(play: Raise) -> None:
    it = await play()
    await it.press("2", "G", "enter")
    assert "Delete them in Keychain Access." in sheet_text(it)
    await it.press("c")
    assert isinstance(it.panel.screen, FindingSheet)


async def test_what_is_concerned_is_marked(play: Raise) -> None:
    it = await play()
    assert "\u25b2 1 finding: launchd still uses" in it.text("job")
    rows = it.text("keychain").split("\n")
    assert [row.strip()[0] for row in rows[1:]] == ["\u25cf", "\u25b2", "\u25cf"]
    assert "\u2717 Full Disk Access" in it.text("privacy").replace("  ", " ")
    assert "\u2717 3 findings" in it.text("status")
    await it.press("5", "j", "enter")
    told = "\n".join(
        "".join(p.text for p in line)
        for line in it.panel.screen.lines(80, 40)  # type: ignore[attr-defined]
    )
    assert "Items of agents that are not set up any more" in told


async def test_nothing_wrong_is_said_and_marks_nothing(play: Raise) -> None:
    it = await play(Stage(mac=sources(findings=found(Loaded((), NOW)))))
    assert "Nothing is wrong that can be seen from here." in it.text("findings")
    assert "finding" not in it.text("status")
    assert "finding" not in it.text("job")
    await it.press("2", "enter")
    assert it.at_home


async def test_a_note_is_listed_and_alarms_nobody(play: Raise) -> None:
    note = Finding("n", Severity.NOTE, "It is worth a word.", ("x",), "y", about="job")
    it = await play(Stage(mac=sources(findings=found(Loaded((note,), NOW)))))
    assert "It is worth a word." in it.text("findings")
    assert "finding" not in it.text("status")


@pytest.mark.parametrize("answer", [Failed("It broke.", "Try again."), Empty("Not looked at.")])
async def test_trouble_is_a_state_of_the_pane(play: Raise, answer: Failed | Empty) -> None:
    it = await play(Stage(mac=sources(findings=found(answer))))
    assert answer.reason in it.text("findings")
    await it.press("2", "j", "k", "G", "enter")
    assert it.at_home


async def test_a_look_that_raises_is_a_state_of_the_pane(play: Raise) -> None:
    async def broken(known: object, worker: object) -> Failed:
        raise ZeroDivisionError

    it = await play(Stage(mac=sources(findings=broken)))
    assert "ZeroDivisionError" in it.text("findings")


async def test_the_filter_counts_findings_and_not_lines(play: Raise) -> None:
    it = await play()
    await it.press("2", "slash", *"error", "enter")
    assert it.home.pane.listed() == (1, 3)
    await it.press("escape")
    assert it.home.pane.listed() == (3, 3)


class Looks:
    """Looks for what is wrong, counts how often, and never twice at once."""

    def __init__(self) -> None:
        self.count = 0
        self.known: Loaded[Privacy] | None = None
        self.worker: WorkerInfo | None = None

    async def __call__(
        self, known: Loaded[Privacy] | None, worker: WorkerInfo | None
    ) -> Loaded[tuple[Finding, ...]]:
        self.count += 1
        self.known, self.worker = known, worker
        return Loaded(findings(), NOW)


async def test_another_state_of_job_or_worker_is_looked_at_at_once(play: Raise) -> None:
    looks = Looks()
    now: list[Job] = [job()]

    async def read_job() -> Loaded[Job]:
        return Loaded(now[0], NOW)

    it = await play(Stage(mac=sources(job=read_job, findings=looks)))
    before = looks.count
    it.panel.feeds.refresh()
    await settle(it.pilot, it.stage)
    await it.pass_time(0)
    asked = looks.count
    assert asked == before + 1, "a refresh asks once"
    now[0] = job(pid=None, state="not running", last_exit="1")
    it.panel.feeds._job.hurry()
    await it.pass_time(0)
    await it.pass_time(0)
    assert looks.count == asked + 1
    it.stage.link.tell(snapshot(worker=worker(keychain="locked")))
    await it.pass_time(0)
    await it.pass_time(0)
    assert looks.count == asked + 2
    assert looks.worker is not None
    assert looks.worker.keychain == "locked"
    assert looks.known is not None


async def test_the_same_state_again_is_not(play: Raise) -> None:
    looks = Looks()
    it = await play(Stage(mac=sources(findings=looks)))
    asked = looks.count
    for _ in range(3):
        it.panel.feeds._job.hurry()
        it.panel.feeds._keychain.hurry()
        it.stage.link.tell(snapshot(seq=11))
        await it.pass_time(0)
    assert looks.count == asked

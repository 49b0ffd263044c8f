"""Looking closely at privacy rows: whether they fit, who read them, where they are changed."""

from __future__ import annotations

import msgspec
import pytest

from entraclaw_tui.ipc.messages import PrivacyResult
from entraclaw_tui.macos.privacy import REFUSED
from entraclaw_tui.macos.tcc_match import Check, Match
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.pilot.conftest import Play, Raise
from tests.pilot.test_keychain_pane import EVIL, edge, sheet
from tests.support import closer
from tests.support.panel import NOW, Stage, always, privacy, sources

HERE = Machine("studio", "demo", 501, "26.5", "25F71", "gui/501", True, False, False)
FULL_DISK = "kTCCServiceSystemPolicyAllFiles"


def stage(
    close: closer.Closeness | None = None,
    told: Privacy | Empty | Failed | None = None,
    machine: Machine = HERE,
    **changes: object,
) -> Stage:
    found = told or privacy()
    answer = Loaded(found, NOW) if isinstance(found, Privacy) else found
    mac = sources(
        closer=(close or closer.Closeness()).closer(),
        privacy=always(answer),
        machine=always(Loaded(machine, NOW)),
    )
    return Stage(mac=mac, **changes)  # type: ignore[arg-type]


async def opened(play: Raise, it: Stage, row: int = 0) -> Play:
    shown = await play(it)
    await shown.press("6", *["j"] * row, "enter")
    return shown


async def test_a_row_is_compared_with_what_runs_now(play: Raise) -> None:
    close = closer.Closeness(match=closer.older)
    it = await opened(play, stage(close))
    assert close.asked == [f"match {FULL_DISK}"]
    told = sheet(it)
    assert "It is about another build than the one that is there now." in told
    assert f"build: {'6' * 40}" in told
    assert "codesign: says it does not fit" in told
    assert 'identifier "python3.14" and anchor apple generic' in told
    # What was found about it stands beside.
    assert "belongs to python3.14.5" in told


async def test_one_run_is_never_a_grant(play: Raise) -> None:
    once = msgspec.structs.replace(privacy().grants[1], state="this run only")
    it = await opened(play, stage(told=Privacy((once,), "read", "read")))
    assert "This is no grant" in sheet(it)
    row = it.text("privacy").splitlines()[1]
    assert "\u25cf" not in row
    assert "this run" in row


async def test_settings_open_at_the_screen(play: Raise) -> None:
    close = closer.Closeness()
    it = await opened(play, stage(close))
    assert "System Settings > Privacy & Security > Full Disk Access" in sheet(it)
    assert "x-apple.systempreferences:" in sheet(it)
    await it.press("o")
    assert close.asked[-1] == f"settings {FULL_DISK}"
    assert "opens at the Mac's screen" in sheet(it)


async def test_settings_that_do_not_open_say_why(play: Raise) -> None:
    it = await opened(play, stage(closer.Closeness(settings="/usr/bin/open cannot be run")))
    await it.press("o")
    assert "cannot be run" in sheet(it)


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (msgspec.structs.replace(HERE, over_ssh=True), "at the Mac"),
        (msgspec.structs.replace(HERE, domain="user/501"), "Nobody is logged in"),
    ],
)
async def test_without_a_screen_nothing_is_opened(
    play: Raise, machine: Machine, words: str
) -> None:
    close = closer.Closeness()
    it = await opened(play, stage(close, machine=machine))
    assert words in sheet(it)
    assert "o open it" not in edge(it)
    await it.press("o")
    assert not [asked for asked in close.asked if asked.startswith("settings")]


async def test_what_the_list_of_macos_27_tells_is_no_more_than_that(play: Raise) -> None:
    listed = PrivacyGrant(
        "kTCCServiceCamera", "Camera", "com.example.a", False, "granted", "", None, "user",
        listed=True,
    )  # fmt: skip
    it = await opened(play, stage(told=Privacy((listed,), "listed", "read")))
    told = sheet(it)
    assert told.count("not told by `tccutil list`") == 2
    assert "moved by this macOS" in told
    await it.press("escape", "s")
    assert "moved by this macOS" in sheet(it)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("absent", "absent: this macOS keeps it elsewhere"),
        ("denied", "not readable: that takes Full Disk Access"),
        ("damaged", "not understood"),
        ("listed", "moved by this macOS"),
    ],
)
async def test_the_states_of_a_database_are_kept_apart(play: Raise, state: str, words: str) -> None:
    it = await play(stage(told=Privacy(privacy().grants, state, "read")))
    await it.press("6")
    assert f"user {state}" in str(it.home.panes["privacy"]._frame)
    await it.press("s")
    assert words in sheet(it)


async def test_no_row_is_no_failure(play: Raise) -> None:
    it = await play(stage(told=Privacy((), "read", "read")))
    await it.press("6")
    assert "asked nothing" in it.text("privacy")
    await it.press("enter")
    assert it.at_home
    await it.press("s")
    assert "none: macOS has been asked nothing" in sheet(it)


# -- who reads


class Answering(Stage):
    """A stage whose worker reads the databases."""

    def __init__(self, answer: Loaded[Privacy] | Empty | Failed, **changes: object) -> None:
        self.answer = answer
        super().__init__(**changes)  # type: ignore[arg-type]
        self.link.privacy = self._privacy  # type: ignore[method-assign]

    async def _privacy(self) -> PrivacyResult:
        return PrivacyResult(self.answer)


def refused(machine: Machine = HERE) -> dict[str, object]:
    mac = sources(privacy=always(Failed(REFUSED, "old hint")), machine=always(Loaded(machine, NOW)))
    return {"mac": mac}


async def test_the_worker_reads_where_this_terminal_may_not(play: Raise) -> None:
    it = await play(Answering(Loaded(privacy(), NOW), **refused()))
    await it.press("6")
    assert "user + system read by the worker" in str(it.home.panes["privacy"]._frame)
    await it.press("enter")
    assert "the Mac's: read, by the worker" in sheet(it)
    await it.press("escape", "s")
    assert "by the worker, which may" in sheet(it)


async def test_where_neither_may_the_agents_program_is_the_one_to_allow(play: Raise) -> None:
    it = await play(Answering(Failed(REFUSED), **refused()), size=(80, 24))
    await it.press("6")
    assert "neither this terminal nor the worker" in it.text("privacy")
    assert f"Allow Full Disk Access for {closer.PYTHON}" in it.text("privacy")
    await it.press("s")
    assert "next step" in sheet(it)


@pytest.mark.parametrize(
    ("over_ssh", "step"), [(False, "Start the worker"), (True, "for remote users")]
)
async def test_without_a_worker_there_is_one_step_too(
    play: Raise, over_ssh: bool, step: str
) -> None:
    machine = msgspec.structs.replace(HERE, over_ssh=over_ssh)
    shown = Stage(reason="The worker is not running.", **refused(machine))  # type: ignore[arg-type]
    it = await play(shown, size=(80, 24))
    # The machine may have been told after the first look.
    await it.press("6", "r")
    await it.pass_time(1)
    assert step in it.text("privacy").replace("\n", " ")


async def test_a_database_that_is_denied_beside_one_that_is_read(play: Raise) -> None:
    partly = Privacy(privacy().grants, "read", "denied")
    it = await play(
        Answering(Loaded(privacy(), NOW), mac=sources(privacy=always(Loaded(partly, NOW))))
    )
    await it.press("6", "s")
    assert "by the worker, which may" in sheet(it)
    it = await play(stage(told=partly, reason="The worker is not running."))
    await it.press("6", "s")
    assert "Start the worker" in sheet(it)


async def test_hostile_text_stays_text_in_every_field(play: Raise) -> None:
    evil = PrivacyGrant(
        EVIL, EVIL, EVIL, False, EVIL, EVIL, NOW, "system", target=EVIL, requirement=EVIL
    )

    def match(grant: PrivacyGrant) -> Match:
        return Match(EVIL, True, False, EVIL, (Check(EVIL, False, EVIL, EVIL),))

    held = Privacy((evil,), EVIL, EVIL, EVIL, EVIL)
    close = closer.Closeness(match=match, settings=EVIL)
    it = await play(stage(close, held))
    for keys in (("6", "enter", "o"), ("escape", "s")):
        await it.press(*keys)
        shown = sheet(it).replace("\n", "")
        assert shown.isprintable()
        assert "\u202e" not in shown
    await it.press("escape")
    assert it.text("privacy").replace("\n", "").isprintable()

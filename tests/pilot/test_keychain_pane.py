"""Looking closely at Keychain items: what is told at once, and what only when a person asks."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from entraclaw_tui.dashboard.details import DetailSheet
from entraclaw_tui.dashboard.lines import Line
from entraclaw_tui.model.keychain import Keychain, KeychainItem, KeychainState
from entraclaw_tui.model.source import Failed, Loaded
from tests.pilot.conftest import Play, Raise
from tests.support import closer
from tests.support.panel import (
    NOW,
    Stage,
    always,
    item,
    keychain,
    once_then,
    snapshot,
    sources,
    worker,
)


def sheet(it: Play) -> str:
    """The facts of the sheet that is open, as many rows as it has."""
    screen = it.panel.screen
    assert isinstance(screen, DetailSheet)
    return text(screen.lines(88, 200))


def edge(it: Play) -> str:
    """The lower edge of the sheet: its keys."""
    screen = it.panel.screen
    assert isinstance(screen, DetailSheet)
    return text([screen.subtitle_text()])


def text(lines: Iterable[Line]) -> str:
    return "\n".join("".join(p.text for p in line).rstrip() for line in lines)


def stage(close: closer.Closeness, held: Keychain | None = None, **changes: object) -> Stage:
    mac = sources(closer=close.closer(), keychain=always(Loaded(held or keychain(), NOW)))
    return Stage(mac=mac, **changes)  # type: ignore[arg-type]


async def test_nobody_is_asked_who_reads_before_a_person_wants_it(play: Raise) -> None:
    close = closer.Closeness(Loaded(closer.readers_of(keychain().items), NOW))
    it = await play(stage(close))
    await it.press("5", "enter")
    told = sheet(it)
    assert "private key of the agent research-bot, version 1" in told
    assert "not asked yet; w asks" in told
    # What asking may do is said before it is done.
    assert "macOS may ask for your password" in told
    assert close.asked == []
    await it.press("w")
    assert close.asked == ["readers"]
    told = sheet(it)
    assert "The agent's python3.14 reads it without anybody being asked." in told
    assert "one build of a program" in told


async def test_what_was_asked_is_kept_for_every_item(play: Raise) -> None:
    close = closer.Closeness(Loaded(closer.readers_of(keychain().items), NOW))
    it = await play(stage(close))
    await it.press("5", "j", "enter", "w", "escape")
    assert it.at_home
    await it.press("j", "enter")
    assert "sign-in of demo@contoso.example at contoso.example" in sheet(it)
    assert "without anybody being asked" in sheet(it)
    assert close.asked == ["readers"]


async def test_escape_goes_back_to_the_same_row(play: Raise) -> None:
    it = await play()
    await it.press("5", "j", "j", "enter", "j", "escape")
    lines = [line for line in it.text("keychain").splitlines() if "\u25b8" in line]
    assert len(lines) == 1
    assert "sign-in" in lines[0]


async def test_an_item_of_another_program_says_so_beside_its_readers(play: Raise) -> None:
    old = "/opt/homebrew/Cellar/python@3.13/3.13.1/bin/python3.13"
    close = closer.Closeness(Loaded(closer.readers_of(keychain().items, made_by=old), NOW))
    it = await play(stage(close))
    await it.press("5", "enter", "w")
    told = sheet(it)
    assert "The agent's python3.14 is not on its list" in told
    assert f"{old}, which is not there" in told


async def test_a_refused_question_leaves_the_rest(play: Raise) -> None:
    close = closer.Closeness(Failed("security did not answer within 20 s", "Look at the screen."))
    it = await play(stage(close))
    await it.press("5", "enter", "w")
    assert "security did not answer within 20 s Look at the screen." in sheet(it)
    assert "created" in sheet(it)
    assert "w who can read it" in edge(it)


async def test_readers_of_an_item_that_was_written_since_count_no_more(play: Raise) -> None:
    held = keychain()
    close = closer.Closeness(Loaded(closer.readers_of(held.items), NOW))
    newer = tuple(msgspec.structs.replace(i, modified_at=NOW - 1) for i in held.items)
    it = await play(stage(close, msgspec.structs.replace(held, items=newer)))
    await it.press("5", "enter", "w")
    assert "not asked yet" in sheet(it)


async def test_a_key_that_was_replaced_names_the_newest(play: Raise) -> None:
    items = (item("key:research-bot:v1", 60), item("key:research-bot:v2", 1))
    held = Keychain("/Users/demo/Library/Keychains/login.keychain-db", items, 0, closer.OPEN)
    it = await play(stage(closer.Closeness(), held))
    await it.press("5", "enter")
    assert "version 1; the newest is 2" in sheet(it)
    await it.press("escape", "j", "enter")
    assert "version 2, the newest" in sheet(it)


async def test_findings_and_the_grant_stand_beside_an_item(play: Raise) -> None:
    it = await play()
    await it.press("5", "j", "enter")
    told = sheet(it)
    assert "Items of agents that are not set up any more" in told
    assert "of the grant g2: " in told


@pytest.mark.parametrize("tag", ["gena", "icmt"])
async def test_what_may_be_a_secret_is_never_shown(play: Raise, tag: str) -> None:
    it = await play()
    await it.press("5", "enter", "w")
    assert tag not in sheet(it)
    assert "bytes, not read" in sheet(it)


# -- the keychain itself


LOCKED = msgspec.structs.replace(keychain(), state=closer.LOCKED)
SHUT_OUT = snapshot(worker=worker(keychain="locked"))


async def test_a_keychain_that_only_this_session_sees_locked_is_no_alarm(play: Raise) -> None:
    it = await play(stage(closer.Closeness(), LOCKED))
    await it.press("5")
    assert "login open" in str(it.home.panes["keychain"]._frame)
    await it.press("s")
    assert "The agent runs in another session, which has it open." in sheet(it)
    assert "u unlock it" not in edge(it)


async def test_without_a_worker_this_session_is_what_counts(play: Raise) -> None:
    it = await play(stage(closer.Closeness(), LOCKED, reason="The worker is not running."))
    await it.press("5")
    assert "login locked" in str(it.home.panes["keychain"]._frame)
    await it.press("s")
    assert "security unlock-keychain" in sheet(it)


async def test_a_locked_keychain_shows_everywhere_and_how_to_unlock_it(play: Raise) -> None:
    it = await play(stage(closer.Closeness(), LOCKED, first=SHUT_OUT))
    await it.press("5")
    assert "login locked" in str(it.home.panes["keychain"]._frame)
    await it.press("s")
    told = sheet(it)
    assert "locked" in told
    assert "security unlock-keychain" in told
    assert "/Library/Keychains/System.keychain" in told
    assert "u unlock it" in edge(it)
    await it.press("escape", "enter")
    assert "The keychain is locked, so expect the question." in sheet(it)


async def test_a_panel_that_only_looks_unlocks_nothing(play: Raise) -> None:
    it = await play(stage(closer.Closeness(), LOCKED, first=SHUT_OUT, readonly=True))
    await it.press("5", "s")
    assert "u unlock it" not in edge(it)
    await it.press("u")
    assert isinstance(it.panel.screen, DetailSheet)


async def test_a_terminal_that_cannot_be_lent_says_so(play: Raise) -> None:
    it = await play(stage(closer.Closeness(), LOCKED, first=SHUT_OUT))
    await it.press("5", "s", "u")
    assert "This terminal cannot be lent." in it.note


async def test_at_the_screen_the_worker_tells_until_a_person_asks(play: Raise) -> None:
    unknown = KeychainState(None, search=closer.SEARCH, note="Not asked: a dialog could come.")
    held = msgspec.structs.replace(keychain(), state=unknown)
    close = closer.Closeness(lock=Loaded(KeychainState(False, True, 300, closer.SEARCH), NOW))
    it = await play(stage(close, held, first=SHUT_OUT))
    await it.press("5", "s")
    assert "cannot read it: keychain locked" in sheet(it)
    assert "a dialog could come" in sheet(it)
    assert "w ask" in edge(it)
    await it.press("w")
    assert close.asked == ["lock"]
    assert "open, locks after 5 min without use and when the Mac sleeps" in sheet(it)
    assert "w ask" not in edge(it)


async def test_a_keychain_that_locks_by_itself_names_the_remedy(play: Raise) -> None:
    state = KeychainState(False, True, 300, closer.SEARCH)
    held = msgspec.structs.replace(keychain(), state=state)
    it = await play(stage(closer.Closeness(), held))
    await it.press("5", "s")
    assert "`security set-keychain-settings` lets it stay open." in sheet(it)


async def test_a_question_without_an_answer_is_told(play: Raise) -> None:
    unknown = KeychainState(None, note="Not asked.")
    held = msgspec.structs.replace(keychain(), state=unknown)
    close = closer.Closeness(lock=Failed("security did not answer within 5 s"))
    it = await play(stage(close, held, reason="The worker is not running."))
    await it.press("5", "s", "w")
    assert "not known" in sheet(it)
    assert "did not answer within 5 s" in sheet(it)


# -- states


async def test_five_thousand_items_scroll_and_open(play: Raise) -> None:
    many: tuple[KeychainItem, ...] = tuple(item(f"token:research-bot:g{n}", 1) for n in range(5000))
    held = Keychain("/Users/demo/Library/Keychains/login.keychain-db", many, 142, closer.OPEN)
    it = await play(stage(closer.Closeness(), held), size=(80, 24))
    await it.press("5", "G", "enter")
    assert "token:research-bot:g4999" in sheet(it)
    await it.press("escape")
    assert "5000" in it.text("tabs")


async def test_old_items_open_too(play: Raise) -> None:
    failing = once_then(always(Loaded(keychain(), NOW)), Failed("The tool hung"))
    shown = Stage(mac=sources(keychain=failing))
    shown.later(shown.panel.feeds.refresh, at=NOW + 400)
    it = await play(shown)
    await it.press("5", "enter")
    assert "private key" in sheet(it)


EVIL = "\x1b[2J\u202e[@click=app.quit]x[/]\nnext\x9b"


async def test_hostile_text_stays_text_in_every_field(play: Raise) -> None:
    evil = KeychainItem(
        EVIL, EVIL, EVIL, f"key:{EVIL}:v1", EVIL, NOW, NOW, EVIL, 3, ((EVIL, EVIL),)
    )
    held = Keychain(EVIL, (evil,), 1, KeychainState(True, search=(EVIL,), note=EVIL))
    told = closer.readers_of((evil,), made_by=EVIL)
    close = closer.Closeness(Loaded(told, NOW), lock=Failed(EVIL))
    it = await play(stage(close, held, reason="The worker is not running."))
    for keys in (("5", "enter", "w"), ("escape", "s"), ("w",)):
        await it.press(*keys)
        shown = sheet(it).replace("\n", "")
        assert shown.isprintable()
        assert "\u202e" not in shown
    await it.press("escape")
    assert it.text("keychain").replace("\n", "").isprintable()


async def test_why_the_rows_are_old_is_said_before_what_they_were(play: Raise) -> None:
    why = Failed("/usr/bin/security did not answer within 10 s", "")
    failing = once_then(always(Loaded(keychain(), NOW)), why)
    it = await play(Stage(mac=sources(keychain=failing)), size=(80, 24))
    await it.press("5")
    assert "other items" in str(it.home.panes["keychain"].border_subtitle)
    it.panel.feeds.refresh()
    await it.until(lambda: it.home.panes["keychain"].stale)
    await it.pass_time(70)
    edge = str(it.home.panes["keychain"].border_subtitle)
    assert "70 s old: /usr/bin/security did not answer within 10 s" in edge
    assert "other items" not in edge

"""The job's story: chapters and their pages, one value at a time, and what is asked when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from entraclaw_tui.dashboard.sheets.finding import FindingSheet
from entraclaw_tui.doctor import repairs
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.job import EnvironmentName
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.pilot.conftest import Play, Raise
from tests.support import job_story
from tests.support.job_story import CHAPTERS, SECRET, Story
from tests.support.panel import CRASHING, NOW, Stage, always, found, job, sources


def stage(story: Story, **mac: object) -> Stage:
    return Stage(mac=sources(job_story=story.readers(), **mac))


async def until(it: Play, holds: Callable[[], bool]) -> None:
    """Wait until something holds on the screen."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, it.text("job")
        await asyncio.sleep(0.01)
        await it.pilot.pause()


def selected(it: Play) -> str:
    """The line with the cursor's sign."""
    return next(line for line in it.text("job").splitlines() if line.startswith("\u25b8"))


async def opened(play: Raise, story: Story, chapter: str = "", **mac: object) -> Play:
    """A panel with the job's chapters, or one of their pages, open."""
    it = await play(stage(story, **mac))
    await it.press("4", "enter")
    if chapter:
        await it.press(*"j" * CHAPTERS.index(chapter), "enter")
    await until(it, lambda: "reading" not in it.text("job"))
    return it


async def test_enter_opens_the_chapters_then_a_page_and_escape_goes_back(play: Raise) -> None:
    it = await opened(play, Story())
    shown = it.text("job")
    assert "valid" not in shown
    for told in (
        "up 3 h",
        "3 times; the last because KeepAlive wants it running always",
        "exit 0",
        "launchd has an older one: ProgramArguments",
        "Python 3.14.2 of Homebrew, in a virtual environment",
        "ad hoc: nobody vouches for it",
        "5 values, hidden; 2 of the whole session's",
        "i asks; macOS may want a password",
    ):
        assert told in shown
    await it.press("j", "j", "j", "j", "enter")
    assert "definition" in str(it.home.pane._frame)
    assert "The same in both" in it.text("job")
    await it.press("escape")
    assert it.home.zoomed
    assert "definition" in selected(it)
    await it.press("escape")
    assert not it.home.zoomed


async def test_the_page_under_the_cursor_shows_below_the_list(play: Raise) -> None:
    it = await opened(play, Story())
    assert "runs as" not in it.text("job")
    await it.press(*"j" * CHAPTERS.index("program"))
    assert "runs as" in it.text("job")
    await it.press("G")
    assert "printed" in selected(it)


async def test_leaving_and_coming_back_keeps_the_place(play: Raise) -> None:
    it = await opened(play, Story(), "environment")
    await it.press("j", "j")
    before = selected(it)
    await it.press("1", "4", "enter")
    assert selected(it) == before
    assert "environment" in str(it.home.pane._frame)


async def test_a_filter_belongs_to_its_page(play: Raise) -> None:
    it = await opened(play, Story(), "environment")
    await it.press("slash", *"api", "enter")
    assert "OTHER_API_KEY" in it.text("job")
    assert "XPC_SERVICE_NAME" not in it.text("job")
    await it.press("escape", "escape")
    assert "launchd log" in it.text("job")
    await it.press("slash", *"homebrew", "enter")
    assert "Python 3.14.2 of Homebrew" in it.text("job")
    assert "launchd log" not in it.text("job")


# -- one value at a time


async def reveal(it: Play, name: str) -> None:
    await it.press("g")
    while name not in selected(it):
        await it.press("j")
    await it.press("v", "v")


async def test_a_value_shows_at_the_second_press_and_goes_with_the_page(play: Raise) -> None:
    story = Story()
    it = await opened(play, story, "environment")
    assert SECRET not in it.text("job")
    await it.press("v")
    assert "v once more shows it" in it.text("job")
    assert not any("value" in one for one in story.asked)
    await it.press("j", "k")
    assert "v once more" not in it.text("job")
    await reveal(it, "OTHER_API_KEY")
    await until(it, lambda: SECRET in it.text("job"))
    assert [one for one in story.asked if "value" in one] == ["value of OTHER_API_KEY"]
    await it.press("escape")
    assert SECRET not in it.text("job")
    await it.press("enter")
    assert SECRET not in it.text("job")


async def test_one_value_at_a_time(play: Raise) -> None:
    it = await opened(play, Story(), "environment")
    await reveal(it, "OTHER_API_KEY")
    await until(it, lambda: it.text("job").count(SECRET) == 1)
    await reveal(it, "PATH")
    await until(it, lambda: it.text("job").count(SECRET) == 1)
    other = next(line for line in it.text("job").splitlines() if "OTHER_API_KEY" in line)
    assert "hidden" in other
    await it.press("v")
    assert SECRET not in it.text("job")


async def test_a_value_is_hidden_by_any_look_elsewhere(play: Raise) -> None:
    it = await opened(play, Story(), "environment")
    for key, back in (("question_mark", "escape"), ("1", "4"), ("slash", "escape")):
        if not it.home.zoomed:
            await it.press("enter")
        await reveal(it, "OTHER_API_KEY")
        await until(it, lambda: SECRET in it.text("job"))
        await it.press(key)
        assert SECRET not in it.text("job"), key
        await it.press(back)
        assert SECRET not in it.text("job"), key


async def test_a_value_shows_under_a_filter_too(play: Raise) -> None:
    it = await opened(play, Story(), "environment")
    await it.press("slash", *"api", "enter")
    await it.pass_time(1)
    await it.press("v")
    assert "It may be a secret" in it.note
    await it.press("v")
    await until(it, lambda: SECRET in it.text("job"))


async def test_no_source_holds_a_value(play: Raise) -> None:
    it = await opened(play, Story(), "environment")
    await reveal(it, "OTHER_API_KEY")
    await until(it, lambda: SECRET in it.text("job"))
    store = it.panel.feeds.store
    assert SECRET not in repr([store._values[name] for name in store.names])


async def test_a_value_that_cannot_be_read_says_so(play: Raise) -> None:
    it = await opened(play, Story(value=Failed("PATH is not set any more.")), "environment")
    await reveal(it, "PATH")
    await until(it, lambda: "PATH is not set any more." in it.note)


async def test_the_key_says_where_it_works(play: Raise) -> None:
    it = await opened(play, Story(), "program")
    await it.press("v")
    assert "where a variable is selected" in it.note


async def test_an_odd_name_is_shown_as_text(play: Raise) -> None:
    odd = (EnvironmentName("environment", "A[red]\x1b[2J", 3),)
    it = await opened(play, Story(environment=odd), "environment")
    assert "A[red]<U+001B>[2J" in it.text("job")


# -- what is asked when


async def test_login_items_are_asked_by_the_key_alone(play: Raise) -> None:
    story = Story()
    it = await opened(play, story, "login-items")
    await it.press("r")
    assert "login_items" not in story.asked
    await it.press("i")
    await until(it, lambda: "switched on in System Settings" in it.text("job"))
    await it.press("r", "escape")
    assert story.asked.count("login_items") == 1
    assert "switched on in System Settings" in it.text("job")


async def test_gatekeeper_is_asked_once_its_page_is_open(play: Raise) -> None:
    story = Story()
    it = await opened(play, story)
    assert "signature" in story.asked
    assert "assessment" not in story.asked
    await it.press(*"j" * CHAPTERS.index("signature"), "enter")
    await until(it, lambda: "as every plain program is" in it.text("job"))
    assert {"entitlements", "assessment", "ticket"} <= set(story.asked)


async def test_nothing_is_asked_while_nobody_looks(play: Raise) -> None:
    story = Story()
    it = await play(stage(story))
    await it.press("r", "4", "r")
    assert story.asked == []
    await it.press("enter")
    await until(it, lambda: "definition" in story.asked)
    await it.press("escape")
    story.asked.clear()
    await it.press("r", "r")
    assert story.asked == []


async def test_what_launchd_says_anew_is_followed(play: Raise) -> None:
    answers = [job(), job(**CRASHING)]

    async def changing() -> Loaded[object]:
        return Loaded(answers.pop(0) if len(answers) > 1 else answers[0], NOW)

    story = Story()
    it = await opened(play, story, job=changing)
    story.asked.clear()
    story.answers["said"] = ("Error: No such option '--listen'.",)
    await it.press("r")
    await until(it, lambda: "exit 78 EX_CONFIG" in it.text("job") and "said" in story.asked)
    await it.press("j", "j", "j", "enter")
    await until(it, lambda: "No such option" in it.text("job"))


# -- states


async def test_a_source_that_failed_says_so_and_the_others_go_on(play: Raise) -> None:
    it = await opened(play, Story(definition=Failed("launchctl did not answer", "Try again.")))
    shown = it.text("job")
    assert "\u2717 launchctl did not answer" in shown
    assert "ad hoc" in shown
    await it.press("j", "j", "j", "j", "enter")
    assert "Try again." in it.text("job")


async def test_a_job_that_launchd_does_not_know_still_has_a_file_and_a_program(
    play: Raise,
) -> None:
    gone = always(Empty("launchd does not know this job."))
    it = await opened(play, Story(started=Empty("There is no process.")), job=gone)
    shown = it.text("job")
    assert "not loaded" in shown
    assert shown.count("launchd does not know this job.") == 1
    assert "Python 3.14.2" in shown


async def test_a_job_that_launchd_does_not_know_says_why_and_what_mends_it(play: Raise) -> None:
    reason = "launchd does not know this job."
    disabled = Finding(
        "label-disabled", Severity.ERROR, "It is disabled.", (), "", repairs.START, about="job"
    )
    looked = found(Loaded((disabled,), NOW))
    it = await play(stage(Story(), job=always(Empty(reason)), findings=looked), size=(80, 24))
    await it.press("4")
    shown = it.text("job")
    for told in ("not loaded", "1 finding: It is disabled.", "mend        Start it.", reason):
        assert told in shown
    assert "entraclaw-tui --root" in shown
    assert "agent start --yes" in shown


async def test_what_differs_comes_first(play: Raise) -> None:
    changed = job_story.definition(ExitTimeOut="5")
    it = await opened(play, Story(definition=changed), "definition")
    lines = it.text("job").splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip() == "ExitTimeOut")
    assert "the file  20" in lines[at + 1]
    assert "launchd   5" in lines[at + 2]
    assert "after its process had started" in it.text("job")


async def test_a_finding_opens_from_its_page(play: Raise) -> None:
    it = await opened(play, Story(), "findings")
    assert "mend  Load it anew." in it.text("job")
    await it.press("enter")
    assert isinstance(it.panel.screen, FindingSheet)
    await it.press("escape")
    assert it.at_home
    assert "findings" in str(it.home.pane._frame)


async def test_keys_that_do_nothing_are_not_offered(play: Raise) -> None:
    it = await opened(play, Story())
    assert "ask Login Items" in it.text("keys")
    assert "show the value" not in it.text("keys")
    await it.press(*"j" * CHAPTERS.index("environment"), "enter")
    assert "show the value" in it.text("keys")
    assert " open " not in it.text("keys")

"""The job's story at the sizes that people have, and in every state of its sources."""

from __future__ import annotations

import pytest

from entraclaw_tui.macos.assessment import NO_APP, Assessment
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.job import EnvironmentName
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.snapshot.conftest import Look
from tests.support import job_story
from tests.support.job_story import CHAPTERS, Story
from tests.support.panel import CRASHING, NOW, Stage, always, found, job, sources

SIZES = ["120x40", "80x24", "60x15"]
PYTHON_ORG = Signature(
    path="/Library/Frameworks/Python.framework/Versions/3.14/bin/python3.14",
    status="valid",
    identifier="org.python.python",
    team="BMM5U3QVKW",
    authority=(
        "Developer ID Application: Python Software Foundation (BMM5U3QVKW)",
        "Developer ID Certification Authority",
        "Apple Root CA",
    ),
    cdhash="3f1c0a4b9d2e6f8035a1c4d7e9b0f2a3c5d6e7f8",
    flags=("runtime",),
    requirement='identifier "org.python.python" and anchor apple generic and certificate '
    "leaf[subject.OU] = BMM5U3QVKW",
    format="Mach-O universal (x86_64 arm64)",
    runtime="15.5.0",
)
NO_OPTION = (
    "Usage: entraclaw-tui worker [OPTIONS]",
    "Try 'entraclaw-tui worker --help' for help.",
    "Error: No such option '--listen'.",
)


def stage(story: Story | None = None, **mac: object) -> Stage:
    return Stage(mac=sources(job_story=(story or Story()).readers(), **mac))


def to(chapter: str) -> list[str]:
    return ["4", "enter", *["j"] * CHAPTERS.index(chapter), "enter"]


def crashing() -> Stage:
    story = Story(
        said=NO_OPTION,
        started=Empty("There is no process."),
        process=Empty("There is no process."),
        told=(
            *job_story.log(),
            LogLine(
                NOW - 6,
                "launchd",
                "info",
                "gui/501/com.entraclaw.agent [5310]: exited due to exit(64)",
            ),
            LogLine(
                NOW - 5,
                "launchd",
                "warning",
                "gui/501/com.entraclaw.agent: Service only ran for 0 seconds. Pushing respawn "
                "out by 10 seconds.",
            ),
        ),
    )
    loop = CRASHING | {
        "pended": "",
        "last_exit": "64: EX_USAGE",
        "exit_code": 64,
        "exit_name": "EX_USAGE",
        "immediate_reason": "",
        "properties": ("runatload", "penalty box"),
        "semaphores": (("successful exit", "0"),),
    }
    failed = Finding(
        "crash-loop",
        Severity.ERROR,
        "The agent was started 17 times and failed the last time.",
        ("state = spawn scheduled", "runs = 17", "last exit code = 64: EX_USAGE"),
        "launchd tries again every 10 seconds.",
        None,
        "job",
    )
    return stage(
        story,
        job=always(Loaded(job(**loop), NOW)),
        findings=found(Loaded((failed,), NOW)),
    )


@pytest.mark.parametrize("size", SIZES)
def test_chapters(look: Look, size: str) -> None:
    assert look(stage(), size, "4", "enter")


@pytest.mark.parametrize("size", SIZES)
def test_chapters_of_a_crash_loop(look: Look, size: str) -> None:
    assert look(crashing(), size, "4", "enter")


@pytest.mark.parametrize("size", ["120x40", "80x24"])
def test_how_it_ended(look: Look, size: str) -> None:
    assert look(crashing(), size, *to("ended"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_page(look: Look, chapter: str) -> None:
    assert look(stage(), "80x24", *to(chapter))


@pytest.mark.parametrize("size", SIZES)
def test_definition_differs(look: Look, size: str) -> None:
    changed = job_story.definition(
        ExitTimeOut="5", ProgramArguments=job_story.COMMAND.replace(" -B", "")
    )
    assert look(stage(Story(definition=changed)), size, *to("definition"))


@pytest.mark.parametrize("size", ["120x40", "80x24"])
def test_signed_by_somebody(look: Look, size: str) -> None:
    entitled = {
        "com.apple.security.cs.allow-jit": True,
        "com.apple.security.cs.disable-library-validation": True,
    }
    story = Story(
        signature=PYTHON_ORG,
        entitlements=entitled,
        assessment=Assessment(False, origin=PYTHON_ORG.authority[0], reason=NO_APP),
    )
    assert look(stage(story), size, *to("signature"))


@pytest.mark.parametrize("size", SIZES)
def test_a_value_is_shown(look: Look, size: str) -> None:
    assert look(stage(), size, *to("environment"), "j", "j", "v", "v")


def test_a_value_is_asked_for(look: Look) -> None:
    assert look(stage(), "80x24", *to("environment"), "v")


def test_login_items_were_asked(look: Look) -> None:
    off = (job_story.login_item(enabled=False),)
    assert look(stage(Story(login_items=off)), "80x24", *to("login-items"), "i")


@pytest.mark.parametrize("size", SIZES)
def test_every_source_failed(look: Look, size: str) -> None:
    silent = Failed("/bin/launchctl did not answer within 5 s", "Try again in a moment.")
    story = Story(**dict.fromkeys(job_story.Story().answers, silent))
    mac = {"job": always(silent), "findings": found(Failed("Looking broke.", ""))}
    assert look(stage(story, **mac), size, "4", "enter")


def test_a_failed_page(look: Look) -> None:
    slow = Failed("/usr/bin/codesign did not answer within 5 s", "Try again in a moment.")
    assert look(stage(Story(signature=slow)), "80x24", *to("signature"))


@pytest.mark.parametrize("size", ["120x40", "80x24"])
def test_not_loaded(look: Look, size: str) -> None:
    gone = Empty("launchd does not know this job (looked in gui/501 and user/501).")
    idle = Finding(
        "job-not-loaded",
        Severity.ERROR,
        "The agent's job is not loaded.",
        (gone.reason,),
        "launchd reads definitions at login, or when it is told to.",
        None,
        "job",
    )
    story = Story(
        definition=job_story.unloaded(),
        **dict.fromkeys(("started", "process", "environment", "told", "said"), gone),
    )
    assert look(
        stage(story, job=always(gone), findings=found(Loaded((idle,), NOW))), size, "4", "enter"
    )


@pytest.mark.parametrize("size", ["80x24", "60x15"])
def test_old_answers(look: Look, size: str) -> None:
    story = Story()
    story.at = NOW - 400
    lost = Failed("The tool did not answer within 5 s", "")
    story.later = dict.fromkeys(("definition", "signature", "environment", "told"), lost)
    assert look(stage(story), size, "4", "enter", "r")


def test_an_old_page(look: Look) -> None:
    story = Story()
    story.at = NOW - 400
    story.later = {"definition": Failed("/bin/launchctl did not answer within 5 s", "")}
    assert look(stage(story), "80x24", *to("definition"), "r")


@pytest.mark.parametrize("chapter", ["environment", "log"])
def test_overfull(look: Look, chapter: str) -> None:
    names = tuple(
        EnvironmentName("inherited environment", f"A_VARIABLE_WITH_A_LONG_NAME_{n:03}", n)
        for n in range(200)
    )
    lines = tuple(
        LogLine(NOW - 500 + n, "launchd", "info", f"gui/501/com.entraclaw.agent [4821]: line {n} ")
        for n in range(500)
    )
    assert look(stage(Story(environment=names, told=lines)), "80x24", *to(chapter))

"""Plans: what is done for each thing that may be there. No Mac is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos import agent_plans
from entraclaw_tui.macos.agent_driver import foreseen
from entraclaw_tui.macos.agent_seen import DefinitionFile, Seen
from entraclaw_tui.macos.agent_steps import Kind, Plan
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.job import Job

PLIST = "/Users/demo/Library/LaunchAgents/com.entraclaw.agent.plist"
COMMAND = ("/opt/python", "-m", "entraclaw_tui", "worker")
WANTED: dict[str, object] = {"Label": LABEL, "ProgramArguments": list(COMMAND), "ExitTimeOut": 20}
FILE = DefinitionFile(PLIST, True, WANTED)
NO_FILE = DefinitionFile(PLIST)
UP = Job(LABEL, "gui/501", "running", 4711, arguments=COMMAND, runs=1, exit_timeout_seconds=20)
DOWN = Job(LABEL, "gui/501", "not running", arguments=COMMAND, runs=1, exit_timeout_seconds=20)
OLD = Job(LABEL, "gui/501", "running", 4711, arguments=("/opt/old",), exit_timeout_seconds=7)
ENDING = Job(LABEL, "gui/501", "SIGTERMed", 4711, arguments=COMMAND, exit_timeout_seconds=20)
ELSEWHERE = Job(LABEL, "user/501", "running", 4712, arguments=COMMAND)
SIGNED_ANEW = Job(
    LABEL, "gui/501", "not running", arguments=COMMAND, last_reason="OS_REASON_CODESIGNING"
)

LOAD = [Kind.ENABLE, Kind.BOOTSTRAP, Kind.NUDGE, Kind.RUNNING]
RELOAD = [Kind.BOOTOUT, Kind.GONE, *LOAD]
KICK = [Kind.KICKSTART, Kind.RUNNING]
ENABLED = [Kind.ENABLE, Kind.OVERRIDE]


def seen(*jobs: Job, file: DefinitionFile = FILE, override: bool | None = None) -> Seen:
    return Seen("gui/501", file, jobs, override)


def install(what: Seen) -> Plan:
    return agent_plans.install(what, WANTED, "/opt/python")


PLANS: dict[str, Callable[[Seen], Plan]] = {
    "install": install,
    "uninstall": agent_plans.uninstall,
    "start": agent_plans.start,
    "stop": agent_plans.stop,
    "restart": agent_plans.restart,
    "enable": agent_plans.enable,
    "disable": agent_plans.disable,
}


@pytest.mark.parametrize(
    ("verb", "what", "kinds"),
    [
        ("install", seen(file=NO_FILE), [Kind.WRITE, *LOAD]),
        ("install", seen(), LOAD),
        ("install", seen(UP), []),
        ("install", seen(UP, override=True), ENABLED),
        ("install", seen(DOWN), KICK),
        ("install", seen(OLD), RELOAD),
        ("install", seen(UP, file=NO_FILE), [Kind.WRITE, *RELOAD]),
        ("install", seen(UP, file=DefinitionFile(PLIST, True, WANTED, "odd")), [Kind.WRITE]),
        ("install", seen(ELSEWHERE), RELOAD),
        ("start", seen(), LOAD),
        ("start", seen(UP), []),
        ("start", seen(UP, override=True), ENABLED),
        ("start", seen(DOWN), KICK),
        ("start", seen(DOWN, override=True), [*ENABLED, *KICK]),
        ("start", seen(OLD), []),
        ("start", seen(ENDING), RELOAD),
        ("start", seen(ELSEWHERE), []),
        ("start", seen(SIGNED_ANEW), RELOAD),
        ("start", seen(UP, ELSEWHERE), [Kind.BOOTOUT, Kind.BOOTOUT, Kind.GONE, Kind.GONE, *LOAD]),
        ("restart", seen(), LOAD),
        ("restart", seen(UP), KICK),
        ("restart", seen(DOWN), KICK),
        ("restart", seen(OLD), RELOAD),
        ("restart", seen(ENDING), RELOAD),
        ("restart", seen(SIGNED_ANEW), RELOAD),
        ("stop", seen(UP), [Kind.BOOTOUT, Kind.DISABLE, Kind.GONE, Kind.OVERRIDE]),
        ("stop", seen(UP, override=True), [Kind.BOOTOUT, Kind.GONE, Kind.OVERRIDE]),
        ("stop", seen(), [Kind.DISABLE, Kind.OVERRIDE]),
        ("stop", seen(override=True), []),
        ("stop", seen(file=NO_FILE), []),
        ("enable", seen(override=True), ENABLED),
        ("enable", seen(override=False), []),
        ("enable", seen(), []),
        ("disable", seen(UP), [Kind.DISABLE, Kind.OVERRIDE]),
        ("disable", seen(override=True), []),
        ("uninstall", seen(UP), [Kind.BOOTOUT, Kind.GONE, Kind.REMOVE]),
        ("uninstall", seen(override=True), [Kind.REMOVE, *ENABLED]),
        ("uninstall", seen(file=NO_FILE), []),
    ],
)
def test_what_is_done(verb: str, what: Seen, kinds: list[Kind]) -> None:
    plan = PLANS[verb](what)
    assert [step.kind for step in plan.steps] == kinds
    assert not plan.refused
    assert plan.sentence


@pytest.mark.parametrize(
    ("what", "changed", "kinds"),
    [
        (seen(UP), "", [Kind.RECORD]),
        (seen(UP), "The package changed.", [Kind.RECORD, *RELOAD]),
        (seen(DOWN), "The package changed.", [Kind.RECORD, *RELOAD]),
        (seen(), "The package changed.", [Kind.RECORD, *LOAD]),
        (seen(file=NO_FILE), "", [Kind.WRITE, Kind.RECORD, *LOAD]),
    ],
)
def test_a_program_that_changed_is_written_down_and_run_anew(
    what: Seen, changed: str, kinds: list[Kind]
) -> None:
    plan = agent_plans.install(what, WANTED, "/opt/python", record="/x.json", changed=changed)
    assert [step.kind for step in plan.steps] == kinds


@pytest.mark.parametrize("verb", ["start", "restart"])
@pytest.mark.parametrize(
    ("what", "why"),
    [
        (seen(file=NO_FILE), "not installed"),
        (seen(file=DefinitionFile(PLIST, True, None, "it is a link")), "it is a link"),
        (Seen("user/501", FILE), "nobody is logged in at the screen"),
    ],
)
def test_what_launchd_would_refuse_is_not_tried(verb: str, what: Seen, why: str) -> None:
    plan = PLANS[verb](what)
    assert plan.steps == ()
    assert why in plan.refused
    assert "agent install" in plan.hint
    assert foreseen(plan).exit == 2


def test_the_commands_are_whole() -> None:
    plan = agent_plans.restart(seen(OLD))
    target = f"gui/501/{LABEL}"
    assert [" ".join(step.command) for step in plan.steps] == [
        f"/bin/launchctl bootout {target}",
        f"/bin/launchctl print {target}",
        f"/bin/launchctl enable {target}",
        f"/bin/launchctl bootstrap gui/501 {PLIST}",
        f"/bin/launchctl kickstart {target}",
        f"/bin/launchctl print {target}",
    ]
    assert "-k" in agent_plans.restart(seen(UP)).steps[0].command
    assert "-k" not in agent_plans.restart(seen(DOWN)).steps[0].command


def test_waits_know_the_job_s_own_time() -> None:
    wait = agent_plans.stop(seen(OLD)).steps[2]
    assert (wait.kind, wait.seconds, wait.pid) == (Kind.GONE, 17.0, 4711)


def test_a_running_job_of_an_older_definition_is_a_warning() -> None:
    plan = agent_plans.start(seen(OLD))
    assert foreseen(plan).exit == 1
    assert "ProgramArguments, ExitTimeOut" in plan.warning
    assert "agent restart" in plan.hint


def test_a_newer_file_is_loaded_anew() -> None:
    what = Seen("gui/501", FILE, (UP,), None, True)
    assert [step.kind for step in agent_plans.restart(what).steps] == RELOAD


def test_what_cannot_be_undone_says_so_and_comes_last() -> None:
    plan = agent_plans.uninstall(
        seen(UP), items=("key:bot:v1", "pin:v1"), keychain="/k", folder="/f"
    )
    assert [step.reversible for step in plan.steps] == [True] * 3 + [False] * 3
    assert plan.steps[-1].path == "/f"
    assert "stay" not in plan.sentence
    nothing = agent_plans.uninstall(seen(UP), items=(), folder="")
    assert "stay" not in nothing.sentence
    kept = agent_plans.uninstall(seen(UP))
    assert "settings and Keychain items stay" in kept.sentence


JOBS = st.sampled_from([(), (UP,), (DOWN,), (OLD,), (ENDING,), (ELSEWHERE,), (UP, ELSEWHERE)])
FILES = st.sampled_from([FILE, NO_FILE, DefinitionFile(PLIST, True, None, "odd")])


@given(st.sampled_from(sorted(PLANS)), JOBS, FILES, st.sampled_from([None, True, False]))
def test_no_plan_breaks_the_recipe(
    verb: str, jobs: tuple[Job, ...], file: DefinitionFile, override: bool | None
) -> None:
    plan = PLANS[verb](seen(*jobs, file=file, override=override))
    kinds = [step.kind for step in plan.steps]
    assert not (plan.refused and kinds)
    assert bool(plan.sentence) != bool(plan.refused)
    assert kinds.count(Kind.BOOTOUT) == kinds.count(Kind.GONE)
    if Kind.BOOTSTRAP in kinds:
        at = kinds.index(Kind.BOOTSTRAP)
        assert kinds[at - 1] is Kind.ENABLE
        assert kinds[at + 1 :] == [Kind.NUDGE, Kind.RUNNING]
        assert kinds[:at].count(Kind.GONE) == len(jobs), "nothing is loaded over an old job"
    if Kind.KICKSTART in kinds:
        assert kinds[-1] is Kind.RUNNING
    for step in plan.steps:
        assert step.words
        assert step.why
        assert step.command or step.path

"""What the stand-in launchd prints, read by the panel's own readers: the same comes back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.demo.mac import build
from entraclaw_tui.demo.mac.launchd.code import Requirements
from entraclaw_tui.demo.mac.launchd.definition import define
from entraclaw_tui.demo.mac.launchd.domain import Domain
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.job import Job
from entraclaw_tui.demo.mac.launchd.journal import Journal
from entraclaw_tui.demo.mac.launchd.ledger import Ledger
from entraclaw_tui.demo.mac.launchd.outcome import Outcome
from entraclaw_tui.demo.mac.launchd.overrides import Overrides
from entraclaw_tui.demo.mac.launchd.print_domain import (
    list_service,
    list_services,
    print_disabled,
    print_domain,
)
from entraclaw_tui.demo.mac.launchd.print_service import print_service
from entraclaw_tui.demo.mac.launchd.reactor import Reactor
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.jobs import parse_disabled, parse_domain, parse_service

SIGNS = st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=("Cc", "Cs"))
WORD = st.text(SIGNS, min_size=1, max_size=20).map(str.strip).filter(bool)
TRAP = st.sampled_from(
    ["}", "{", "]", "a = b", "pid = 1", "state = running", "x => y => z", "\tpid = 7", "key = {"]
)
LABEL = st.from_regex(r"[a-z][a-z0-9._-]{0,30}", fullmatch=True)
PATH = st.text(SIGNS, min_size=1, max_size=20).map(lambda text: f"/opt/{text.strip()}x")
NAME = st.from_regex(r"[A-Z_][A-Z0-9_]{0,15}", fullmatch=True)


@dataclass
class Printer:
    """A launchd without its loop."""

    ground: Ground
    domain: Domain


@pytest.fixture(scope="module")
def printer() -> Iterator[Printer]:
    host = build.prepare()
    layout = Layout(host.root)
    reactor, journal = Reactor(), Journal(layout.launchd_log)
    ground = Ground(
        host,
        reactor,
        journal,
        {},
        speed=1.0,
        environment={"SSH_AUTH_SOCK": "/private/tmp/Listeners"},
        code=Requirements(host.root, layout.code_requirements),
        ledger=Ledger(layout.running_jobs),
    )
    yield Printer(ground, Domain("gui/501", ground, Overrides(layout.overrides)))
    journal.close()
    reactor.close()
    shutil.rmtree(host.root)


DEFINITIONS = st.fixed_dictionaries(
    {
        "Label": LABEL,
        "ProgramArguments": st.lists(WORD | TRAP, min_size=1, max_size=5),
        "ThrottleInterval": st.integers(1, 600),
        "ExitTimeOut": st.integers(0, 600),
    },
    optional={
        "RunAtLoad": st.booleans(),
        "KeepAlive": st.booleans()
        | st.fixed_dictionaries(
            {},
            optional={
                "SuccessfulExit": st.booleans(),
                "Crashed": st.booleans(),
                "PathState": st.dictionaries(PATH, st.booleans(), max_size=2),
                "OtherJobEnabled": st.dictionaries(LABEL, st.booleans(), max_size=2),
            },
        ),
        "EnvironmentVariables": st.dictionaries(NAME, WORD | TRAP, max_size=3),
        "WorkingDirectory": PATH,
        "StandardOutPath": PATH,
        "StandardErrorPath": PATH,
        "StartInterval": st.integers(1, 86400),
        "StartCalendarInterval": st.fixed_dictionaries(
            {}, optional={"Hour": st.integers(0, 23), "Minute": st.integers(0, 59)}
        ),
        "WatchPaths": st.lists(PATH, max_size=2),
        "Umask": st.integers(0, 0o777),
        "ProcessType": st.sampled_from(["Interactive", "Background", "Adaptive", "Standard"]),
    },
)
OUTCOMES = (
    st.none()
    | st.builds(Outcome, st.integers(-15, 255).filter(bool) | st.just(0))
    | st.just(Outcome(-9, "OS_REASON_CODESIGNING"))
)


@st.composite
def lives(draw: st.DrawFn) -> dict[str, object]:
    """A moment in a job's life."""
    alive = draw(st.booleans())
    return {
        "runs": draw(st.integers(0, 10**6)),
        "last": draw(OUTCOMES),
        "penalty": draw(st.booleans()),
        "reason": draw(st.sampled_from(["speculative", "semaphore", "ipc (socket)"])),
        "pended": "" if alive else draw(st.sampled_from(["", "speculative", "interval"])),
        "_process": SimpleNamespace(pid=draw(st.integers(2, 99999))) if alive else None,
        "_settled": draw(st.booleans()),
        "_signalled": draw(st.sampled_from(["", "SIGTERMed", "SIGKILLed"])),
    }


def job_of(printer: Printer, raw: dict[str, object], life: dict[str, object]) -> Job:
    path = printer.ground.host.home / "Library/LaunchAgents/x.plist"
    job = Job(define(raw, path), "gui/501", printer.ground, lambda _: None)
    for name, value in life.items():
        setattr(job, name, value)
    return job


@given(raw=DEFINITIONS, life=lives())
def test_a_service(printer: Printer, raw: dict[str, object], life: dict[str, object]) -> None:
    job = job_of(printer, raw, life)
    definition = job.definition
    found = parse_service(print_service(job, printer.ground))
    assert found.complete
    assert (found.label, found.domain) == (job.label, "gui/501")
    assert (found.state, found.pid, found.runs) == (job.state, job.pid, job.runs)
    assert found.program == definition.program
    assert found.arguments == definition.arguments
    assert found.path == str(definition.path)
    assert (found.throttle_seconds, found.exit_timeout_seconds) == (
        definition.throttle,
        definition.exit_timeout,
    )
    assert (found.stdout_path, found.stderr_path) == (definition.stdout, definition.stderr)
    assert found.pended == job.pended
    assert found.immediate_reason == (job.reason if job.pid else "")
    said = job.last.line.partition(" = ") if job.last else ("last exit code", "", "(never exited)")
    assert (found.last_exit, found.last_signal, found.last_reason) == (
        said[2] if said[0] == "last exit code" else "",
        said[2] if said[0] == "last terminating signal" else "",
        said[2] if said[0] == "last exit reason" else "",
    )
    assert ("penalty box" in found.properties) == job.penalty
    assert ("keepalive" in found.properties) == definition.keep_alive


@given(raw=DEFINITIONS, life=lives(), text=st.text(st.sampled_from("\n\t}{ =>pid1"), max_size=60))
def test_no_text_of_a_definition_makes_a_dead_job_live(
    printer: Printer, raw: dict[str, object], life: dict[str, object], text: str
) -> None:
    raw = {**raw, "ProgramArguments": ["/bin/sh", "-c", text, "\tpid = 4711"]}
    raw["EnvironmentVariables"] = {"TEXT": text}
    job = job_of(printer, raw, {**life, "_process": None})
    assert parse_service(print_service(job, printer.ground)).pid is None


@given(
    raws=st.lists(DEFINITIONS, max_size=5, unique_by=lambda raw: str(raw["Label"])),
    life=lives(),
    overrides=st.dictionaries(LABEL, st.booleans(), max_size=4),
    held=st.booleans(),
)
def test_a_domain(
    printer: Printer,
    raws: list[dict[str, object]],
    life: dict[str, object],
    overrides: dict[str, bool],
    held: bool,
) -> None:
    domain = printer.domain
    domain.jobs = {str(raw["Label"]): job_of(printer, raw, life) for raw in raws}
    domain.overrides.entries = overrides
    printer.ground.on_demand = held
    found = parse_domain(print_domain(domain, printer.ground))
    assert (found.name, found.kind, found.session) == ("gui/501", "login", "Aqua")
    assert (found.on_demand_count or 0) == int(held)
    last = cast("Outcome | None", life["last"])
    assert [(row.label, row.pid, row.status, row.disabled) for row in found.rows] == [
        (label, job.pid, last.column if last else "-", overrides.get(label, False))
        for label, job in domain.jobs.items()
    ]
    assert parse_disabled(print_disabled(domain, printer.ground)) == overrides
    rows = [line.split("\t") for line in list_services(domain).splitlines()[1:]]
    assert [row[2] for row in rows] == list(domain.jobs)
    for job in domain.jobs.values():
        text = list_service(job, domain.session)
        assert f'\t"LastExitStatus" = {last.wait_status if last else 0};' in text
        assert ('"PID" = ' in text.partition('"Program" = ')[0]) == (job.pid is not None)

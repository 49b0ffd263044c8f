"""Who reads the privacy databases, and the one next step where nobody may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from entraclaw_tui.macos.privacy import REFUSED
from entraclaw_tui.macos.privacy_asking import Answer, read
from entraclaw_tui.macos.privacy_words import (
    bound_to,
    database,
    meaning,
    next_step,
    reason,
    settings_place,
)
from entraclaw_tui.macos.tcc_rows import ABSENT, DAMAGED, DENIED, LISTED, READ
from entraclaw_tui.macos.tcc_services import all_services
from entraclaw_tui.model.privacy import COUNTS, THIS_RUN, Privacy, PrivacyGrant
from entraclaw_tui.model.source import Empty, Failed, Loaded

PYTHON = "/opt/homebrew/bin/python3.14"
WHOLE = Loaded(Privacy((), READ, READ), 1.0)
PARTLY = Loaded(Privacy((), READ, DENIED), 1.0)
NOTHING = Failed(REFUSED, "")


def says(answer: Answer | None) -> Callable[[], Awaitable[Answer | None]]:
    async def say() -> Answer | None:
        return answer

    return say


async def asked(
    here: Answer, worker: Answer | None, *, over_ssh: bool = False
) -> tuple[Answer, int]:
    """Return the answer, and how often the worker was asked."""
    asks = 0

    async def own() -> Answer:
        return here

    async def other() -> Answer | None:
        nonlocal asks
        asks += 1
        return worker

    async def program() -> str:
        return PYTHON

    return await read(own, other, program, over_ssh=over_ssh), asks


async def test_what_this_terminal_reads_is_asked_of_nobody_else() -> None:
    assert await asked(WHOLE, None) == (WHOLE, 0)


async def test_the_worker_reads_more() -> None:
    for own in (NOTHING, PARTLY, Empty("nothing here")):
        found, _ = await asked(own, WHOLE)
        assert isinstance(found, Loaded)
        assert found.value.read_by == "worker"


async def test_a_worker_that_reads_no_more_changes_nothing() -> None:
    assert (await asked(PARTLY, PARTLY))[0] == PARTLY
    assert (await asked(PARTLY, None))[0] == PARTLY


@pytest.mark.parametrize(
    ("worker", "over_ssh", "step"),
    [
        (None, False, "Start the worker"),
        (None, True, "for remote users"),
        (NOTHING, False, f"Allow Full Disk Access for {PYTHON}"),
        (NOTHING, True, f"Allow Full Disk Access for {PYTHON}"),
    ],
)
async def test_there_is_one_next_step(worker: Answer | None, over_ssh: bool, step: str) -> None:
    found, _ = await asked(NOTHING, worker, over_ssh=over_ssh)
    assert isinstance(found, Failed)
    assert step in found.hint


async def test_another_failure_keeps_its_own_words() -> None:
    damaged = Failed("The privacy database cannot be read; it may be damaged.")
    assert (await asked(damaged, None))[0] == damaged


def test_steps_of_what_was_read_in_part() -> None:
    for privacy, words in (
        (Privacy((), READ, READ), ""),
        (Privacy((), LISTED, READ), ""),
        (Privacy((), ABSENT, DENIED), PYTHON),
        (Privacy((), DAMAGED, READ), "newer version"),
    ):
        step = next_step(privacy, PYTHON, by_worker=True, over_ssh=False)
        assert bool(step) is bool(words)
        assert words in step


def test_every_state_has_words_of_its_own() -> None:
    states = (READ, ABSENT, LISTED, DENIED, DAMAGED)
    assert len({database(state) for state in states}) == len(states)
    assert database("of the future") == "of the future"


def row(**changes: object) -> PrivacyGrant:
    whole: dict[str, object] = {
        "service": "kTCCServiceCamera",
        "name": "Camera",
        "client": "x.y",
        "client_is_path": False,
        "state": "granted",
        "reason": "",
        "changed_at": None,
        "scope": "user",
    }
    return PrivacyGrant(**{**whole, **changes})  # type: ignore[arg-type]


def test_a_decision_for_one_run_is_no_grant() -> None:
    assert THIS_RUN not in COUNTS
    assert "no grant" in meaning(row(state=THIS_RUN))
    assert "not known here" in meaning(row(state="17"))


def test_what_a_list_does_not_tell_is_not_made_up() -> None:
    for told in (reason, bound_to):
        assert "tccutil" in told(row(listed=True))
        assert "tccutil" not in told(row())
    assert reason(row(reason="the person answered")) == "the person answered"


def test_every_service_has_a_place_in_settings() -> None:
    for service in all_services():
        place = settings_place(service.key)
        assert place.startswith("System Settings > Privacy & Security")
        assert "Privacy_" not in place

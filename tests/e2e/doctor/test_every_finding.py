"""Every finding fires for what was done to a pretend Mac, and is silent on one that works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.doctor import (
    rows_definition,
    rows_files,
    rows_installed,
    rows_job,
    rows_keychain,
    rows_privacy,
    rows_program,
)
from tests.e2e.doctor.known import all_ids
from tests.e2e.doctor.row import Row
from tests.support.furnished import FurnishedMac

ROWS = (
    *rows_definition.ROWS,
    *rows_program.ROWS,
    *rows_installed.ROWS,
    *rows_job.ROWS,
    *rows_keychain.ROWS,
    *rows_privacy.ROWS,
    *rows_files.ROWS,
)


def named(one: Row) -> str:
    return one.id


@pytest.fixture(scope="module")
def running() -> Iterator[FurnishedMac]:
    """An agent at work."""
    mac = FurnishedMac()
    try:
        mac.turn_on()
        mac.wait_for_the_worker()
        yield mac
    finally:
        mac.close()


@pytest.fixture(scope="module")
def bench() -> Iterator[FurnishedMac]:
    """A Mac that is off; each test begins with it as it was furnished."""
    mac = FurnishedMac()
    try:
        yield mac
    finally:
        mac.close()


@pytest.mark.parametrize("one", [row for row in ROWS if not row.fresh], ids=named)
def test_it_is_found_while_the_agent_works(running: FurnishedMac, one: Row) -> None:
    try:
        one.change(running)
        assert running.findings() == one.found
    finally:
        running.undo()


@pytest.mark.parametrize("one", [row for row in ROWS if row.fresh], ids=named)
def test_it_is_found_once_the_mac_is_on(bench: FurnishedMac, one: Row) -> None:
    bench.restore()
    try:
        one.change(bench)
        if one.on:
            bench.turn_on()
        if one.worker:
            bench.wait_for_the_worker()
        one.then(bench)
        assert bench.findings() == one.found
    finally:
        bench.turn_off()


def test_every_finding_has_been_made_to_fire() -> None:
    assert {row.id for row in ROWS} == all_ids()

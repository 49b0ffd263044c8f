"""An engine, or only the audit's files, over a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.audit_office import Office
from tests.support.worker_stage import Hands, Timed, WorkerStage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WorkerStage]:
    worker = WorkerStage(tmp_path)
    await worker.start()
    yield worker
    await worker.stop()


@pytest_asyncio.fixture
async def timed(tmp_path: Path) -> AsyncIterator[Timed]:
    """An engine with hands on its clocks."""
    hands = Hands()
    worker = WorkerStage(tmp_path, hands=hands)
    await worker.start()
    yield worker, hands
    await worker.stop()


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    one = Office(tmp_path)
    await one.open()
    yield one
    await one.close()

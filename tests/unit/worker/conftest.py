"""An engine over a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.worker_stage import WorkerStage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WorkerStage]:
    worker = WorkerStage(tmp_path)
    await worker.start()
    yield worker
    await worker.stop()

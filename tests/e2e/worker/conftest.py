"""A pretend Mac with a worker that runs, dies and runs again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.running_worker import RunningWorker, running_worker


@pytest.fixture
def worker() -> Iterator[RunningWorker]:
    with running_worker() as running:
        yield running

"""The list of requests with some of them marked."""

from __future__ import annotations

import pytest

from tests.snapshot.conftest import Look
from tests.support.panel import NOW, Stage, snapshot


@pytest.mark.parametrize("size", ["120x40", "80x24", "60x15"])
def test_two_of_three(look: Look, size: str) -> None:
    stage = Stage()
    stage.later(lambda: stage.link.tell(snapshot(seq=11)), at=NOW + 1)
    assert look(stage, size, "space", "j", "v", "g")

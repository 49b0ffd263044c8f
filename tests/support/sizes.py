"""Two sizes of one fault: a short form with every test, the long one with the faults."""

from __future__ import annotations

import pytest


def sizes(short: int, long: int) -> pytest.MarkDecorator:
    """Run a check with `rounds` short among all tests, and long under the mark `fault`."""
    marks = [
        pytest.param(short, id="short"),
        pytest.param(long, id="long", marks=pytest.mark.fault),
    ]
    return pytest.mark.parametrize("rounds", marks)

"""Stories: a person at the real panel, and a pretend Mac where something happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.story_mac import Mac, a_mac
from tests.support.story_panel import Panel

Open = Callable[..., Panel]


@pytest.fixture(scope="module")
def shared_mac(request: pytest.FixtureRequest) -> Iterator[Mac]:
    """One Mac for the stories of a file, with the file's OPTIONS: they share no more than it."""
    with a_mac(*getattr(request.module, "OPTIONS", ())) as mac:
        yield mac


@pytest.fixture
def mac(shared_mac: Mac) -> Iterator[Mac]:
    """The file's Mac; programs that a story let ask are ended after it."""
    yield shared_mac
    shared_mac.ends_programs()


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open panels on a Mac; all are closed after the story."""
    panels: list[Panel] = []

    def open_panel(mac: Mac, *options: str, **how: Any) -> Panel:
        panels.append(Panel(mac.root, *options, **how))
        panels[-1].sees("PRETEND MAC", "worker|no worker")
        return panels[-1]

    yield open_panel
    for panel in panels:
        panel.close()


@pytest.fixture
def panel(mac: Mac, opened: Open) -> Panel:
    """One panel on the file's Mac."""
    return opened(mac)

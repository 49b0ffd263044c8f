"""One demo in one state, looked at by the real commands."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.demo import Headless


class Scene(Headless):
    """A demo that shows one scenario."""

    def __init__(self, folder: Path, name: str, *options: str) -> None:
        super().__init__(folder, "--scenario", name, *options)
        self.name = name

    def job(self) -> dict[str, Any]:
        """Return what launchd says of the agent; the source itself where it is no job."""
        found: dict[str, Any] = self.look("jobs")
        value: dict[str, Any] = found.get("value", found)
        return value

    def findings(self) -> dict[str, str]:
        """Return the doctor's findings: id and severity."""
        return {one["id"]: one["severity"] for one in self.look("doctor")}

    def worker(self) -> dict[str, Any] | None:
        """Return what the worker says of itself, None while it does not answer."""
        worker: dict[str, Any] | None = self.look("status")["worker"]
        return worker

    def grants(self) -> dict[str, list[dict[str, Any]]]:
        """Return the privacy grants by service."""
        by: dict[str, list[dict[str, Any]]] = {}
        for grant in self.look("privacy")["value"]["grants"]:
            by.setdefault(grant["service"].removeprefix("kTCCService"), []).append(grant)
        return by


@pytest.fixture
def scene() -> Iterator[Callable[..., Scene]]:
    """Begin a demo in a short folder (a socket's path has 103 bytes at most)."""
    begun: list[Scene] = []

    def begin(name: str, *options: str) -> Scene:
        place = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
        one = Scene(place, name, *options)
        begun.append(one)
        return one.__enter__()

    yield begin
    for one in begun:
        one.stop()
        shutil.rmtree(one.root, ignore_errors=True)

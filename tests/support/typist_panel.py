"""The real panel on this terminal, its session open; requests pop up while somebody types.

usage: typist_panel.py FOLDER

A line in FOLDER/orders adds a request and opens its sheet, as the person would by its own key
(`pop N`), lets it end (`end N`), or only adds it (`ask N`). Each decision that the panel sends is
a line of FOLDER/decided, each sheet on the screen one of FOLDER/shown.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Literal

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from entraclaw_tui.dashboard import open_sheets
from entraclaw_tui.ipc.messages import Snapshot
from entraclaw_tui.model.consent import Remember, Request, State
from tests.support import panel as stage

OPEN = msgspec.structs.replace(
    stage.LOCKED, unlocked=True, idle_ends_at=stage.NOW + 600, may_allow=True
)


class Watched(stage.StandInLink):
    """A link that writes down what is decided."""

    folder: Path

    async def decide(
        self,
        request: Request,
        decision: Literal["allow", "deny"],
        remember: Remember = Remember.ONCE,
        proof: str = "",
        reason: str = "",
    ) -> Request:
        with (self.folder / "decided").open("a") as file:
            file.write(f"{request.id} {decision}\n")
        state = State.APPROVED if decision == "allow" else State.DENIED
        after = msgspec.structs.replace(request, state=state, decision=decision)
        assert self._view.snapshot is not None
        self.tell(_with(self._view.snapshot, after))
        return after


def _with(whole: Snapshot, request: Request) -> Snapshot:
    others = tuple(r for r in whole.requests if r.id != request.id)
    return msgspec.structs.replace(whole, requests=(*others[-20:], request))


async def follow(show: stage.Stage, link: Watched) -> None:
    """Do what the orders say, one after the other."""
    orders = link.folder / "orders"
    done = 0
    while True:
        lines = orders.read_text().splitlines() if orders.exists() else []
        for line in lines[done:]:
            word, id = line.split()
            assert link.view.snapshot is not None
            request = stage.request(id, state=State.EXPIRED if word == "end" else State.PENDING)
            link.tell(_with(link.view.snapshot, request))
            if word == "pop":
                while len(show.panel.screen_stack) > 1:
                    show.panel.pop_screen()
                open_sheets.open_request(show.panel, request)
                await _painted(show)
            with (link.folder / "shown").open("a") as file:
                file.write(f"{id}\n")
        done = len(lines)
        await asyncio.sleep(0.005)


async def _painted(show: stage.Stage) -> None:
    done = asyncio.Event()
    show.panel.call_after_refresh(done.set)
    await done.wait()


def main() -> None:
    stage.StandInLink = Watched  # type: ignore[misc]  # the stage takes the link by this name
    Watched.folder = Path(sys.argv[1])
    first = stage.snapshot(session=OPEN, requests=())
    show = stage.Stage(first=first)
    link = show.link
    assert isinstance(link, Watched)
    tasks: list[asyncio.Task[None]] = []

    def begin() -> None:
        tasks.append(asyncio.get_running_loop().create_task(follow(show, link)))

    show.panel.call_later(begin)
    show.panel.run()
    sys.exit(show.panel.return_code)


if __name__ == "__main__":
    main()

"""What the logs want of the panel: copy, save, the sheet of the sources."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.logs import saving
from entraclaw_tui.dashboard.logs.frame import narrowed
from entraclaw_tui.dashboard.logs.ring import Kept
from entraclaw_tui.dashboard.logs.sources_sheet import SourcesSheet, Told
from entraclaw_tui.macos.places import Places

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.board import Board
    from entraclaw_tui.dashboard.panes.logs import LogsPane


def do(panel: Board, logs: LogsPane, wanted: LogsPane.Wanted) -> None:
    """Do what is wanted."""
    match wanted.what:
        case "copy":
            from entraclaw_tui.dashboard.open_sheets import copy

            copy(panel, wanted.text, "the line")
        case "save":
            panel.run_worker(_save(panel, logs, wanted.lines), exit_on_error=False)
        case "sources":
            sheet = SourcesSheet(
                lambda: listed(logs),
                lambda: logs.passing.sieve.off,
                lambda off: logs.sift(off=off),
                logs.desk.symbols,
            )
            panel.push_screen(sheet)
        case _:
            panel.home.zoom(not panel.home.zoomed)
            panel.home.bars()


async def _save(panel: Board, logs: LogsPane, lines: tuple[Kept, ...]) -> None:
    """Save lines in a thread: a hundred thousand of them take a moment."""
    host, now = panel.desk.host, panel.desk.clock()
    folder = Places.of(host).saved_dir
    narrow = "; ".join(narrowed(logs.passing.sieve))
    many = words.count(len(lines), "line")
    head = f"{many} of the logs{f': {narrow}' if narrow else ''}"
    try:
        path = await asyncio.to_thread(saving.save, folder, lines, head, now)
    except OSError as error:
        panel.say(f"Not saved: {host.from_home(folder)}: {error.strerror or error}.", Tone.BAD)
    else:
        panel.say(f"Saved {many} to {host.from_home(path)}.")


def listed(logs: LogsPane) -> list[Told]:
    """Return what there is to say of every log: those that are read, then whatever else came."""
    feed, counts = logs.desk.feeds.logs, logs.ring.origins
    told = [
        Told(s.origin, counts[s.origin], s.place, feed.troubles.get(s.origin, ""))
        for s in feed.sources
    ]
    told.append(Told("audit", counts["audit"], "told by the worker"))
    known = {t.origin for t in told}
    others = sorted(set(counts) | logs.passing.sieve.off - known)
    return [*told, *(Told(name, counts[name], "") for name in others if name not in known)][:20]

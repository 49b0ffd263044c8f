"""What fills the panel in a replay: the recording, and nothing of this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeVar, cast

from entraclaw_tui.dashboard import worker_view
from entraclaw_tui.dashboard.closer import LOCK, READERS, Closer
from entraclaw_tui.dashboard.feeds import Feeds
from entraclaw_tui.dashboard.job_keys import LOGIN_ITEMS
from entraclaw_tui.dashboard.job_readers import KEYS, JobReaders
from entraclaw_tui.dashboard.key import Key
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.read import Read
from entraclaw_tui.dashboard.replay.entries import Changed, Entry, Lines, Said, Told
from entraclaw_tui.dashboard.replay.playing import Player
from entraclaw_tui.dashboard.replay.reading import Checked, value_of
from entraclaw_tui.dashboard.sources import Sources
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.ipc.messages import WorkerInfo
from entraclaw_tui.macos.tcc_match import Match
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import EnvironmentName, Usage
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant
from entraclaw_tui.model.source import Empty, Failed, Loaded

T = TypeVar("T")

NOT_RECORDED = Failed("Nobody looked at this while it was recorded.")
NOBODY = "This is a replay: nobody is asked."


class ReplayLink(WorkerLink):
    """A worker that says what it said. Whatever it is asked, nobody answers."""

    def __init__(self, version: str, player: Player) -> None:
        super().__init__(Path("/nowhere"), version, clock=player.clock)
        self._view = WorkerView(reason="Nothing of the worker was recorded yet.")

    async def run(self) -> None:
        """Wait: the player speaks for it."""
        await asyncio.Event().wait()

    def told(self, entry: Told) -> None:
        """Let the worker come, go, or begin anew."""
        heard, restarts = entry.heard_at, entry.restarts
        view = WorkerView(entry.connected, entry.reason, entry.snapshot, heard, restarts)
        self._change(view if entry.connected else worker_view.lost(view, entry.reason))

    def changed(self, entry: Changed) -> None:
        """Let things of the worker's change."""
        for event in entry.events:
            self._apply(event)


class ReplayFeeds(Feeds):
    """The recording in place of the sources."""

    REPLAYED = True

    def __init__(self, recorded: Checked, speed: float) -> None:
        self.player = Player(recorded, speed, self._give)
        store = Store()
        link = ReplayLink(recorded.header.program, self.player)
        super().__init__(silent(store), link, store, self.player.clock)

    def start_first(self) -> None:
        """Begin to play."""
        if not self._tasks:
            self.link.listen(self._heard)
            self._begin(self.player.run(), "replay")

    def start(self) -> None:
        """Begin everything: what is looked at closely says that it was not recorded."""
        self.start_first()
        if not self._whole:
            self._whole = True
            for poll in self.study.polls:
                self._begin(poll.run(), f"study {poll.name}")

    def banner(self) -> str:
        """Return what the panel says all the time."""
        return banner(self.player)

    def _give(self, entry: Entry) -> None:
        link = self.link
        if isinstance(entry, Said):
            self.store.put(Key(entry.name), value_of(entry))
        elif isinstance(entry, Lines):
            self.logs.put(entry.lines)
        elif isinstance(entry, Told) and isinstance(link, ReplayLink):
            link.told(entry)
        elif isinstance(entry, Changed) and isinstance(link, ReplayLink):
            link.changed(entry)


def banner(player: Player) -> str:
    """Return the recorded time, how fast it goes, and how the recording ended."""
    import time

    told = time.strftime("REPLAY %Y-%m-%d %H:%M:%S", time.localtime(player.clock()))
    if player.ended:
        ends = {
            "left": "the recording ends here",
            "full": "the recording was full here",
            "killed": "the panel was killed here",
        }
        return f"{told}, {ends.get(player.recorded.why, 'the recording broke off here')}"
    if not player.clock.running:
        return f"{told}, paused: p goes on, . steps"
    speed = f" x{player.clock.speed:g}" if player.clock.speed != 1 else ""
    return f"{told}{speed}, p pauses"


def silent(store: Store) -> Sources:
    """Return sources that read nothing: they repeat what the recording said."""

    def of(key: Key[T]) -> Read[T]:
        async def read() -> Loaded[T] | Empty | Failed:
            known = store.get(key)
            return NOT_RECORDED if known is None else cast("Loaded[T] | Empty | Failed", known)

        return read

    async def findings(
        known: Loaded[Privacy] | None, worker: WorkerInfo | None
    ) -> Loaded[tuple[Finding, ...]] | Empty | Failed:
        return NOT_RECORDED

    def usage(pid: int) -> Usage | None:
        return None

    async def value(name: EnvironmentName) -> Failed:
        return Failed("A recording holds no values.")

    async def match(grant: PrivacyGrant) -> Match:
        return Match("", False, None, "Not compared: this is a replay.")

    async def program() -> str:
        return ""

    async def show_settings(service: str) -> str:
        return "This is a replay: nothing is opened."

    from entraclaw_tui.dashboard import key

    readers = {name: of(source) for name, source in KEYS.items()}
    story = JobReaders(**readers, login_items=of(LOGIN_ITEMS), value=value)  # type: ignore[arg-type]
    return Sources(
        machine=of(key.MACHINE),
        job=of(key.JOB),
        keychain=of(key.KEYCHAIN),
        privacy=of(key.PRIVACY),
        findings=findings,
        usage=usage,
        job_story=story,
        closer=Closer(of(READERS), of(LOCK), match, program, show_settings),
    )

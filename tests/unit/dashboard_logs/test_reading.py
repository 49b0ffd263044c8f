"""Where a person reads: a machine of keys and lines that come, against plain rules."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from entraclaw_tui.dashboard.logs.reading import Reading
from entraclaw_tui.dashboard.logs.ring import Kept, LogRing
from entraclaw_tui.dashboard.logs.sieve import Sieve
from entraclaw_tui.dashboard.logs.visible import Visible
from entraclaw_tui.model.log import LogLine

NOW = 1_800_000_000.0


class ReadingMachine(RuleBasedStateMachine):
    """Lines of 1 to 9 rows come, late and in time, while somebody moves through them."""

    @initialize(page=st.integers(1, 7))
    def begin(self, page: int) -> None:
        self.ring = LogRing(lines=25)
        self.visible = Visible(self.ring)
        self.reading = Reading(self.visible, self.height)
        self.page = page
        self.count = 0

    def height(self, place: int) -> int:
        return len(self.visible.lines[place].log.message)

    @property
    def held(self) -> Kept | None:
        """The line under the cursor, if somebody reads there."""
        if self.reading.following or not len(self.visible):
            return None
        return self.visible.lines[min(self.reading.cursor, len(self.visible) - 1)]

    @rule(times=st.lists(st.integers(0, 40), min_size=1, max_size=6), height=st.integers(1, 9))
    def lines_come(self, times: list[int], height: int) -> None:
        held, rows = self.held, self.reading.window(self.page)
        before = [self.visible.lines[place] for place, _ in rows]
        self.reading.remember()
        batch = [LogLine(float(at), "worker", "info", "x" * height) for at in times]
        new = self.visible.follow(self.ring.take(batch, NOW))
        self.reading.restore()
        if not self.reading.following:
            self.reading.unseen += new
        if held is not None and held in self.visible.lines:
            assert self.held is held
            if len(rows) == self.page and before[0] in self.visible.lines:
                # Nothing moves under the eyes of who reads where the window was full.
                after = self.reading.window(self.page)
                assert self.visible.lines[after[0][0]] is before[0]

    @rule(text=st.sampled_from(["", "xx", "!xx", "xxxxx"]))
    def filtered(self, text: str) -> None:
        held = self.held
        self.reading.remember()
        self.visible.sift(Sieve(text))
        self.reading.restore()
        if held is not None and held in self.visible.lines:
            assert self.held is held

    @rule(step=st.sampled_from([1, -1]))
    def stepped(self, step: int) -> None:
        self.reading.window(self.page)
        before = self.reading.cursor
        self.reading.step(step, self.page)
        assert abs(self.reading.cursor - before) <= 1

    @rule(pages=st.sampled_from([1, -1]))
    def turned(self, pages: int) -> None:
        self.reading.turn(pages, self.page)

    @rule(rows=st.integers(-9, 9).filter(bool))
    def wheeled(self, rows: int) -> None:
        self.reading.scroll(rows, self.page)

    @rule(place=st.integers(0, 30))
    def went(self, place: int) -> None:
        self.reading.go(place, self.page)
        if len(self.visible):
            rows = self.reading.window(self.page)
            assert self.reading.cursor in {at for at, _ in rows}

    @rule()
    def to_the_end(self) -> None:
        self.reading.end()

    @rule(page=st.integers(1, 7))
    def resized(self, page: int) -> None:
        self.page = page
        if not self.reading.following and len(self.visible):
            self.reading.show(self.reading.cursor, self.page)

    @invariant()
    def the_window_is_whole(self) -> None:
        rows = self.reading.window(self.page)
        whole = [(p, part) for p in range(len(self.visible)) for part in range(self.height(p))]
        assert len(rows) == min(self.page, len(whole))
        if rows:
            start = whole.index(rows[0])
            assert rows == whole[start : start + len(rows)]
            if self.reading.following:
                assert rows[-1] == whole[-1]
                assert self.reading.cursor == len(self.visible) - 1
                assert self.reading.unseen == 0


ReadingMachine.TestCase.settings = settings(max_examples=400, stateful_step_count=50, deadline=None)
TestReading = ReadingMachine.TestCase


def test_a_step_through_everything_down_visits_every_line_and_every_row() -> None:
    ring = LogRing()
    ring.take([LogLine(float(n), "worker", "info", "x" * (1 + n % 9)) for n in range(20)], NOW)
    visible = Visible(ring)
    reading = Reading(visible, lambda place: len(visible.lines[place].log.message))
    reading.go(0, 4)
    seen = set(reading.window(4))
    cursors = [0]
    for _ in range(300):
        if reading.following:
            break
        reading.step(1, 4)
        seen.update(reading.window(4))
        cursors.append(reading.cursor)
    assert reading.following
    assert sorted(set(cursors)) == list(range(20))
    assert seen == {(n, part) for n in range(20) for part in range(1 + n % 9)}

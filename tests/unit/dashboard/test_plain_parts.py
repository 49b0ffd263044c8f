"""Ages, lines, layout, signs, news: the parts of the panel without a screen."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard import news, words
from entraclaw_tui.dashboard.ages import age, ago, date, left
from entraclaw_tui.dashboard.layout import PANES, plan
from entraclaw_tui.dashboard.lines import (
    Column,
    Piece,
    Tone,
    cut,
    fit,
    length,
    piece,
    spread,
    widths,
    wrap,
)
from entraclaw_tui.dashboard.sparkline import sparkline
from entraclaw_tui.dashboard.start import disarm
from entraclaw_tui.dashboard.symbols import PLAIN, Symbols, symbols_for
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.model.consent import State
from entraclaw_tui.text import cells, clean
from tests.support.panel import LOCKED, request, snapshot, worker


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (9, "now"),
        (10, "10 s"),
        (119, "110 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (3 * 86400, "3 d"),
    ],
)
def test_an_age_is_coarse(seconds: float, words: str) -> None:
    assert age(seconds) == words


def test_what_is_left_is_never_more_than_true() -> None:
    assert left(-1) == "over"
    assert left(9.9) == "<10 s"
    assert left(59.9) == "50 s"
    assert left(179) == "2 min"


def test_ago_and_dates() -> None:
    assert ago(3) == "just now"
    assert ago(300) == "5 min ago"
    assert date(0, 86400) == "1 Jan"
    assert date(0, 400 * 86400) == "1 Jan 1970"


_TEXT = st.text(max_size=60).map(clean)
_COLUMNS = (Column("a", 4), Column("b", flex=2), Column("c", flex=1), Column("d", 6, right=True))


@given(st.lists(_TEXT, min_size=4, max_size=4), st.integers(20, 200))
def test_a_row_fills_its_width_exactly(texts: list[clean], width: int) -> None:  # type: ignore[valid-type]
    row = fit(_COLUMNS, [Piece(t) for t in texts], width)
    assert length(row) == width


def test_columns_depend_on_the_width_alone() -> None:
    narrow = Column("x", 5, from_width=50)
    assert widths((Column("a", flex=1), narrow), 40) == [40, 0]
    assert widths((Column("a", flex=1), narrow), 60) == [53, 5]


@given(st.lists(_TEXT, max_size=5), st.integers(1, 80))
def test_a_cut_line_fits(texts: list[clean], width: int) -> None:  # type: ignore[valid-type]
    line = tuple(Piece(t) for t in texts)
    short = cut(line, width)
    assert length(short) <= width
    assert (short == line) == (length(line) <= width)


@given(_TEXT, st.integers(2, 40))
def test_wrapping_loses_nothing_but_blanks(text: clean, width: int) -> None:  # type: ignore[valid-type]
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")  # type: ignore[attr-defined]


def test_what_does_not_fit_on_the_right_goes() -> None:
    assert length(spread((piece("left"),), (piece("right"),), 20)) == 20
    assert spread((piece("left"),), (piece("right"),), 9) == (piece("left"),)


@given(st.integers(1, 250), st.integers(1, 120), st.sampled_from(PANES), st.booleans())
def test_a_plan_fits_the_window_and_shows_the_pane_in_focus(
    width: int, height: int, active: str, zoomed: bool
) -> None:
    now = plan(width, height, active, zoomed)
    if width < 60 or height < 15:
        assert now.too_small
        return
    assert active in now.rows
    fixed = [rows for name, rows in now.rows.items() if rows is not None]
    if len(now.rows) == len(PANES):
        left = sum(now.rows[name] or 0 for name in PANES[:3])
        right = sum(now.rows[name] or 0 for name in PANES[3:7])
        assert left == right
        assert left <= height - 3 - 6
    else:
        assert sum(fixed) + (7 if now.preview else 0) <= height - 4 - 5


def test_a_terminal_without_the_signs_gets_plain_ones() -> None:
    assert symbols_for({"TERM": "xterm-256color"}, "UTF-8") == Symbols()
    assert symbols_for({"TERM": "linux"}, "utf-8") == PLAIN
    assert symbols_for({"TERM": "xterm"}, "ISO-8859-1") == PLAIN
    signs = [
        sign for value in msgspec.structs.astuple(PLAIN) if value is not True for sign in value
    ]
    assert all(sign.isascii() for sign in signs)
    assert len(PLAIN.bars) == len(Symbols().bars)


@given(st.lists(st.floats(0, 1e6, allow_nan=False), max_size=40))
def test_a_row_of_bars_has_one_for_each_number(numbers: list[float]) -> None:
    bars = sparkline(numbers, Symbols().bars)
    assert len(bars) == len(numbers)
    if numbers and max(numbers) > 0:
        assert bars[numbers.index(max(numbers))] == Symbols().bars[-1]


def test_the_environment_feeds_no_keys_and_no_code() -> None:
    environment = {
        "TEXTUAL_PRESS": "a",
        "TEXTUAL_DRIVER": "evil:Driver",
        "TEXTUAL": "devtools",
        "TEXTUAL_LOG": "/tmp/x",
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_COLOR_SYSTEM": "256",
        "HOME": "/Users/demo",
    }
    disarm(environment)
    assert environment == {
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "TEXTUAL_COLOR_SYSTEM": "256",
        "HOME": "/Users/demo",
    }


def test_short_names() -> None:
    assert words.scopes([]) == "nothing"
    assert words.scopes(["Mail.Read", "b", "c"]) == "Mail.Read +2"
    assert words.program("/usr/local/bin/mcp-notes") == "mcp-notes"
    assert words.program("") == "unknown"
    assert words.resource("https://graph.microsoft.com/") == "Graph"
    assert words.resource("https://vault.example.contoso.test/x") == "vault.example.contoso.test"
    assert words.resource("https://[oops") == "https://[oops"
    assert words.memory(49_100_000) == "48 MB"
    assert words.count(1, "item") == "1 item"


class TestNews:
    here = WorkerView(True, "", snapshot(), 5.0)

    def test_nothing_new(self) -> None:
        assert news.between(self.here, self.here, 1) is None

    def test_a_first_connection_is_no_news(self) -> None:
        assert news.between(WorkerView(), self.here, 1) is None

    def test_gone_and_back(self) -> None:
        gone = msgspec.structs.replace(self.here, connected=False, reason="It is gone.")
        told = news.between(self.here, gone, 1)
        assert told is not None
        assert told.tone is Tone.BAD
        same = news.between(gone, self.here, 1)
        assert same is not None
        assert "answers again" in same.text
        other = msgspec.structs.replace(
            self.here, restarts=1, snapshot=snapshot(worker=worker(pid=9))
        )
        back = news.between(gone, other, 1)
        assert back is not None
        assert "restarted by launchd, pid 9" in back.text

    def test_the_session_opens_and_is_locked(self) -> None:
        session = snapshot().session
        locked, unlocked = (
            msgspec.structs.replace(
                self.here,
                snapshot=snapshot(session=msgspec.structs.replace(session, unlocked=opened)),
            )
            for opened in (False, True)
        )
        opens, locks = news.between(locked, unlocked, 1), news.between(unlocked, locked, 1)
        assert opens is not None
        assert opens.text == "Your session is open."
        assert locks is not None
        assert locks.text == "Your session is locked."

    @pytest.mark.parametrize(
        ("state", "by", "words"),
        [
            (State.DENIED, "panel 22 on ttys001", "was denied by panel 22"),
            (State.DENIED, "panel 11 on ttys001", None),
            (State.READY, "grant", "was allowed by grant"),
            (State.EXPIRED, "", "nobody decided in time"),
            (State.CANCELLED, "", "no longer asks"),
            (State.FAILED, "", "failed"),
            (State.DELIVERED, "", "has its token"),
        ],
    )
    def test_decisions_of_others(self, state: State, by: str, words: str | None) -> None:
        before = msgspec.structs.replace(self.here, snapshot=snapshot(requests=(request("r1"),)))
        after = msgspec.structs.replace(
            self.here, snapshot=snapshot(requests=(request("r1", state=state, decided_by=by),))
        )
        told = news.between(before, after, 11)
        assert (told.text if told else None) == words or (
            words is not None and told is not None and words in told.text
        )

    def test_a_session_that_ends_is_told(self) -> None:
        unlocked = msgspec.structs.replace(LOCKED, unlocked=True)
        before = msgspec.structs.replace(self.here, snapshot=snapshot(session=unlocked))
        told = news.between(before, self.here, 1)
        assert told is not None
        assert "locked" in told.text

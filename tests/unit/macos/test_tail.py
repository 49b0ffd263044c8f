"""Files that grow, are renamed and are cut."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos import tail
from entraclaw_tui.macos.tail import CUT_SIGN, Tailed, Turn, follow, last_lines


def test_the_last_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    assert last_lines(path, 5) == []
    path.write_bytes(b"")
    assert last_lines(path, 5) == []
    path.write_bytes(b"one\ntwo\r\nthr\xffee\n")
    assert last_lines(path, 2) == ["two", "thr\\xffee"]
    assert last_lines(path, 9) == ["one", "two", "thr\\xffee"]
    assert last_lines(path, 0) == []
    path.write_bytes(b"one\n\ntail")
    assert last_lines(path, 2) == ["", "tail"]


@given(st.lists(st.text("ab\u00e9", max_size=9), max_size=30), st.integers(1, 40), st.booleans())
def test_the_last_lines_over_many_blocks(lines: list[str], n: int, ended: bool) -> None:
    path = Path(f"/tmp/ec-log-{os.getpid()}")
    path.write_text("\n".join(lines) + ("\n" if ended and lines else ""), "utf-8")
    whole = path.read_bytes().decode().split("\n")
    if not whole[-1]:
        whole.pop()
    block = tail._BLOCK
    try:
        tail._BLOCK = 7
        assert last_lines(path, n) == whole[-n:]
    finally:
        tail._BLOCK = block
        path.unlink()


def test_a_large_file_is_read_at_its_end_only(tmp_path: Path) -> None:
    path = tmp_path / "large.log"
    with path.open("wb") as file:
        file.truncate(1 << 30)  # sparse: one gigabyte of nothing
        file.seek(0, os.SEEK_END)
        file.write(b"\nthe end\n")
    started = time.perf_counter()
    assert last_lines(path, 1) == ["the end"]
    assert time.perf_counter() - started < 1


async def gathered(lines: AsyncIterator[Tailed], count: int) -> Tailed:
    found: Tailed = []
    async with asyncio.timeout(5):
        while len(found) < count:
            found += await anext(lines)
    return found


async def test_new_lines_come_and_old_ones_do_not(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("old\n")
    lines = follow(path)
    waiting = asyncio.ensure_future(gathered(lines, 2))
    await asyncio.sleep(0)
    with path.open("a") as file:
        file.write("one\ntwo\npart")
    assert await waiting == ["one", "two"]
    with path.open("a") as file:
        file.write("ial\n")
    assert await gathered(lines, 1) == ["partial"]
    await lines.aclose()


async def test_the_last_lines_come_first_and_none_twice(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("a\nb\nc\nhalf")
    lines = follow(path, last=3)
    assert await gathered(lines, 2) == ["b", "c"]
    with path.open("a") as file:
        file.write(" done\nd\n")
    assert await gathered(lines, 2) == ["half done", "d"]
    await lines.aclose()


async def test_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    lines = follow(path)
    waiting = asyncio.ensure_future(gathered(lines, 1))
    await asyncio.sleep(0)
    path.write_text("first\n")
    assert await waiting == ["first"]
    await lines.aclose()


async def test_a_renamed_file_is_read_to_its_end_first(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("")
    lines = follow(path)
    waiting = asyncio.ensure_future(gathered(lines, 5))
    await asyncio.sleep(0)
    with path.open("a") as file:
        file.write("one\n")
        path.rename(tmp_path / "x.log.1")
        file.write("two\ncut")
    path.write_text("three\n")
    assert await waiting == ["one", "two", "cut", Turn.RENAMED, "three"]
    await lines.aclose()


async def test_a_cut_file_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("")
    lines = follow(path)
    waiting = asyncio.ensure_future(gathered(lines, 1))
    await asyncio.sleep(0)
    with path.open("a") as file:
        file.write("a long line before the cut\n")
    await waiting
    path.write_text("new\n")
    assert await gathered(lines, 2) == [Turn.CUT, "new"]
    await lines.aclose()


async def test_a_flood_comes_whole_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("")
    lines = follow(path)
    waiting = asyncio.ensure_future(gathered(lines, 100_000))
    await asyncio.sleep(0)
    with path.open("a") as file:
        file.writelines(f"line {number}\n" for number in range(100_000))
    assert await waiting == [f"line {number}" for number in range(100_000)]
    await lines.aclose()


async def test_a_line_without_end_is_cut_and_not_hoarded(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("")
    lines = follow(path)
    waiting = asyncio.ensure_future(gathered(lines, 1))
    await asyncio.sleep(0)
    with path.open("a") as file:
        file.write("x" * (5 * tail.LINE_CAP))
    assert await waiting == ["x" * tail.LINE_CAP + CUT_SIGN]
    with path.open("a") as file:
        file.write("the rest of it\nthe next\n")
    assert await gathered(lines, 1) == ["the next"]
    await lines.aclose()


def test_a_long_line_among_the_last_ones_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("one\n" + "y" * (2 * tail.LINE_CAP) + "\nthree\n")
    assert last_lines(path, 3) == ["one", "y" * tail.LINE_CAP + CUT_SIGN, "three"]


def test_half_a_line_is_not_shown_as_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "_BLOCK", 4)
    monkeypatch.setattr(tail, "_END_CAP", 8)
    path = tmp_path / "x.log"
    path.write_text("a first line\nb\nc\n")
    assert last_lines(path, 9) == ["b", "c"]


async def test_a_file_is_let_go_of(tmp_path: Path, descriptors: Callable[[], int]) -> None:
    path = tmp_path / "x.log"
    path.write_text("a\n")
    before = descriptors()
    for _ in range(5):
        lines = follow(path, last=1)
        assert await anext(lines) == ["a"]
        await lines.aclose()
    assert descriptors() == before


async def test_a_quiet_file_costs_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 20:
            raise asyncio.CancelledError

    monkeypatch.setattr("entraclaw_tui.macos.tail.asyncio.sleep", sleep)
    path = tmp_path / "x.log"
    path.write_text("a\n")
    with pytest.raises(asyncio.CancelledError):
        await anext(follow(path))
    assert waits == sorted(waits)
    assert waits[-1] == 0.5

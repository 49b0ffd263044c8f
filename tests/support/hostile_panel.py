"""The real panel on this terminal, every text that it shows hostile; driven by itself.

usage: hostile_panel.py FOLDER COUNT SEED ROWS

Lists show ROWS texts at a time, sheets and the job one: each text comes into every field. Writes
FOLDER/report.json at its end. After each kind of sheet it waits for FOLDER/go, with the sheet open.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

os.environ["TEXTUAL_FPS"] = "2000"  # read at import: each picture at once
os.environ["TEXTUAL_ANIMATIONS"] = "none"
sys.path.insert(0, str(Path(__file__).parents[2]))

from textual import events

from entraclaw_tui.dashboard import open_sheets
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Loaded
from tests.support import panel as stage
from tests.support.hostile_texts import strings

T = TypeVar("T")
_KEYS = frozenset({"id", "request_id", "grant_id", "digest", "identity"})
"""Fields by which things are found again; none of them is shown."""
_PANES = "12345678"
_known: dict[object, dict[str, str]] = {}


def _texts_of(kind: Any) -> dict[str, str]:
    """Return the fields of a type that hold text, and whether one or several."""
    if kind in _known:
        return _known[kind]
    found = _known[kind] = {}
    for name, hint in typing.get_type_hints(kind).items():
        plain = [hint, *typing.get_args(hint)] if isinstance(hint, types.UnionType) else [hint]
        if name in _KEYS:
            continue
        if any(h is str or getattr(h, "__supertype__", None) is str for h in plain):
            found[name] = "one"
        elif typing.get_origin(hint) is tuple and typing.get_args(hint)[0] is str:
            found[name] = "several"
    return found


def spoiled(value: T, text: str) -> T:
    """Return a copy whose every text, also inside, is this one."""
    return typing.cast(T, _spoiled(value, text))


def _spoiled(value: Any, text: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_spoiled(one, text) for one in value)
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
    elif is_dataclass(value) and not isinstance(value, type):
        names = tuple(one.name for one in fields(value))
    else:
        return value
    texts = _texts_of(type(value))
    new = {name: _spoiled(getattr(value, name), text) for name in names if name not in texts}
    new |= {name: text if texts[name] == "one" else (text, text) for name in names if name in texts}
    change = msgspec.structs.replace if isinstance(value, msgspec.Struct) else replace
    return change(value, **new)


class Show:
    """One panel and what it is told."""

    def __init__(self, folder: Path, texts: Sequence[str], rows: int) -> None:
        self.folder, self.texts, self.rows = folder, texts, rows
        self.now: Sequence[str] = texts[:rows]
        self.waits = self.shown = 0
        mac = stage.sources(
            job=self._read(lambda t: Loaded(spoiled(stage.job(), t[0]), stage.NOW)),
            keychain=self._read(lambda t: Loaded(self._keychain(t), stage.NOW)),
            privacy=self._read(lambda t: Loaded(self._privacy(t), stage.NOW)),
            logs=(stage.follow([spoiled(LogLine(stage.NOW, "a", "info", "b"), t) for t in texts]),),
        )
        mac = msgspec.structs.replace(mac, findings=self._examine)
        self.stage = stage.Stage(first=self.snapshot(), mac=mac, banner=texts[0])
        self.panel = self.stage.panel

    def snapshot(self, whole: Sequence[str] | None = None) -> Any:
        """Return what the worker says: a row of each kind for each text."""
        texts = whole or self.now
        first = stage.snapshot()
        rows = {
            kind: tuple(
                msgspec.structs.replace(spoiled(one, text), id=f"{kind[0]}{number}")
                for number, text in enumerate(texts)
            )
            for kind, one in (
                ("requests", first.requests[0]), ("grants", first.grants[0]),
                ("tokens", first.tokens[0]),
            )
        }  # fmt: skip
        plain = msgspec.structs.replace(first, **rows)
        return msgspec.structs.replace(
            plain, worker=spoiled(first.worker, texts[0]), session=spoiled(first.session, texts[0])
        )

    def _read(self, answer: Callable[[Sequence[str]], Any]) -> Any:
        async def read() -> Any:
            return answer(self.now)

        return read

    async def _examine(self, known: Any, worker: Any) -> Any:
        return Loaded(tuple(spoiled(stage.findings()[0], t) for t in self.now), stage.NOW)

    def _keychain(self, texts: Sequence[str]) -> Keychain:
        items = tuple(spoiled(stage.item("key:a:v1", 2), text) for text in texts)
        return replace(stage.keychain(), items=items) if is_dataclass(Keychain) else (
            msgspec.structs.replace(stage.keychain(), items=items)
        )  # fmt: skip

    def _privacy(self, texts: Sequence[str]) -> Privacy:
        grants = tuple(spoiled(stage.privacy().grants[0], text) for text in texts)
        return msgspec.structs.replace(stage.privacy(), grants=grants)

    async def painted(self) -> None:
        """Wait until what was said is on the screen."""
        done = asyncio.Event()
        self.panel.call_after_refresh(done.set)
        await done.wait()

    async def tap(self, *keys: str) -> None:
        for key in keys:
            self.panel.post_message(events.Key(key, key if len(key) == 1 else None))
            await self.painted()

    async def drive(self) -> None:
        """Show everything, and tell how it went."""
        trouble = ""
        try:
            await self._everything()
        except Exception as error:
            trouble = f"{type(error).__name__}: {error!r} {traceback.format_exc()}"
        report = {"asked": self.stage.link.asked, "texts": self.shown, "trouble": trouble}
        (self.folder / "report.json").write_text(json.dumps(report))
        self.panel.exit()

    async def _everything(self) -> None:
        await self.painted()
        for start in range(0, len(self.texts), self.rows):
            self.now = self.texts[start : start + self.rows]
            await self._tell()
            for pane in _PANES:
                await self.tap(pane, "enter", "escape", "escape")
        for number, sheet in enumerate(self._sheets()):
            # Small sheets show what the request's shows: some texts are enough there.
            for text in self.texts[:: 1 if number == 0 else 10]:
                self.now = [text]
                self.stage.link.tell(self.snapshot())
                sheet()
                await self.painted()
                await self._back()
            self.now = [self.texts[0]]
            self.stage.link.tell(self.snapshot())
            sheet()
            await self.painted()
            await self._wait()
            await self._back()
        for text in self.texts:
            self.now = [text]
            await self._tell()
            self.shown += 1

    async def _tell(self) -> None:
        self.stage.link.tell(self.snapshot())
        self.panel.feeds.refresh()
        await self.painted()

    async def _back(self) -> None:
        while len(self.panel.screen_stack) > 1:
            self.panel.pop_screen()
            await self.painted()

    def _sheets(self) -> Iterator[Callable[[], None]]:
        panel = self.panel

        def request() -> Any:
            return self.snapshot().requests[0]

        def finding() -> Any:
            return spoiled(stage.findings()[0], self.now[0])

        def confirm() -> None:
            text = self.now[0]
            panel.push_screen(ConfirmSheet(text, effect=text, command=(text, text), yes=text))

        yield lambda: open_sheets.open_request(panel, request())
        yield lambda: open_sheets.open_finding(panel, finding())
        yield lambda: open_sheets.open_reason(panel, request())
        yield lambda: open_sheets.open_together(panel, [request()])
        yield lambda: open_sheets.unlock(panel)
        yield confirm
        yield lambda: panel.say(self.now[0])

    async def _wait(self) -> None:
        """Let somebody look at the screen."""
        self.waits += 1
        (self.folder / f"at{self.waits}").touch()
        go = self.folder / f"go{self.waits}"
        while not go.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.01)


def main() -> None:
    folder, count, seed, rows = Path(sys.argv[1]), *(int(word) for word in sys.argv[2:])
    show = Show(folder, strings(count, seed), rows)
    driving: list[asyncio.Task[None]] = []

    def begin() -> None:
        driving.append(asyncio.get_running_loop().create_task(show.drive()))

    show.panel.call_later(begin)
    show.panel.run()
    if driving and driving[0].done():
        driving[0].result()
    sys.exit(show.panel.return_code)


if __name__ == "__main__":
    main()

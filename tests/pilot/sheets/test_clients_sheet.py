"""The clients: who may not ask stands first, and comes back by one key in an open session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from textual.pilot import Pilot

from entraclaw_tui.dashboard.client_rows import ordered, state
from entraclaw_tui.dashboard.sheets.clients import ClientsSheet
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Client
from tests.support.sheet_stage import LOCKED, NOW, OPEN, ScriptedLink, Stage, press, until


def client(name: str, *, seen: float = 60.0, **more: Any) -> Client:
    path = f"/usr/local/bin/{name}"
    return Client(f"id:{name}", name, path, NOW - 9000, NOW - seen, **more)


CLIENTS = (
    client("mcp-notes", allowed=3),
    client("pushy", blocked=True, denied=4, seen=600),
    client("mail-helper", resting_until=NOW + 250, denied=2),
    client("report-bot", seen=20),
)


def knowing(*clients: Client, session: Any = OPEN) -> ScriptedLink:
    link = ScriptedLink(session=session)
    assert link.view.snapshot is not None
    snapshot = msgspec.structs.replace(link.view.snapshot, clients=clients)
    link._view = msgspec.structs.replace(link.view, snapshot=snapshot)
    return link


@asynccontextmanager
async def opened(
    link: ScriptedLink, *, readonly: bool = False
) -> AsyncIterator[tuple[Pilot[None], Stage]]:
    def make(stage: Stage) -> Sheet[Any]:
        return ClientsSheet(link, stage.clock, readonly=readonly)

    stage = Stage(link, make)
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Clients" in stage.text)
        yield pilot, stage


def test_who_may_not_ask_stands_first() -> None:
    found = ordered(CLIENTS, NOW)
    assert [each.name for each in found] == ["pushy", "mail-helper", "report-bot", "mcp-notes"]
    said = [state(each, NOW)[0] for each in found]
    assert said == [
        "blocked",
        "rests, 4 min left",
        "may ask, seen 20 s ago",
        "may ask, seen 60 s ago",
    ]
    assert [each.name for each in ordered(CLIENTS, NOW + 250)][:2] == ["pushy", "report-bot"]


def test_only_the_latest_of_many_are_listed_but_every_blocked_one() -> None:
    many = [client(f"c{n}", seen=n) for n in range(200)]
    blocked = [client(f"b{n}", seen=9000, blocked=True) for n in range(60)]
    found = ordered([*many, *blocked], NOW)
    assert sum(each.blocked for each in found) == 60
    assert [each.name for each in found[60:]] == [f"c{n}" for n in range(50)]


async def test_a_blocked_one_is_let_ask_again_and_the_cursor_stays_on_it() -> None:
    link = knowing(*CLIENTS)
    async with opened(link) as (pilot, stage):
        assert "2 may not ask" in stage.text
        await press(pilot, "x")
        await until(pilot, lambda: "pushy may ask again." in stage.text)
        assert link.unblocked == ["id:pushy"]
        link.tell(client=msgspec.structs.replace(CLIENTS[1], blocked=False))
        stage.told()
        await pilot.pause()
        assert "\u25b8 pushy" in stage.text
        assert "1 may not ask" in stage.text


async def test_a_locked_session_blocks_but_lets_nobody_back() -> None:
    link = knowing(*CLIENTS, session=LOCKED)
    async with opened(link) as (pilot, stage):
        await press(pilot, "x")
        assert "Unlock first" in stage.text
        await press(pilot, "j", "j", "D")
        await until(pilot, lambda: "report-bot is blocked." in stage.text)
        assert (link.unblocked, link.blocked) == ([], ["id:report-bot"])


async def test_every_client_keeps_its_row_whatever_comes() -> None:
    link = knowing(*CLIENTS)
    async with opened(link) as (pilot, stage):
        link.tell(client=msgspec.structs.replace(CLIENTS[1], blocked=False))
        link.tell(client=client("mcp-notes", seen=0))
        link.tell(client=client("newcomer", seen=0))
        stage.told()
        await pilot.pause()
        rows = [line for line in stage.text.splitlines() if "may ask, " in line or "rests" in line]
        names = [row.replace("\u25b8", " ").split()[1] for row in rows]
        assert names == ["pushy", "mail-helper", "report-bot", "mcp-notes", "newcomer"]


async def test_a_panel_that_only_looks_lists_them_and_changes_nothing() -> None:
    link = knowing(*CLIENTS)
    async with opened(link, readonly=True) as (pilot, stage):
        assert "pushy" in stage.text
        assert "let it ask" not in stage.text
        for keys in (("x",), ("j", "x"), ("j", "D"), ("u",)):
            await press(pilot, *keys)
            assert "only looks" in stage.text
        assert (link.unblocked, link.blocked) == ([], [])
        assert "\u25b8 report-bot" in stage.text


async def test_without_the_worker_no_key_seems_to_work() -> None:
    link = knowing(*CLIENTS)
    async with opened(link) as (pilot, stage):
        assert "let it ask" in stage.text
        link.lose("The worker is not running: it has no socket.")
        stage.told()
        await until(pilot, lambda: "it has no socket" in stage.text)
        assert "let it ask" not in stage.text
        assert "Esc  back" in stage.text


async def test_one_time_is_one_time() -> None:
    link = knowing(client("mcp-notes", allowed=1, denied=2))
    async with opened(link) as (_, stage):
        assert "allowed 1 time, denied 2 times" in stage.text


async def test_a_refusal_and_an_empty_list_are_said_plainly() -> None:
    link = knowing(*CLIENTS)
    async with opened(link) as (pilot, stage):
        link.fails = WireError(Code.STORAGE, "It cannot be stored now.", "Make room.")
        await press(pilot, "x")
        await until(pilot, lambda: "It cannot be stored now. Make room." in stage.text)
    async with opened(knowing(), readonly=True) as (pilot, stage):
        assert "No program has asked yet" in stage.text
        await press(pilot, "j", "x", "D")
        assert "only looks" in stage.text

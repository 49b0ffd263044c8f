"""Tools that go on: their lines, their end, and what is left of them; and the unified log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.macos import log_stream
from entraclaw_tui.macos.host import Host, ToolMissing
from entraclaw_tui.macos.tool_stream import ToolEnded, stream

Tool = Callable[[str, str], Path]


async def test_lines_come_while_it_runs_and_its_end_is_told(mac: Host, tool: Tool) -> None:
    tool("/usr/bin/x", "echo one; echo 'two\x1b'; echo broken >&2; exit 3")
    told: list[str] = []

    async def listen() -> None:
        async for batch in stream(mac, "/usr/bin/x"):
            told.extend(batch)

    with pytest.raises(ToolEnded) as ended:
        await listen()
    assert told == ["one", "two\x1b"]
    assert ended.value.ran.exit == 3
    assert ended.value.ran.complaint == "broken"


async def test_one_that_nobody_listens_to_any_more_is_ended(
    mac: Host, tool: Tool, descriptors: Callable[[], int]
) -> None:
    tool("/usr/bin/x", "echo $$; while :; do sleep 60; done")
    before = descriptors()
    lines = stream(mac, "/usr/bin/x")
    (pid,) = await anext(lines)
    await lines.aclose()
    assert not psutil.pid_exists(int(pid))
    assert descriptors() == before


async def test_a_missing_one_says_so(mac: Host) -> None:
    with pytest.raises(ToolMissing):
        await anext(stream(mac, "/usr/bin/none"))


async def test_the_unified_log_is_followed(mac: Host, tool: Tool) -> None:
    event = {"timestamp": "2026-06-01 19:39:05.5+0200", "messageType": "Error"}
    event |= {"eventMessage": "com.entraclaw.agent: no", "processImagePath": "/sbin/launchd"}
    tool(
        "/usr/bin/log",
        'echo "$@" > args; '
        f"echo 'Filtering the log data using x'; echo '{json.dumps(event)}'; exec sleep 60",
    )
    lines = log_stream.follow(mac)
    (found,) = await anext(lines)
    await lines.aclose()
    assert (found.origin, found.level) == ("system", "error")
    assert found.message == "launchd: com.entraclaw.agent: no"
    assert (mac.root / "args").read_text().startswith("stream --style ndjson --predicate ")


async def test_who_may_not_read_it_is_told_what_to_look_at_instead(mac: Host, tool: Tool) -> None:
    tool("/usr/bin/log", "echo \"log: Must be admin to run '$1' command\" >&2; exit 77")
    for asking in (anext(log_stream.follow(mac)), log_stream.past(mac, 60)):
        with pytest.raises(log_stream.Refused) as refused:
            await asking
        assert "administrator" in refused.value.why.reason
        assert "launchd's own log" in refused.value.why.hint


async def test_the_unified_log_of_before_is_read(mac: Host, tool: Tool) -> None:
    event = {"timestamp": "2026-06-01 19:39:05.5+0200", "eventMessage": "m"}
    tool("/usr/bin/log", f"echo '{json.dumps(event)}'; echo junk; echo \"$@\" > args")
    assert [line.message for line in await log_stream.past(mac, 300)] == ["m"]
    assert (mac.root / "args").read_text().rstrip().endswith("--last 300s")

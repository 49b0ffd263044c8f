"""A tool that goes on and on: its lines as they come, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from entraclaw_tui.macos.host import Host, Ran, ToolError, reap
from entraclaw_tui.macos.tail import LINE_CAP

_CHUNK = 64 * 1024
_COMPLAINT = 4096
"""Bytes of standard error that are kept; the rest is read and dropped."""


class ToolEnded(ToolError):
    """The tool ended by itself. `ran` has its exit status and complaint, and no output."""

    def __init__(self, tool: str, ran: Ran) -> None:
        super().__init__(f"{tool} ended: {ran.complaint}")
        self.ran = ran


async def stream(host: Host, tool: str, *arguments: str) -> AsyncGenerator[list[str], None]:
    """Yield batches of lines of a tool's output for as long as it runs.

    It has no deadline: whoever stops to listen ends it, with its whole group. A line longer than
    LINE_CAP comes in pieces. Raises ToolMissing, and ToolEnded once it has ended.
    """
    process = await host.start(tool, *arguments)
    complaint = asyncio.ensure_future(_complaint(process.stderr))
    ended = False
    try:
        rest = b""
        while process.stdout is not None and (chunk := await process.stdout.read(_CHUNK)):
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > LINE_CAP:
                whole.append(rest)
                rest = b""
            if whole:
                yield [line.decode("utf-8", "backslashreplace") for line in whole]
        if rest:
            yield [rest.decode("utf-8", "backslashreplace")]
        said = await complaint
        ran = Ran(await process.wait(), b"", said)
        ended = True
        raise ToolEnded(tool, ran)
    finally:
        complaint.cancel()
        await reap(process, ended)


async def _complaint(stream: asyncio.StreamReader | None) -> bytes:
    kept = b""
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        kept += chunk[: max(0, _COMPLAINT - len(kept))]
    return kept

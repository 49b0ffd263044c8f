"""What the agent wrote on standard error before it ended: often the cause itself."""

from __future__ import annotations

import asyncio

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.interpreter import on_disk
from entraclaw_tui.macos.tail import last_lines
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Empty, Failed, Loaded

_LINES = 20
"""Lines from the end among which the last one with something in it is looked for."""
_LONGEST = 300


async def last_words(host: Host, job: Loaded[Job] | Empty | Failed) -> str:
    """Return the last line that a job without a process wrote; empty where there is none."""
    if not isinstance(job, Loaded) or job.value.alive or not job.value.stderr_path:
        return ""
    try:
        lines = await asyncio.to_thread(last_lines, on_disk(host, job.value.stderr_path), _LINES)
    except OSError:
        return ""
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return said[:_LONGEST]

"""The clipboard of the desktop, by `pbcopy`."""

from __future__ import annotations

from entraclaw_tui.macos.host import Host, ToolError

PBCOPY = "/usr/bin/pbcopy"


async def copy(host: Host, text: str) -> None:
    """Put text on the clipboard. Raises ToolError, with words for a person, if that failed."""
    ran = await host.run(PBCOPY, stdin=text.encode("utf-8", "replace"))
    if ran.exit != 0:
        raise ToolError(f"{PBCOPY} failed: {ran.complaint}")

"""Opens the pane of System Settings where a privacy decision is changed."""

from __future__ import annotations

from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.tcc_services import settings_url

OPEN = "/usr/bin/open"


async def show(host: Host, service: str) -> str:
    """Open a service's pane at the Mac's screen; return why it did not open, else nothing."""
    try:
        ran = await host.run(OPEN, settings_url(service))
    except ToolError as error:
        return str(error)
    return "" if ran.exit == 0 else f"`open` said: {ran.complaint}"

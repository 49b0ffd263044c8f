"""`tccutil list` of macOS 27, where the person's own database moved out of sight.

`tccutil list -s SERVICE` prints one client a line, `-b CLIENT` behind it that client's state. Up
to macOS 26 the tool knows `reset` alone and answers with its usage.
"""

from __future__ import annotations

from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.model.source import Empty, Failed

TCCUTIL = "/usr/bin/tccutil"

_UNKNOWN = "Usage:"


async def list_clients(host: Host, service: str) -> tuple[str, ...] | Empty | Failed:
    """Return the clients that macOS keeps a decision of for a service, named without its prefix.

    Empty where this macOS cannot list. Asks nobody and changes nothing.
    """
    return await _ask(host, "-s", service.removeprefix("kTCCService"))


async def client_state(host: Host, service: str, client: str) -> str | Empty | Failed:
    """Return macOS' word for one client's decision."""
    found = await _ask(host, "-s", service.removeprefix("kTCCService"), "-b", client)
    if isinstance(found, tuple):
        return found[0] if found else Empty(f"macOS has no decision for {client}.")
    return found


def parse_clients(text: str) -> tuple[str, ...] | None:
    """Return the lines of a list; None for the usage of a tool that cannot list."""
    if _UNKNOWN in text:
        return None
    return tuple(line.strip() for line in text.splitlines() if line.strip())


async def _ask(host: Host, *arguments: str) -> tuple[str, ...] | Empty | Failed:
    try:
        ran = await host.run(TCCUTIL, "list", *arguments)
    except ToolError as error:
        return Failed(str(error))
    text = (ran.stdout + ran.stderr).decode("utf-8", "backslashreplace")
    found = parse_clients(text)
    if found is None:
        return Empty("This macOS cannot list them; its database tells.")
    if ran.exit != 0:
        return Failed(f"`tccutil` said: {ran.complaint}")
    return found

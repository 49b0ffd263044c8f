"""A job's side of socket activation, what launch_activate_socket(3) is on a Mac."""

from __future__ import annotations

import socket
from pathlib import Path

from entraclaw_tui.demo.mac import wire
from entraclaw_tui.demo.mac.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself is not imported: jobs start with it
    from typing import Protocol

    class HasRoot(Protocol):
        """Anything that knows the folder of the pretend Mac, a `Host` for one."""

        @property
        def root(self) -> Path:
            """The folder."""
            ...


class ActivationError(Exception):
    """Launchd has no sockets of that name for this process."""


def activate(host: HasRoot, name: str) -> list[socket.socket]:
    """Return the listening sockets that launchd keeps for this job under `name`.

    They stay open in launchd when this process ends. Raises ActivationError.
    """
    try:
        return wire.ask_for_sockets(Layout(host.root).launchd_socket, ["-checkin", name])
    except wire.WireError as error:
        raise ActivationError(f"No sockets named {name} from launchd: {error}") from None

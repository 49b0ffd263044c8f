"""Which launchd and which keyring a command hands to the worker: the Mac's, or the pretend one's.

The worker itself never asks which it is; this is the one place that chooses.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.worker.vault import Backend


def listeners(host: Host) -> Callable[[str], list[socket.socket]]:
    """Return what fetches the job's listening sockets from launchd, by name."""
    if host.pretend:
        from entraclaw_tui.demo.mac.activation import activate

        return lambda name: activate(host, name)
    from entraclaw_tui.macos.activation import activate as activate_on_mac

    return activate_on_mac


def keyring(host: Host) -> Callable[[], Backend]:
    """Return what makes the backend of the login keychain."""
    if host.pretend:
        from entraclaw_tui.macos.places import Places

        def pretend() -> Backend:
            from entraclaw_tui.demo.mac.backend import PretendKeyring

            return PretendKeyring(Places.of(host).login_keychain)

        return pretend
    from entraclaw_tui.worker.vault import mac_backend

    return mac_backend

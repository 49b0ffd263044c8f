"""A job's listening sockets: open while it is loaded, watched while it rests."""

from __future__ import annotations

from collections.abc import Callable

from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.listening import Listening, ListeningError, listen
from entraclaw_tui.demo.mac.launchd.reactor import READ


class Ears:
    """The sockets of one job."""

    def __init__(self, definition: Definition, ground: Ground) -> None:
        self.all: list[Listening] = []
        self._label = definition.label
        self._specs = definition.sockets
        self._ground = ground

    def open(self, complain: Callable[[str], None]) -> None:
        """Make the sockets; one that cannot be made is complained about and left out."""
        for spec in self._specs:
            try:
                self.all.append(listen(spec, self._ground.adopted))
            except ListeningError as error:
                complain(f"failed to create socket: {error}")

    def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` when somebody connects."""
        if self._label not in self._ground.deaf:
            for one in self.all:
                self._ground.reactor.watch(one.socket, READ, heard)

    def deafen(self) -> None:
        """Leave whoever connects to the job's process."""
        for one in self.all:
            self._ground.reactor.forget(one.socket)

    def close(self) -> None:
        """Close them and take their paths away."""
        self.deafen()
        for one in self.all:
            one.close()
        self.all.clear()

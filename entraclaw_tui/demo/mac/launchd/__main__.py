"""Starts the launchd of a pretend Mac: python -m ...launchd ROOT [--adopt=PORT=FD] [--leash=FD]."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from entraclaw_tui.demo.mac.launchd import serve
from entraclaw_tui.macos.host import Host


def main(arguments: list[str]) -> None:
    """Serve the pretend Mac that the first argument names."""
    adopt: dict[int, socket.socket] = {}
    leash: int | None = None
    for option in arguments[1:]:
        name, _, value = option.partition("=")
        if name == "--adopt":
            port, _, descriptor = value.partition("=")
            adopt[int(port)] = socket.socket(fileno=int(descriptor))
        elif name == "--leash":
            leash = int(value)
        else:
            raise SystemExit(f"unknown option {option}")
    serve(Host.open(Path(arguments[0])), adopt, leash)


if __name__ == "__main__":
    main(sys.argv[1:])

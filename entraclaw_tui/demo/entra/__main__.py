"""The authority's process: `python -m entraclaw_tui.demo.entra ROOT`, started by launchd."""

from __future__ import annotations

import sys
from pathlib import Path

from entraclaw_tui.demo.entra.job import LISTENER
from entraclaw_tui.demo.entra.server import serve
from entraclaw_tui.demo.mac.activation import ActivationError, activate
from entraclaw_tui.macos.host import Host, HostError


def main(arguments: list[str]) -> int:
    """Serve until launchd ends the process (SIGTERM)."""
    if len(arguments) != 1:
        print("usage: python -m entraclaw_tui.demo.entra ROOT", file=sys.stderr)
        return 64
    try:
        host = Host.open(Path(arguments[0]))
        serve(host, activate(host, LISTENER))
    except (HostError, ActivationError) as error:
        print(error, file=sys.stderr)
        return 69
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs a tool that talks with the person in this very terminal, and waits for its end.

For questions whose answer must not pass through us: the tool reads the password itself.
"""

from __future__ import annotations

import signal
import subprocess

from entraclaw_tui.macos.host import Host, ToolMissing


def run_here(host: Host, tool: str, *arguments: str) -> int:
    """Run a tool with our terminal and return its exit status. Blocks until the person is done.

    Ctrl+c ends the tool and not us. It gets the clean environment of every tool. Raises
    ToolMissing.
    """
    # A handler and no SIG_IGN, which the tool would inherit.
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        ran = subprocess.run(
            [str(host.path(tool)), *arguments],
            env=host.environment(),
            cwd=host.root,
            check=False,
        )
    except OSError as error:
        raise ToolMissing(f"{tool} cannot be run: {error.strerror or error}") from None
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)
    return ran.returncode

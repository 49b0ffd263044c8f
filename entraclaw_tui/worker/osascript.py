"""The one way to `osascript`: a script of ours on standard input, foreign text as arguments.

`osascript - TEXT ...` reads the script from standard input and hands what follows to its `on run
argv` (osascript(1)); nothing is ever put into a script. Arguments are visible to every program of
the account: they hold no secret.
"""

from __future__ import annotations

from typing import Final

from entraclaw_tui.macos.host import Host, Ran
from entraclaw_tui.text import Shown

OSASCRIPT: Final = "/usr/bin/osascript"
_CAP: Final = 4096


async def run(host: Host, script: bytes, *texts: Shown, deadline: float) -> Ran:
    """Run one of our scripts with these texts and return what it answered. Raises ToolError.

    Each text begins with a word of ours, so that none can be taken for an option.
    """
    return await host.run(OSASCRIPT, "-", *texts, stdin=script, deadline=deadline, cap=_CAP)

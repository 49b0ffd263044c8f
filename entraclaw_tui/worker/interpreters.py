"""Programs that run other people's code: their own identity says nothing about who asks.

For these a grant lives only as long as the asking process, and the client stays a new one.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_NAMES = re.compile(
    r"""(?xi)^(?:
        python[0-9.]*[dt]? | pythonw[0-9.]* | pypy[0-9.]* | ipython[0-9.]* | uv | uvx | pipx
      | node | nodejs | bun | deno | electron | npm | npx
      | ruby[0-9.]* | irb | perl[0-9.]* | php[0-9.]* | lua[0-9.]* | luajit | tclsh[0-9.]*
      | java | swift | go | Rscript | R | ghci | julia
      | sh | bash | zsh | dash | ksh | fish | csh | tcsh | nu | elvish | pwsh | xonsh | busybox
      | env | xargs | awk | gawk | mawk | make | gmake | expect | script
      | nc | ncat | netcat | socat | ssh | curl | websocat
      | osascript | automator | shortcuts | applescript
      | gdb | lldb | lldb-server | debugserver
      | entraclaw-tui
    )$"""
)
_IDENTIFIERS = frozenset(
    {
        "com.apple.python3",
        "com.apple.osascript",
        "com.apple.nc",
        "com.apple.sh",
        "com.apple.bash",
        "com.apple.zsh",
        "com.apple.ruby",
        "com.apple.perl",
        "org.python.python",
        "org.python.python.app",
        "node",
        "deno",
        "bun",
    }
)


def runs_others_code(executable: str, identifier: str) -> bool:
    """Whether this program is an interpreter or a relay, by its own name or signing identifier."""
    name = PurePosixPath(executable).name
    identified = identifier.lower()
    return bool(
        _NAMES.match(name)
        or identified in _IDENTIFIERS
        or _NAMES.match(identified.rpartition(".")[2])
    )

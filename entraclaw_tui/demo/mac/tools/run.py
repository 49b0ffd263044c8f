"""Where every stand-in tool starts: python -I -S run.py TOOL ROOT ARGUMENTS...

The tool itself is a module, so that Python keeps it compiled.
"""

from __future__ import annotations

import sys


def start() -> int:
    """Run the tool that the command line names."""
    parent = __file__.rsplit("/", 5)[0]
    sys.path.insert(0, parent)
    from entraclaw_tui.demo.mac.lean import Folder

    name = "entraclaw_tui.demo.mac.tools." + sys.argv[1]
    __import__(name)  # importlib itself would be one more import
    tool = sys.modules[name]
    try:
        status: int = tool.main(Folder(sys.argv[2]), sys.argv[3:])
        sys.stdout.flush()
    except BrokenPipeError:
        return 1
    return status


if __name__ == "__main__":
    sys.exit(start())

"""Where every stand-in tool starts: python -I -S run.py TOOL ROOT ARGUMENTS...

The tool itself is a module, so that Python keeps it compiled.
"""

from __future__ import annotations

import sys


def start() -> int:
    """Run the tool that the command line names."""
    parent = __file__.rsplit("/", 5)[0]
    sys.path.insert(0, parent)
    from importlib import import_module

    from entraclaw_tui.demo.mac.layout import Layout

    tool = import_module("entraclaw_tui.demo.mac.tools." + sys.argv[1])
    try:
        status: int = tool.main(Layout(sys.argv[2]), sys.argv[3:])
        sys.stdout.flush()
    except BrokenPipeError:
        return 1
    return status


if __name__ == "__main__":
    sys.exit(start())

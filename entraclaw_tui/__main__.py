"""Where `python -m entraclaw_tui` and the console script begin."""

from __future__ import annotations

import gc
import os
import sys

COMPLETING = "_ENTRACLAW_TUI_COMPLETE"
"""Set by the completion scripts (Click 8)."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    # The commonest question of scripts and bug reports needs no parser.
    if sys.argv[1:] in (["--version"], ["-V"]):
        from entraclaw_tui import __version__

        print(f"entraclaw-tui {__version__}")
        raise SystemExit(0)
    raise SystemExit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    # What is imported to begin with stays: looking through it for garbage only takes time.
    gc.disable()
    from entraclaw_tui.cli import bare

    wanted = bare.settings(arguments)
    # A shell that completes a line calls the program without arguments, too.
    if wanted is not None and COMPLETING not in os.environ:
        return bare.run(wanted)  # the panel enables it behind its first picture
    from entraclaw_tui.cli.main import run

    gc.enable()
    return run(arguments)


if __name__ == "__main__":
    main()

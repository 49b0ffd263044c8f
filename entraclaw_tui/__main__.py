"""Where `python -m entraclaw_tui` and the console script begin."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # The commonest question of scripts and bug reports needs no parser.
    if sys.argv[1:] in (["--version"], ["-V"]):
        from entraclaw_tui import __version__

        print(f"entraclaw-tui {__version__}")
        raise SystemExit(0)
    from entraclaw_tui.cli.main import run

    raise SystemExit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""A client's program: `NAME -I -S -B program.py ROOT NAME`, started by the pretend launchd."""

from __future__ import annotations

import random
import signal
import sys
import time
from pathlib import Path

if __name__ == "__main__":  # isolated and without site-packages: say where we live
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from entraclaw_tui.demo.clients.asking import Asking
from entraclaw_tui.demo.clients.diary import Diary
from entraclaw_tui.demo.clients.stories import STORIES
from entraclaw_tui.demo.mac.layout import Layout

_REST = (20.0, 60.0)
"""Seconds between the end of one ask and the next (at speed 1)."""


def main(arguments: list[str]) -> int:
    """Ask, rest, ask again, until launchd ends the process (SIGTERM)."""
    if len(arguments) != 2 or arguments[1] not in STORIES:
        print(f"usage: program.py ROOT {'|'.join(STORIES)}", file=sys.stderr)
        return 64
    layout = Layout(Path(arguments[0]).absolute())
    story = STORIES[arguments[1]]
    diary = Diary(layout.home, story.name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    asking = Asking(story, layout.home / ".config/entraclaw/run/request.sock", diary)
    chance = random.Random()  # noqa: S311 - when to ask next is no secret
    time.sleep(story.first_after / layout.speed)
    turn = 0
    while True:
        rest = asking.once(story.reasons[turn % len(story.reasons)])
        turn += 1
        time.sleep(max(rest, chance.uniform(*_REST) / layout.speed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

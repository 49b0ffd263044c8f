"""`launchctl dumpstate`: every domain and every service of the Mac, one behind the other.

That is some 150,000 lines. They are taken one by one, and one block is held at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from entraclaw_tui.macos.jobs import parse_domain, parse_service
from entraclaw_tui.model.job import Domain, Job

_OPENS = re.compile(r"[^\t }].* = \{")
_DOMAIN = re.compile(r"(?:system|(?:gui|user|login|session|pid)/-?\d+) = \{")


def parse_dumpstate(lines: Iterable[str]) -> Iterator[Job | Domain]:
    """Yield the domains and services of a dump in the order printed; never raises.

    `lines` may be an open file: nothing is kept but the block at hand. What stands outside all
    blocks is passed over.
    """
    block: list[str] = []
    for line in lines:
        line = line.rstrip("\r\n")
        if _OPENS.fullmatch(line):
            yield from _read(block)
            block = [line]
        elif block:
            block.append(line)
    yield from _read(block)


def _read(block: list[str]) -> Iterator[Job | Domain]:
    if not block:
        return
    text = "\n".join(block) + "\n"
    yield parse_domain(text) if _DOMAIN.fullmatch(block[0]) else parse_service(text)

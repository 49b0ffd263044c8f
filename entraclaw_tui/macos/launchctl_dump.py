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

    `lines` have their line ends, as an open file gives them: a last line without one was cut.
    Nothing is kept but the block at hand. What stands outside all blocks is passed over.
    """
    block: list[str] = []
    for line in lines:
        if line.endswith("\r\n"):
            line = f"{line[:-2]}\n"
        if _OPENS.fullmatch(line.removesuffix("\n")):
            yield from _read(block)
            block = [line]
        elif block:
            block.append(line)
    yield from _read(block)


def _read(block: list[str]) -> Iterator[Job | Domain]:
    if not block:
        return
    text = "".join(block)
    domain = _DOMAIN.fullmatch(block[0].removesuffix("\n"))
    yield parse_domain(text) if domain else parse_service(text)

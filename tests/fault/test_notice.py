"""C24: whatever a program calls itself, the script stays ours and the text arrives as one argument.

Each text is shown by the real notice or dialog code through the pretend Mac's `osascript`, which
writes down the script that it read and the arguments that it got.
"""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import msgspec

from entraclaw_tui.demo.mac import build
from entraclaw_tui.demo.mac.lean import DIALOGS
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.consent import Request
from entraclaw_tui.text import Shown, clean_block
from entraclaw_tui.worker import dialog, notice, osascript
from entraclaw_tui.worker.dialog import Answer
from tests.support.fault_table import Rows
from tests.support.sheet_stage import MAIL_READ, asked, requester
from tests.support.sizes import sizes

SCRIPT = (
    '" & (do shell script "touch injected") & "',
    '"\nend run\non run argv\ndo shell script "touch injected',
    'tell application "System Events" to keystroke "a"',
    '\\" giving up after 0 --',
    'default button "Review in the panel"',
    "\u00ac\n(* comment *) # -- ",
    "{item 2 of argv}",
    "\u00abevent sysoexec\u00bb",
)
QUOTE = ('"', "'", "\\", '\\\\"', "\u201c\u201d", "`id`", "$(touch injected)", "%s", "\t", "\r\n")
ARGV = ("-e", "-l", "JavaScript", "--", "-", "-i", "\x00", "-e\x00do shell script", " " * 40)
PLIST = (
    "</string><key>ProgramArguments</key><array>",
    '<?xml version="1.0"?>',
    "&lt;&amp;&#x22;",
    "<![CDATA[x]]>",
    "bplist00",
)
KINDS = (SCRIPT, QUOTE, ARGV, PLIST)
AT_ONCE = 4


def corpus(count: int) -> list[str]:
    """Return texts of every kind, first plain, then mixed with each other and any character."""
    chance = random.Random(24)
    found = [text for kind in KINDS for text in kind]
    while len(found) < count:
        pieces = [chance.choice(chance.choice(KINDS)) for _ in range(chance.randrange(1, 4))]
        pieces += [chr(chance.randrange(0x110000)) for _ in range(chance.randrange(3))]
        chance.shuffle(pieces)
        found.append("".join(pieces))
    return found[:count]


def request_of(text: str, number: int) -> Request:
    """Return a request that carries the text wherever a program, or its path, can put one."""
    return msgspec.structs.replace(
        asked(f"r{number}"),
        claimed_name=text,
        reason=text,
        scopes=(msgspec.structs.replace(MAIL_READ, name=text),),
        requester=requester(f"/usr/local/bin/{text}"),
    )


@sizes(200, 2000)
async def test_no_text_becomes_script_or_option(folder: Path, table: Rows, rounds: int) -> None:
    host = build.prepare(folder / "mac")
    gate = asyncio.Semaphore(AT_ONCE)
    texts = corpus(rounds)
    wanted = sorted(
        await asyncio.gather(*(show(host, gate, n, text) for n, text in enumerate(texts)))
    )
    shown = [json.loads(line) for line in (host.root / DIALOGS).read_text().splitlines()]
    changed = sum(s["script"].encode() not in (notice.SCRIPT, dialog.SCRIPT) for s in shown)
    arrived = sorted(
        (s["script"].encode(), *(a.encode("utf-8", "surrogateescape") for a in s["arguments"]))
        for s in shown
    )
    equal = sum(a == w for a, w in zip(arrived, wanted, strict=True))
    table("injection texts handed to osascript", len(shown), rounds)
    table("of its scripts, changed by a text", changed, 0)
    table("of its arguments, equal to the byte", equal, rounds)
    assert changed == 0
    assert arrived == wanted
    assert not list(host.root.rglob("injected*"))


async def show(
    host: Host, gate: asyncio.Semaphore, number: int, text: str
) -> tuple[bytes, bytes, bytes]:
    """Show a text in one of three ways; return the script and the arguments that should arrive."""
    request = request_of(text, number)
    async with gate:
        if number % 3 == 0:
            answer, _ = await dialog.ask(host, request, number % 4)
            assert answer is Answer.NONE
            words, script = dialog.words(request, number % 4), dialog.SCRIPT
        else:
            waiting = number % 3
            words, script = notice.words([request], waiting), notice.SCRIPT
            ran = await osascript.run(host, script, words, deadline=30.0)
            assert ran.exit == 0
    assert Shown(clean_block(words)) == words
    assert not words.startswith("-")
    return script, b"-", words.encode()

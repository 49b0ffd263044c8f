"""Text that wants to deceive a person or a terminal: the fixed ones, and endless mixtures."""

from __future__ import annotations

import random
import unicodedata

MARK = "7919"
"""A number that no sequence of ours has: what carries it into a terminal is foreign."""
HOSTILE = (
    f"\x1b[{MARK}J\x1b[{MARK};1H\x1b[{MARK}m",
    f"\x1b[?{MARK}h\x1b[{MARK};1r",
    "\x1b]52;c;aGFja2Vk\x07",
    "\x1b]0;title\x07",
    "\x1b]8;;http://contoso.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1b[?1049l\x1b[?25h",
    "\x1b[6n\x1b[c\x1b[>c",
    "\x1b_Gf=100;AAAA\x1b\\",
    "\x1bc\x1b#8",
    "\x9b2J\x9d0;x\x9c\x90q\x9c",
    "\x00\x07\x08\x09\x0b\x0c\x0e\x7f\x85\xad",
    "allow \u202egnp.exe\u202c",
    "\u2066\u2067\u2068\u2069\u061c\u200e\u200f",
    "zero\u200bwidth\u2060\ufeff\u00ad",
    "two\nlines\r\nthree\u2028four\u2029",
    "\ud800\udfff lone",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f",
    "e\u0301" + "\u0300" * 60,
    "\uff21\uff4c\uff4c\uff4f\uff57",
    "p\u0430yp\u0430l",
    "\u1160\u3164\u115f\u2800",
    "\U000e0041\U000e0042\ue000\U0010fffd\uffff",
    "[@click=app.quit]press[/]",
    "[@click=app.decide('allow')]A[/]",
    "[/] [/nope] [b] a[0] [/b",
    "[link='x",
    "[red on white]A  Allow[/]",
    "$text-muted [$primary]",
    "%s %n %(x)s {0} {x.__class__}",
    '"; display dialog "x',
    "$(touch /tmp/x) `id` ; | &",
    "A  Allow this request   d  Deny",
    " " * 200 + "end",
    "x" * 3000,
    "\u754c" * 400,
    "\u0e01\u0e33\u0e49" * 50,
    "",
)
"""One of each kind."""

_PARTS = (*HOSTILE, "\x1b", "\x9b", "[", "]", "[/", "\u202e", "A", "y", "\r", "\n", "\u200d", " ")


def strings(count: int, seed: int) -> list[str]:
    """Return `count` different hostile texts: the fixed ones, then mixtures and raw code points."""
    chance = random.Random(seed)
    found = dict.fromkeys(HOSTILE)
    while len(found) < count:
        pieces = [chance.choice(_PARTS)[:60] for _ in range(chance.randrange(1, 5))]
        pieces += [_any(chance) for _ in range(chance.randrange(6))]
        chance.shuffle(pieces)
        found["".join(pieces)] = None
    return list(found)[:count]


def foreign(text: str) -> set[str]:
    """Return the characters that no cell of a terminal may hold."""
    unseen = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    return {c for c in text if unicodedata.category(c) in unseen}


def _any(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chr(chance.randrange(0x20 if chance.random() < 0.5 else 0x100))
    return chr(chance.randrange(0x110000))

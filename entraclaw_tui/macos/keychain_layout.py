"""The layout that nearly every item of a dump has, read by one match an item.

`security` prints every attribute of a password, by name in alphabetical order, `<NULL>` where
there is none. What differs from that in any way is left to the tolerant reader of
`keychain_dump`; both give the same item.
"""

from __future__ import annotations

import re

from entraclaw_tui.macos.keychain_values import as_text, as_word, midnight, parse_date, parse_value
from entraclaw_tui.model.keychain import KeychainItem

_KEPT_APART = frozenset({"acct", "cdat", "crtr", "gena", "icmt", "mdat", "srvr", "svce"})
_VALUE = rb"(?:<NULL>.*|(.*))\n"


class Layout:
    """The items of one class: all have the same lines in the same order.

    A strict one has them all, as `security` prints them; in the other, which is slower, any may
    be missing.
    """

    def __init__(self, kind: str, service: str, tags: str, *, strict: bool) -> None:
        names = tags.split(" ")
        line = rb"%s" if strict else rb"(?:%s)?"
        lines = b"".join(line % (rb'    "%s"<\w+>=' % n.encode() + _VALUE) for n in names)
        self.match = re.compile(
            rb'keychain: (.*)\n(?:version: .*\n)?class: "%s" *\nattributes:\n' % kind.encode()
            + line % (rb"    0x00000007 ?<\w+>=" + _VALUE)
            + line % rb"    0x00000008 ?<\w+>=<NULL>.*\n"
            + lines
            # Nothing of the item may be left over.
            + rb"(?=keychain: |\Z)"
        ).match
        self.kind = kind
        self.service = names.index(service) + 3
        """Number of the group that holds the service, as printed."""
        self._places = tuple(
            names.index(name) + 2 for name in ("acct", "cdat", "mdat", "crtr", "icmt")
        )
        self._others = tuple((n, tag) for n, tag in enumerate(names, 2) if tag not in _KEPT_APART)

    def item(self, found: re.Match[bytes], path: str) -> KeychainItem:
        """Return what was matched as an item of the keychain at `path`."""
        values = found.groups()
        account, created, modified, creator, comment = self._places
        note = values[comment]
        others = [(tag, value) for n, tag in self._others if (value := values[n]) is not None]
        return KeychainItem(
            path,
            self.kind,
            text_of(values[self.service - 1]),
            text_of(values[account]),
            text_of(values[1]),
            _date(values[created]),
            _date(values[modified]),
            text_of(values[creator]),
            len(parse_value(note) or b"") if note else 0,
            tuple(
                (tag, as_word(value))
                for tag, printed in others
                if (value := parse_value(printed)) is not None
            )
            if others
            else (),
        )


_GENERIC = (
    "genp",
    "svce",
    "acct cdat crtr cusi desc gena icmt invi mdat nega prot scrp svce type",
)
_INTERNET = (
    "inet",
    "srvr",
    "acct atyp cdat crtr cusi desc icmt invi mdat nega path port prot ptcl scrp sdmn srvr type",
)
LAYOUTS = tuple(
    Layout(*kind, strict=strict) for strict in (True, False) for kind in (_GENERIC, _INTERNET)
)


def text_of(printed: bytes | None) -> str:
    """Return a printed value as text, empty for none."""
    if printed is None:
        return ""
    if printed[:1] == b'"' and printed[-1:] == b'"' and len(printed) > 1:
        return printed[1:-1].decode("utf-8", "backslashreplace")
    return as_text(parse_value(printed) or b"")


def _date(printed: bytes | None) -> float | None:
    if printed is None:
        return None
    # 0x32303236...5A00: a digit's code is 3 and the digit, so every second character tells it.
    digits = printed[3:31:2]
    if printed[30:34] == b"5A00" and printed[2:30:2] == b"3" * 14 and digits.isdigit():
        hour, minute, second = int(digits[8:10]), int(digits[10:12]), int(digits[12:])
        day = midnight(digits[:8])
        if day is not None and hour < 24 and minute < 60 and second < 60:
            return day + (hour * 3600 + minute * 60 + second)
    return parse_date(parse_value(printed) or b"")

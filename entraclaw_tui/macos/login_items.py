"""`sfltool dumpbtm`: what macOS lets start in the background, and what the person switched off.

It is slow and may ask for a password: read on demand only, or from a saved file.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from entraclaw_tui.macos.host import Host, ToolError, ToolTimedOut
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.source import Empty, Failed, Loaded

SFLTOOL = "/usr/bin/sfltool"
_DEADLINE = 30.0
"""Seconds: it is slow after an update, and a person may have to type a password."""
_CAP = 8 * 1024 * 1024

_SECTION = re.compile(r"\s*Records for UID (-?\d{1,10})(?: : (.*))?")
_RECORD = re.compile(r"( *)#(\d{1,6}):\s*(.*)")
_CODE = re.compile(r"(.*?)\s*\((?:0x([0-9a-fA-F]{1,8})|(\d{1,8}))\)")
ENABLED, ALLOWED, NOTIFIED = 0x1, 0x2, 0x8
_NULL = "(null)"


class LoginItem(NamedTuple):
    """One record of Background Task Management."""

    uid: int | None
    name: str
    identifier: str
    kind: str
    """`legacy agent`, `app`, `login item` ...; a hand-written LaunchAgent is a `legacy agent`."""
    developer: str
    team: str
    url: str
    executable: str
    enabled: bool | None
    """None where the record does not say."""
    allowed: bool | None
    """False: the person, or the organization, has switched it off."""
    bundles: tuple[str, ...] = ()
    embedded: tuple[str, ...] = ()
    raw: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The launchd label of an agent or daemon: the identifier without its kind in front."""
        kind, mark, label = self.identifier.partition(".")
        return label if mark and kind.isdecimal() else self.identifier

    @property
    def switched_off(self) -> bool:
        """Whether launchd refuses to start it."""
        return self.enabled is False or self.allowed is False


@dataclass(slots=True)
class _Record:
    uid: int | None
    fields: list[tuple[str, str]] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)


def parse_dumpbtm(text: str) -> tuple[LoginItem, ...]:
    """Return the records in the order printed; never raises."""
    records: list[_Record] = []
    uid: int | None = None
    for line in text.splitlines():
        if found := _SECTION.match(line):
            uid = int(found[1])
        elif found := _RECORD.fullmatch(line):
            # Behind the mark stands a name inside a record, and nothing at the start of one.
            if found[3] and records:
                records[-1].embedded.append(found[3])
            elif not found[3]:
                records.append(_Record(uid))
        elif records:
            key, mark, value = line.strip().partition(":")
            if mark and line[:1] == " " and value.strip():
                records[-1].fields.append((key, value.strip()))
    return tuple(_item(record) for record in records)


async def read_login_items(
    host: Host, label: str = LABEL
) -> Loaded[tuple[LoginItem, ...]] | Empty | Failed:
    """Return what Login Items says of one launchd job. Asks only when a person wants it.

    macOS may ask for an administrator's password in a window of its own.
    """
    try:
        ran = await host.run(SFLTOOL, "dumpbtm", deadline=_DEADLINE, cap=_CAP)
    except ToolTimedOut as error:
        return Failed(f"{error}.", "macOS may have asked for a password at the Mac's screen.")
    except ToolError as error:
        return Failed(str(error))
    if ran.exit != 0:
        return Failed(
            f"`sfltool` said: {ran.complaint}",
            "It may need an administrator: `sudo sfltool dumpbtm` in a terminal of the Mac.",
        )
    items = parse_dumpbtm(ran.stdout.decode("utf-8", "backslashreplace"))
    found = tuple(item for item in items if item.label == label)
    if not found:
        return Empty(f"Login Items has no record of it, among {len(items)} of others.")
    return Loaded(found, time.time())


def _item(record: _Record) -> LoginItem:
    fields = {key: "" if value == _NULL else value for key, value in reversed(record.fields)}
    kind, _ = _coded(fields.get("Type", ""))
    _, disposition = _coded(fields.get("Disposition", ""))
    bundles = fields.get("Assoc. Bundle IDs", "").strip("[] ")
    return LoginItem(
        uid=record.uid,
        name=fields.get("Name", ""),
        identifier=fields.get("Identifier", ""),
        kind=kind,
        developer=fields.get("Developer Name", ""),
        team=fields.get("Team Identifier", ""),
        url=fields.get("URL", ""),
        executable=fields.get("Executable Path", ""),
        enabled=None if disposition is None else bool(disposition & ENABLED),
        allowed=None if disposition is None else bool(disposition & ALLOWED),
        bundles=tuple(re.split(r",\s*", bundles)) if bundles else (),
        embedded=tuple(record.embedded),
        raw=tuple(record.fields),
    )


def _coded(text: str) -> tuple[str, int | None]:
    found = _CODE.fullmatch(text)
    if found is None:
        return text, None
    return found[1], int(found[2], 16) if found[2] else int(found[3])

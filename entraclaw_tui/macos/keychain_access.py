"""Who can read a Keychain item: the access list of `security dump-keychain -a`.

A program passes two gates: the list of programs of the entry for `decrypt`, and the list of
partitions, which the description of the entry `partition_id` holds. (Security, acls.cpp; the
second counts for keychains of version 512 alone)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from entraclaw_tui.model.keychain import Access, Program

WARNING = (
    "`security dump-keychain -a` tells it, for every item of the keychain at once. macOS may ask "
    "for your password at the Mac's screen while it does, perhaps once an item."
)
"""What a person is told before it is run."""

_ENTRY = re.compile(r"entry (\d+):\s*(.*)")
_AUTHORIZATIONS = re.compile(r"authorizations \(\d+\):\s*(.*)")
_APPLICATIONS = re.compile(r"applications(?: \(\d+\))?:\s*(.*)")
_PROGRAM = re.compile(r"(\d+): (.*?)(?: \((OK)\)| \(status (-?\d+)\))?\s*")
_STATES = {"-2147415734": "changed", "-67068": "gone"}
"""What Security says of a listed program: its binary is another one now, or is not there."""
_READS = frozenset({"decrypt", "any"})


@dataclass(slots=True)
class _Entry:
    authorizations: tuple[str, ...] = ()
    asks: bool = False
    description: str = ""
    applications: list[Program] | None = None
    open_to_all: bool = False
    last: str = ""
    """What a line without a name of its own continues."""


def parse_access(text: str) -> Access:
    """Return who can read the item that an access list belongs to; never raises."""
    entries = _entries(text)
    if not entries:
        return Access(anyone="no access control for this item" in text, told=False)
    readers = [entry for entry in entries if _READS & set(entry.authorizations)]
    if not readers and not any(entry.authorizations for entry in entries):
        # The authorizations were left out: what programs it has may read.
        readers = [entry for entry in entries if entry.applications]
    partitions = [e.description for e in entries if "partition_id" in e.authorizations]
    programs = [program for entry in readers for program in entry.applications or ()]
    return Access(
        anyone=any(entry.open_to_all for entry in readers),
        programs=tuple(programs),
        partitions=tuple(p for text in partitions for p in re.split(r",\s*", text) if p),
        asks_password=any(entry.asks for entry in readers),
        told=bool(readers),
    )


def words(access: Access) -> str:
    """Return in one line who can read it."""
    names = [
        f"{program.path} ({program.state})" if program.state not in ("", "ok") else program.path
        for program in access.programs
    ]
    who = ", ".join(names) or "no program without asking"
    if access.anyone:
        who = "any program"
    elif not access.told:
        who = "not told"
    return f"{who}; partitions: {', '.join(access.partitions)}" if access.partitions else who


def _entries(text: str) -> list[_Entry]:
    entries: list[_Entry] = []
    for line in text.splitlines():
        stripped = line.strip()
        if found := _ENTRY.fullmatch(stripped):
            entries.append(_Entry())
            stripped = found[2]
        elif _AUTHORIZATIONS.fullmatch(stripped) and (not entries or entries[-1].authorizations):
            # Part of a list whose entries lost their names.
            entries.append(_Entry())
        if entries and stripped:
            _take(entries[-1], stripped)
    return entries


def _take(entry: _Entry, line: str) -> None:
    if found := _AUTHORIZATIONS.fullmatch(line):
        entry.authorizations = tuple(found[1].split())
    elif line in ("require-password", "don't-require-password"):
        entry.asks = line == "require-password"
    elif line.startswith("description: ") or line == "description:":
        entry.description = entry.description or line.partition(":")[2].strip()
        entry.last = "description"
    elif found := _APPLICATIONS.fullmatch(line):
        entry.open_to_all = found[1] == "<null>"
        entry.applications, entry.last = [], ""
    elif entry.applications is not None and (found := _PROGRAM.fullmatch(line)):
        state = "ok" if found[3] else _STATES.get(found[4] or "", f"status {found[4]}")
        program = Program(found[2], state if found[3] or found[4] else "")
        entry.applications.append(program)
        entry.last = ""
    elif entry.applications and line.startswith("requirement: "):
        _require(entry, line.removeprefix("requirement: "))
        entry.last = "requirement"
    elif entry.last == "requirement" and entry.applications:
        _require(entry, f"{entry.applications[-1].requirement} {line}")
    elif entry.last == "description":
        # A description is raw text and may have line breaks in it.
        entry.description = f"{entry.description} {line}"


def _require(entry: _Entry, text: str) -> None:
    if entry.applications:
        program = entry.applications[-1]
        entry.applications[-1] = Program(program.path, program.state, text)

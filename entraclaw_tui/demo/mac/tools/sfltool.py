"""sfltool dumpbtm: what the pretend Mac lets start in the background."""

from __future__ import annotations

import os
import sys

from entraclaw_tui.demo.mac.lean import LOGIN_ITEMS, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_RULE = "=" * 24
_NOBODY = "FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE"
_ON = "[enabled, allowed, notified] (0xb)"
_OFF = "[disabled, allowed, notified] (0xa)"
_WIDTH = 21
"""Columns before a value: keys stand at the right."""


def main(mac: Folder, arguments: list[str]) -> int:
    """Print the records of everybody and of the account; nothing else is played here."""
    if arguments[:1] != ["dumpbtm"]:
        sys.stderr.write(
            "Usage: sfltool [ archive | clear | csinfo | dumpbtm | list | resetbtm ]\n"
        )
        return 64
    uid = int(mac.fact("uid"))
    agents = _agents(f"{mac.home}/Library/LaunchAgents")
    out = _section(-2, _NOBODY, _everybody([label for label, _, _ in agents]))
    out += _section(uid, _uuid(f"user {uid}"), [_record(mac, *agent) for agent in agents])
    sys.stdout.write(out)
    return 0


def _section(uid: int, uuid: str, records: list[list[tuple[str, str]]]) -> str:
    lines = [_RULE, f" Records for UID {uid} : {uuid}", _RULE, ""]
    lines += [" ServiceManagement migrated: true", " LaunchServices registered: true", ""]
    lines += [" Items:", ""]
    for number, record in enumerate(records, 1):
        lines.append(f" #{number}:")
        for key, value in record:
            lines.append(f"    {key}: {value}" if key[:1] == "#" else f"{key:>{_WIDTH}}: {value}")
            if key == "Embedded Item Identifiers":
                lines[-1] = "  Embedded Item Identifiers:"
        lines.append("")
    return "\n".join(lines) + "\n"


def _everybody(labels: list[str]) -> list[list[tuple[str, str]]]:
    record = [
        ("UUID", _uuid("Unknown Developer")),
        ("Name", "Unknown Developer"),
        ("Developer Name", "Unknown Developer"),
        ("Type", "developer (0x20)"),
        ("Flags", "[  ] (0)"),
        ("Disposition", "[disabled, allowed, not notified] (0x2)"),
        ("Identifier", "Unknown Developer"),
        ("URL", "(null)"),
        ("Generation", "0"),
        ("Embedded Item Identifiers", ""),
        *((f"#{number}", f"8.{label}") for number, label in enumerate(labels, 1)),
    ]
    return [record]


def _record(mac: Folder, label: str, path: str, program: str) -> list[tuple[str, str]]:
    off = label in _switched_off(mac)
    return [
        ("UUID", _uuid(label)),
        ("Name", program.rpartition("/")[2]),
        ("Developer Name", "(null)"),
        ("Type", "legacy agent (0x10008)"),
        ("Flags", "[ legacy ] (0x1)"),
        ("Disposition", _OFF if off else _ON),
        ("Identifier", f"8.{label}"),
        ("URL", f"file://{path}"),
        ("Executable Path", program),
        ("Generation", "1"),
        ("Parent Identifier", "Unknown Developer"),
    ]


def _switched_off(mac: Folder) -> list[str]:
    try:
        text = read(mac.at(LOGIN_ITEMS)).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return []
    return [line.partition("=")[0] for line in text.splitlines()]


def _agents(folder: str) -> list[tuple[str, str, str]]:
    """Return label, file and program of each agent that can be read."""
    import plistlib
    from xml.parsers.expat import ExpatError

    found = []
    for name in sorted(os.listdir(folder)):  # noqa: PTH208
        path = f"{folder}/{name}"
        try:
            job = plistlib.loads(read(path))
        except (OSError, ValueError, ExpatError, plistlib.InvalidFileException):
            continue
        if isinstance(job, dict) and job.get("Label"):
            command = job.get("ProgramArguments") or [""]
            found.append((str(job["Label"]), path, str(job.get("Program") or command[0])))
    return found


def _uuid(name: str) -> str:
    import hashlib

    digits = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest().upper()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))

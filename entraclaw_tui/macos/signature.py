"""Code signatures, read by `codesign`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.model.privacy import Signature

CODESIGN = "/usr/bin/codesign"

_UNSIGNED = "code object is not signed at all"
# What codesign prints of a signature that does not hold (Security, CSCommon.h and its texts).
_BROKEN = (
    "invalid signature",
    "a sealed resource is missing or invalid",
    "code has no resources but signature indicates they must be present",
    "internal error in Code Signing subsystem",
    "code or signature have been modified",
)
_FLAGS = re.compile(r"flags=0x[0-9a-f]+\(([^)]*)\)")
_DESIGNATED = re.compile(r"^(?:# )?designated => (.*)$")
_NOT_SET = "not set"
_VERIFY_DEADLINE = 20.0
"""A program of hundreds of megabytes is hashed in full."""


def parse_codesign(text: str, path: str = "") -> Signature:
    """Return what `codesign -dvvv -r-` tells, standard error and output together.

    Displaying verifies nothing, so a signature by an authority is `unverified` here.
    """
    fields: dict[str, str] = {}
    authority: list[str] = []
    flags: tuple[str, ...] = ()
    requirement = ""
    for line in (line.strip() for line in text.splitlines()):
        key, mark, value = line.partition("=")
        if found := _DESIGNATED.match(line):
            requirement = found[1]
        elif key == "Authority" and mark:
            authority.append(value)
        elif line.startswith("CodeDirectory ") and (listed := _FLAGS.search(line)):
            flags = tuple(flag for flag in listed[1].split(",") if flag != "none")
        elif mark:
            fields.setdefault(key, value)
    team = fields.get("TeamIdentifier", "")
    return Signature(
        path=path or fields.get("Executable", ""),
        status=_status(text, fields, flags),
        identifier=fields.get("Identifier", ""),
        team="" if team == _NOT_SET else team,
        authority=tuple(authority),
        cdhash=fields.get("CDHash", ""),
        flags=flags,
        requirement=requirement,
    )


async def read_signature(host: Host, path: Path | str, *, verify: bool = True) -> Signature:
    """Return a program's signature; never raises, trouble gives the status `unverified`.

    With `verify` the program is hashed too (`codesign --verify`), which takes a while for large
    ones.
    """
    place = str(path)
    try:
        shown, checked = await asyncio.gather(
            host.run(CODESIGN, "-dvvv", "-r-", place),
            host.run(CODESIGN, "--verify", place, deadline=_VERIFY_DEADLINE)
            if verify
            else _nothing(),
        )
    except ToolError:
        return Signature(place, "unverified")
    text = (shown.stderr + b"\n" + shown.stdout).decode("utf-8", "backslashreplace")
    found = parse_codesign(text, place)
    if checked is None or found.status in ("unsigned", "broken"):
        return found
    if checked.exit != 0:
        return _with_status(found, "broken" if found.identifier else "unverified")
    return found if found.status == "adhoc" else _with_status(found, "valid")


async def _nothing() -> None:
    return None


def _with_status(found: Signature, status: str) -> Signature:
    return Signature(
        found.path,
        status,
        found.identifier,
        found.team,
        found.authority,
        found.cdhash,
        found.flags,
        found.requirement,
    )


def _status(text: str, fields: dict[str, str], flags: tuple[str, ...]) -> str:
    if any(sign in text for sign in _BROKEN):
        return "broken"
    if _UNSIGNED in text:
        return "unsigned"
    if fields.get("Signature") == "adhoc" or "adhoc" in flags:
        return "adhoc"
    return "unverified"

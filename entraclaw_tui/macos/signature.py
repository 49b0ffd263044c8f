"""Code signatures, read by `codesign`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import msgspec

from entraclaw_tui.macos.assessment import Assessment, parse_assessment, parse_stapler
from entraclaw_tui.macos.entitlements import Entitlement, parse_entitlements
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import Empty, Failed

CODESIGN = "/usr/bin/codesign"
SPCTL = "/usr/sbin/spctl"
STAPLER = "/usr/bin/stapler"
# The tool above only starts that of the developer tools, and offers to install them where they
# are missing, in a window.
_DEVELOPER_STAPLERS = (
    "/Library/Developer/CommandLineTools/usr/bin/stapler",
    "/Applications/Xcode.app/Contents/Developer/usr/bin/stapler",
)

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
        format=fields.get("Format", ""),
        ticket=fields.get("Notarization Ticket", ""),
        runtime=fields.get("Runtime Version", ""),
    )


def codesign_fields(text: str) -> tuple[tuple[str, str], ...]:
    """Return every `Key=value` line as printed, in order, repeated keys kept."""
    pairs = (line.strip().partition("=") for line in text.splitlines())
    return tuple(
        (key, value)
        for key, mark, value in pairs
        if mark and not _DESIGNATED.match(f"{key}={value}")
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


async def read_entitlements(host: Host, path: Path | str) -> dict[str, Entitlement] | Failed:
    """Return what a program is entitled to; {} where nothing, also for unsigned ones."""
    try:
        ran = await host.run(CODESIGN, "-d", "--entitlements", "-", str(path))
    except ToolError as error:
        return Failed(str(error))
    if ran.exit != 0:
        return {} if _UNSIGNED.encode() in ran.stderr else Failed(ran.complaint)
    found = parse_entitlements(ran.stdout)
    return {} if found is None else found


async def read_assessment(host: Host, path: Path | str) -> Assessment | Failed:
    """Return what Gatekeeper thinks of a program. Takes a while, and may go online."""
    try:
        ran = await host.run(SPCTL, "-a", "-vv", str(path), deadline=_VERIFY_DEADLINE)
    except ToolError as error:
        return Failed(str(error))
    found = parse_assessment((ran.stderr + b"\n" + ran.stdout).decode("utf-8", "backslashreplace"))
    return found or Failed(f"`spctl` said: {ran.complaint}")


async def read_ticket(host: Host, path: Path | str) -> bool | Empty | Failed:
    """Return whether a notarization ticket is stapled to a program (`stapler validate`).

    A plain program can carry none; its notarization is asked for online.
    """
    if not host.pretend and not any(host.path(one).exists() for one in _DEVELOPER_STAPLERS):
        return Empty("Apple's developer tools, which tell this, are not installed.")
    try:
        ran = await host.run(STAPLER, "validate", str(path), deadline=_VERIFY_DEADLINE)
    except ToolError as error:
        return Failed(str(error))
    found = parse_stapler((ran.stdout + b"\n" + ran.stderr).decode("utf-8", "backslashreplace"))
    return Failed(f"`stapler` said: {ran.complaint}") if found is None else found


async def _nothing() -> None:
    return None


def _with_status(found: Signature, status: str) -> Signature:
    return msgspec.structs.replace(found, status=status)


def _status(text: str, fields: dict[str, str], flags: tuple[str, ...]) -> str:
    if any(sign in text for sign in _BROKEN):
        return "broken"
    if _UNSIGNED in text:
        return "unsigned"
    if fields.get("Signature") == "adhoc" or "adhoc" in flags:
        return "adhoc"
    return "unverified"

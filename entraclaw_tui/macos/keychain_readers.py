"""Who can read the agent's items, and whether the agent's own program is among them.

`security dump-keychain -a` alone tells it, for every item of the keychain at once, and macOS may
ask for a password at the screen while it does: it is run on a person's wish only.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.interpreter import is_python, on_disk
from entraclaw_tui.macos.job_story import read_program
from entraclaw_tui.macos.keychain import SECURITY, parse_dump
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.macos.signature import read_signature
from entraclaw_tui.model.keychain import Access, KeychainItem
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded

_PARTITIONED = 512
"""The keychain version from which on partitions count. (Security, acls.cpp)"""
_VERSION = re.compile(rb"^version: (\d{1,9})", re.MULTILINE)
_DEADLINE = 20.0
_CAP = 64 * 1024 * 1024
_STUCK = "Somebody may have to answer a question at the Mac's screen; then ask again."
_APPLE_LEAF = "Software Signing"

_Shown: TypeAlias = Callable[[str], str]


class Readers(msgspec.Struct, frozen=True):
    """Who can read one item, in plain words."""

    item: KeychainItem
    maker: str
    """The program that made it, as its list tells; empty where it does not."""
    agent_reads: bool | None
    """Whether the agent's program can read it without anybody being asked; None: not known."""
    verdict: str
    """That in a sentence."""
    lines: tuple[str, ...]
    """Who can, a sentence each."""


class Caller(msgspec.Struct, frozen=True):
    """The program that wants to read: the agent's."""

    path: str
    """As a path of the Mac; empty where no job names one."""
    signature: Signature


async def read_readers(
    host: Host, services: tuple[str, ...] = (LABEL,)
) -> Loaded[tuple[Readers, ...]] | Empty | Failed:
    """Return who can read each of the items of `services`. May make macOS ask a person."""
    path = Places.of(host).login_keychain
    try:
        ran = await host.run(
            SECURITY, "dump-keychain", "-a", str(path), deadline=_DEADLINE, cap=_CAP
        )
    except ToolError as error:
        return Failed(str(error), _STUCK)
    if ran.exit != 0:
        return osstatus.failure(ran)
    items = parse_dump(ran.stdout, services).items
    if not items:
        return Empty("The agent has no items.")
    found = _VERSION.search(ran.stdout)
    version = int(found[1]) if found else _PARTITIONED
    caller = await _caller(host)
    told = tuple(judge(item, version, caller, host.shown) for item in items)
    return Loaded(told, time.time())


def judge(item: KeychainItem, version: int, caller: Caller, shown: _Shown = str) -> Readers:
    """Return who can read an item; pure. `shown` makes paths of the Mac of those printed."""
    access = item.access or Access(told=False)
    counted = access.partitions if version >= _PARTITIONED else ()
    first = access.programs[0].path if access.programs else ""
    reads, verdict = _verdict(access, counted, caller, shown)
    return Readers(
        item=item,
        maker=item.creator or shown(first),
        agent_reads=reads,
        verdict=verdict,
        lines=tuple(_lines(access, counted, shown)),
    )


def partition_of(signature: Signature) -> str:
    """Return the partition that a program belongs to; empty where that is not known.

    (Security, clientid.cpp)
    """
    if signature.status == "unsigned":
        return "unsigned:"
    if _APPLE_LEAF in signature.authority[:1]:
        return "apple-tool:" if signature.identifier == "com.apple.security" else "apple:"
    if signature.team:
        return f"teamid:{signature.team}"
    return f"cdhash:{signature.cdhash.lower()}" if signature.cdhash else ""


def partition_words(partition: str) -> str:
    """Return whom a partition lets in."""
    kind, _, rest = partition.partition(":")
    match kind:
        case "apple-tool":
            return "Apple's command-line tool `security`, and so whatever program runs it"
        case "apple":
            return "programs of Apple"
        case "teamid":
            return f"programs signed by the team {rest}"
        case "cdhash":
            return f"one build of a program ({rest[:12]}...)" if rest else partition
        case "unsigned":
            return "programs without a signature"
    return partition


def _verdict(
    access: Access, partitions: tuple[str, ...], caller: Caller, shown: _Shown
) -> tuple[bool | None, str]:
    if not caller.path:
        return None, "No job names the agent's program, so it cannot be compared."
    name = caller.path.rpartition("/")[2]
    if not access.told:
        return None, "macOS does not tell who can read it."
    listed = next((p for p in access.programs if shown(p.path) == caller.path), None)
    if not access.anyone:
        if listed is None:
            return False, f"The agent's {name} is not on its list: reading it makes macOS ask."
        if listed.state == "changed":
            return False, f"The agent's {name} is another build than the one on its list."
        if listed.state == "gone":
            return False, f"The agent's {name} is on its list, but was not found."
    own = partition_of(caller.signature)
    if partitions and not own:
        return None, f"The agent's {name} is on its list; its signature could not be read."
    if partitions and own not in partitions:
        return False, f"The agent's {name} is on its list, but its signature is not let in."
    if access.asks_password:
        return False, "The keychain's password is asked for every time."
    return True, f"The agent's {name} reads it without anybody being asked."


def _lines(access: Access, partitions: tuple[str, ...], shown: _Shown) -> list[str]:
    if not access.told:
        return ["macOS does not tell."]
    if access.anyone:
        lines = ["Any program, without asking."]
    elif not access.programs:
        lines = ["No program without asking."]
    else:
        states = {"changed": ", which is another build now", "gone": ", which is not there"}
        lines = [
            f"{shown(program.path)}{states.get(program.state, '')}" for program in access.programs
        ]
    if partitions:
        lines.append(f"Only for {'; or '.join(map(partition_words, partitions))}.")
    python = next((p.path for p in access.programs if is_python(p.path)), "")
    if python and not access.anyone:
        lines.append(f"Every script that {python.rpartition('/')[2]} runs counts as it.")
    if access.asks_password:
        lines.append("The keychain's password is asked for every time.")
    elif not access.anyone:
        lines.append("For any other program macOS asks you, at the screen alone.")
    return lines


async def _caller(host: Host) -> Caller:
    job = await read_program(host)
    path = job.value.real if isinstance(job, Loaded) else ""
    if not path:
        return Caller("", Signature("", "unverified"))
    return Caller(path, await read_signature(host, on_disk(host, path), verify=False))

"""Whether a privacy row still is about the program that runs now.

macOS looks a row up by the program's path or bundle identifier, and then compares the program's
code with the requirement stored in the row; a program that does not meet it is denied without a
word. `codesign -R` judges a requirement as macOS does; its parts say in what it differs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import msgspec

from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.interpreter import Program, on_disk
from entraclaw_tui.macos.job_story import read_program
from entraclaw_tui.macos.signature import CODESIGN, read_signature
from entraclaw_tui.macos.tcc_rows import NOT_DECODED
from entraclaw_tui.model.privacy import PrivacyGrant, Signature
from entraclaw_tui.model.source import Loaded

NOT_MET = 3
"""codesign's exit status for code that does not satisfy the requirement of `-R`."""

_CDHASH = re.compile(r'cdhash H"([0-9A-Fa-f]+)"')
_IDENTIFIER = re.compile(r'identifier (?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')
_TEAM = re.compile(r'certificate leaf\[subject\.OU\] = (?:"([^"]*)"|(\S+))')
_APPLE = re.compile(r"\banchor apple\b(?! generic)")
_VERSION = re.compile(r"[\d.]+")
_APPLE_LEAF = "Software Signing"


class Check(msgspec.Struct, frozen=True):
    """One thing of a row beside what is there now."""

    what: str
    """`path`, `build`, `identifier`, `team`, `signer` or `requirement`."""
    fits: bool | None
    """None where it cannot be told."""
    granted: str
    """What the row names."""
    now: str
    """What there is, empty where that cannot be told."""


class Match(msgspec.Struct, frozen=True):
    """A row compared with a program."""

    program: str
    """The program it was compared with, as a path of the Mac; empty for none."""
    of_job: bool
    """Whether that is the agent's program."""
    fits: bool | None
    words: str
    """In one sentence how they fit."""
    checks: tuple[Check, ...] = ()


class Code(msgspec.Struct, frozen=True):
    """A program as it lies there now."""

    path: str
    there: bool
    signature: Signature
    met: bool | None = None
    """Whether `codesign -R` found the row's requirement met; None where it was not asked."""


async def read_matches(host: Host, grants: Sequence[PrivacyGrant]) -> tuple[Match, ...]:
    """Compare rows with the agent's program, or where they name another one with that.

    Never raises: what a tool does not tell is None in the match. Runs `codesign` for each program
    once, and once more for each requirement.
    """
    job = await read_program(host)
    program = job.value if isinstance(job, Loaded) else None
    signatures: dict[str, asyncio.Task[Signature]] = {}

    def signature(path: str) -> asyncio.Task[Signature]:
        if path not in signatures:
            reading = read_signature(host, on_disk(host, path), verify=False)
            signatures[path] = asyncio.ensure_future(reading)
        return signatures[path]

    async def one(grant: PrivacyGrant) -> Match:
        path = compared_with(host, grant, program)
        if not path and program is not None and program.there:
            # A bundle identifier can be that of the agent's program.
            ours = await signature(program.real)
            path = program.real if ours.identifier and ours.identifier == grant.client else ""
        place = on_disk(host, path) if path else None
        if place is None or not await asyncio.to_thread(place.is_file):
            return match(host, grant, program, Code(path, False, Signature(path, "unverified")))
        met = await _met(host, str(place), grant.requirement)
        return match(host, grant, program, Code(path, True, await signature(path), met))

    return tuple(await asyncio.gather(*map(one, grants)))


def compared_with(host: Host, grant: PrivacyGrant, program: Program | None) -> str:
    """Return the program that a row is to be compared with, as a path of the Mac; else empty."""
    if not grant.client_is_path:
        return ""
    client = host.shown(grant.client)
    if program is not None and client != program.real and _family(client) == _family(program.real):
        # Another version of what the job runs now.
        return program.real
    return client


def match(host: Host, grant: PrivacyGrant, program: Program | None, code: Code) -> Match:
    """Compare a row with code; pure."""
    client = host.shown(grant.client) if grant.client_is_path else grant.client
    of_job = program is not None and code.path == program.real
    if not code.path:
        words = "It names an app by its bundle identifier; which file that is was not looked for."
        return Match("", False, None, words)
    if grant.client_is_path and client != code.path:
        path = Check("path", False, client, code.path)
        words = f"It names {_end(client)}; the agent runs {_end(code.path)} now."
        return Match(code.path, of_job, False, words, (path, *_checks(grant, code)))
    what = "path" if grant.client_is_path else "identifier"
    named = Check(what, code.there, client, code.path if code.there else "nothing is there now")
    if not code.there:
        return Match(code.path, of_job, False, "The program it names is not there any more.")
    checks = (named, *_checks(grant, code)) if grant.client_is_path else _checks(grant, code)
    fits, words = _verdict(grant, code, checks, "the agent" if of_job else "this program")
    return Match(code.path, of_job, fits, words, checks)


def _verdict(
    grant: PrivacyGrant, code: Code, checks: tuple[Check, ...], whose: str
) -> tuple[bool | None, str]:
    if grant.listed:
        return None, f"It names {whose}; for which code is not told by `tccutil list`."
    if not grant.requirement:
        return True, f"It names {whose} by its path alone: no code requirement is stored."
    if grant.requirement.startswith(NOT_DECODED):
        return None, "Its code requirement is in a form that is not read here."
    if code.met is True:
        return True, f"It is about the very code that {whose} is now."
    different = next((check for check in checks if check.fits is False), None)
    if code.met is False or (different is not None and " or " not in grant.requirement):
        kind = {"build": "build", "team": "maker", "signer": "maker"}
        other = kind.get(different.what, "program") if different else "program"
        return False, f"It is about another {other} than the one that is there now."
    return None, "Whether the code that is there now fits could not be told."


def _checks(grant: PrivacyGrant, code: Code) -> tuple[Check, ...]:
    """Return the parts of a row's requirement beside the signature."""
    text, signature = grant.requirement, code.signature
    if not text or text.startswith(NOT_DECODED):
        return ()
    told = signature.status != "unverified" or bool(signature.identifier)
    parts: list[tuple[str, list[str], str]] = [
        ("build", [one.lower() for one in _CDHASH.findall(text)], signature.cdhash.lower()),
        ("identifier", ["".join(one) for one in _IDENTIFIER.findall(text)], signature.identifier),
        ("team", ["".join(one) for one in _TEAM.findall(text)], signature.team),
    ]
    checks = [
        Check(what, now in named if told else None, ", ".join(named), now or "none")
        for what, named, now in parts
        if named
    ]
    if _APPLE.search(text):
        signer = (signature.authority or ("",))[0]
        fits = signer == _APPLE_LEAF if told else None
        checks.append(Check("signer", fits, "Apple", "Apple" if fits else signer or "nobody"))
    if code.met is not None:
        now = "met" if code.met else "not met"
        checks.append(Check("requirement", code.met, "met", now))
    return tuple(checks)


async def _met(host: Host, place: str, requirement: str) -> bool | None:
    """Return whether code satisfies a requirement; None where codesign cannot say."""
    if not requirement or requirement.startswith(NOT_DECODED):
        return None
    try:
        ran = await host.run(CODESIGN, "--verify", f"-R={requirement}", place, deadline=20.0)
    except ToolError:
        return None
    return {0: True, NOT_MET: False}.get(ran.exit)


def _family(path: str) -> str:
    """Return a program's name without its version: `python3.14` and `python3.12` are one."""
    return _VERSION.sub("", path.rpartition("/")[2])


def _end(path: str) -> str:
    """Return the end of a path that tells versions apart."""
    return "/".join(path.split("/")[-3:]).lstrip("/")

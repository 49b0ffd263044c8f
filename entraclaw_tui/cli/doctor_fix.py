"""`doctor --fix`: show, ask, mend, look again, and say what is left."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click
import msgspec

from entraclaw_tui.cli.doctor_look import exit_code, look
from entraclaw_tui.cli.doctor_report import print_findings
from entraclaw_tui.cli.output import print_json, print_line
from entraclaw_tui.doctor.mending import automatic, carry_out
from entraclaw_tui.doctor.repairs import shell
from entraclaw_tui.model.finding import Finding, Repair
from entraclaw_tui.text import clean

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host

DEADLINE = 180.0
"""Seconds that one of our own commands may take: a slow job is waited for."""


class Mended(msgspec.Struct, frozen=True):
    """What became of one repair."""

    command: str
    result: str
    """`planned`, `mended`, `not mended` or `failed`."""
    findings: tuple[str, ...]
    """The ids of what it was for."""
    said: str = ""


async def mend(host: Host, *, yes: bool, as_json: bool) -> int:
    """Mend what can be mended by itself; return the exit code for what is left."""
    found = await look(host)
    repairs = automatic(found)
    if not as_json:
        print_findings(host, found)
    if not repairs:
        if as_json:
            _report(found, [])
        elif found:
            print_line("Nothing of this mends itself: each repair wants a person.")
        return exit_code(found)
    if not as_json:
        print_line("")
        print_line("These repairs can be undone and need nobody:")
        for repair in repairs:
            print_line(f"    {shell(host, repair)}")
    if not (yes or (not as_json and _asked())):
        if as_json:
            _report(found, [_told(host, repair, found, "planned") for repair in repairs])
        else:
            print_line("Nothing was changed. Add --yes to run them.")
        return exit_code(found)
    done, left = await _mend_all(host, found, as_json=as_json)
    if as_json:
        _report(left, done)
    else:
        print_line("")
        print_line("What is left:" if left else "Nothing is left that can be seen from here.")
        if left:
            print_findings(host, left)
    return exit_code(left)


def _report(left: list[Finding], done: list[Mended]) -> None:
    print_json({"repairs": done, "findings": left})


def _asked() -> bool:
    """Ask at the terminal; a pipe cannot say yes."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return click.prompt("Run them? y/n", default="n", show_default=False).strip().lower() == "y"


async def _mend_all(
    host: Host, found: list[Finding], *, as_json: bool
) -> tuple[list[Mended], list[Finding]]:
    """Run each repair once, looking again after each: one may make the next needless."""
    done: list[Mended] = []
    tried: set[tuple[str, ...]] = set()
    while waiting := [r for r in automatic(found) if r.command not in tried]:
        repair = waiting[0]
        tried.add(repair.command)
        if not as_json:
            print_line("")
            print_line(f"runs    {shell(host, repair)}")
        trouble = await carry_out(host, repair, lambda words: _own(host, words))
        before, found = found, await look(host)
        told = _told(host, repair, before, "failed" if trouble else "mended", trouble)
        still = {f.id for f in found} & set(told.findings)
        if still and not trouble:
            told = msgspec.structs.replace(
                told, result="not mended", said=f"Still there: {', '.join(sorted(still))}."
            )
        done.append(told)
        if not as_json:
            print_line(f"{told.result.ljust(8)}{told.said}".rstrip())
    return done, found


def _told(host: Host, repair: Repair, found: list[Finding], result: str, said: str = "") -> Mended:
    for_what = tuple(
        f.id for f in found if f.repair is not None and f.repair.command == repair.command
    )
    return Mended(shell(host, repair), result, for_what, said)


async def _own(host: Host, words: tuple[str, ...]) -> str:
    """Run our own program on the same Mac; return what it complained of."""
    root = ("--root", str(host.root)) if host.pretend else ()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-m", "entraclaw_tui", *root, *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(DEADLINE):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"It did not end within {DEADLINE:g} s."
    if process.returncode == 0:
        return ""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return clean(lines[-1], 400) if lines else f"It ended with {process.returncode}."

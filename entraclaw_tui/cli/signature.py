"""The code signature of a program, and everything that vouches for it or does not."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, open_host
from entraclaw_tui.cli.options import json_option, watch_option
from entraclaw_tui.cli.output import explain, look, outcome, print_json, print_table
from entraclaw_tui.model.source import Empty, Failed, Loaded

if TYPE_CHECKING:
    from entraclaw_tui.macos.assessment import Assessment
    from entraclaw_tui.macos.entitlements import Entitlement
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.macos.interpreter import Program
    from entraclaw_tui.model.privacy import Signature

T = TypeVar("T")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@json_option
@watch_option
@click.pass_obj
def signature(
    settings: Settings, path: Path | None, as_json: bool, plain: bool, watch: bool
) -> int:
    """The code signature of the program PATH, as a path of the Mac; the agent's without one."""
    host = open_host(settings)
    named = "" if path is None else str(path.absolute())

    async def once() -> int:
        program = await _program(host, named)
        if not isinstance(program, Loaded):
            if as_json:
                print_json(program)
            else:
                explain(program)
            return outcome(program)
        return await _tell(host, program.value, as_json=as_json)

    return look(once, watch=watch, as_json=as_json)


async def _program(host: Host, named: str) -> Loaded[Program] | Empty | Failed:
    from entraclaw_tui.macos.interpreter import Program, find_program
    from entraclaw_tui.macos.job_story import read_program

    if not named:
        return await read_program(host)
    found = await asyncio.to_thread(find_program, host, [named])
    return Loaded(found or Program(named, named, there=False), time.time())


async def _tell(host: Host, program: Program, *, as_json: bool) -> int:
    from entraclaw_tui.macos import signature as code
    from entraclaw_tui.macos.interpreter import on_disk

    place = on_disk(host, program.real)
    found, entitled, assessed, stapled = await asyncio.gather(
        code.read_signature(host, place),
        code.read_entitlements(host, place),
        code.read_assessment(host, place),
        code.read_ticket(host, place),
    )
    if as_json:
        verdict = assessed if isinstance(assessed, Failed) else _verdict(assessed)
        print_json(
            {
                **msgspec.structs.asdict(found),
                "hardened": found.hardened,
                "program": program,
                "entitlements": _source(entitled),
                "assessment": _source(verdict),
                "stapled": _source(stapled),
            }
        )
    else:
        rows = _facts(host, program, found)
        rows += [("entitled to", text) for text in _entitled(entitled)]
        rows += [("gatekeeper", _assessed(assessed)), ("stapled", _stapled(stapled))]
        print_table(("signature", ""), rows, "", widest=96)
    return exits.FINE if found.status == "valid" else exits.WARNED


def _source(found: T | Empty | Failed) -> Loaded[T] | Empty | Failed:
    return found if isinstance(found, Empty | Failed) else Loaded(found, time.time())


def _verdict(found: Assessment) -> dict[str, object]:
    return {**found._asdict(), "notarized": found.notarized, "fault": found.fault}


def _facts(host: Host, program: Program, found: Signature) -> list[tuple[str, str]]:
    rows = [("named", host.shown(program.named)), ("really", host.shown(program.real))]
    if (python := program.python) is not None:
        rows.append(("python", f"{python.version} {python.maker}".strip()))
    for field, value in msgspec.structs.asdict(found).items():
        if field != "path":
            text = ", ".join(value) if isinstance(value, tuple) else str(value)
            rows.append((field, text or "-"))
    return rows


def _entitled(found: dict[str, Entitlement] | Failed) -> list[str]:
    if isinstance(found, Failed):
        return [found.reason]
    return [f"{name} {value}" for name, value in sorted(found.items())] or ["nothing"]


def _assessed(found: Assessment | Failed) -> str:
    if isinstance(found, Failed):
        return found.reason
    word = "accepted" if found.accepted else "rejected"
    return f"{word} ({found.reason})" if found.reason else word


def _stapled(found: bool | Empty | Failed) -> str:
    if isinstance(found, bool):
        return "yes" if found else "no"
    return found.reason

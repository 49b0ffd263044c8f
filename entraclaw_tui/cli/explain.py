"""A saved output of a Mac's tool, read and explained: no Mac is needed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Stop
from entraclaw_tui.cli.explain_report import Capture, Report, Unreadable, print_report
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json

CAP = 64 * 1024 * 1024
"""Bytes that a capture may have; the largest real one known has 4 MB."""

_KINDS = {
    "launchctl-print": "explain_launchctl:service",
    "launchctl-domain": "explain_launchctl:domain",
    "launchctl-list": "explain_launchctl:listing",
    "launchctl-dumpstate": "explain_launchctl:dumpstate",
    "launchctl-error": "explain_launchctl:refusal",
    "print-disabled": "explain_launchctl:overrides",
    "dump-keychain": "explain_keychain:dump",
    "security-error": "explain_keychain:refusal",
    "codesign": "explain_signature:codesign",
    "csreq": "explain_signature:requirement",
    "spctl": "explain_signature:assessment",
    "tcc-db": "explain_privacy:database",
    "dumpbtm": "explain_privacy:login_items",
    "log-stream": "explain_logs:stream",
    "entra-error": "explain_entra:refusal",
}


@click.command(name="explain")
@click.argument("kind", type=click.Choice(list(_KINDS)), metavar="KIND")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--show",
    multiple=True,
    metavar="NAME",
    help="Print the value of this one environment variable; the others stay hidden.",
)
@json_option
def explain(kind: str, file: str, show: tuple[str, ...], as_json: bool, plain: bool) -> int:
    """Read a saved output: what it says, and what is wrong by it.

    KIND is launchctl-print, launchctl-domain, launchctl-list, print-disabled, dump-keychain,
    codesign, csreq, tcc-db, entra-error, or one of launchctl-dumpstate, launchctl-error,
    security-error, spctl, dumpbtm, log-stream. Comments of Keychain items and values of
    environment variables are never printed, the latter unless --show names one.

    Exit code 0: nothing wrong; 1: warnings; 2: errors, or the file cannot be read.
    """
    capture = Capture(kind, _read(file), show)
    try:
        report = _reader(kind)(capture)
    except Unreadable as error:
        raise Stop(str(error), exits.ERRORS) from None
    if as_json:
        print_json(report)
    else:
        print_report(report)
    return report.exit_code


def _reader(kind: str) -> Callable[[Capture], Report]:
    module, _, name = _KINDS[kind].partition(":")
    reader: Any = getattr(importlib.import_module(f"entraclaw_tui.cli.{module}"), name)
    function: Callable[[Capture], Report] = reader
    return function


def _read(file: str) -> bytes:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(CAP + 1)
        else:
            place = Path(file)
            if place.exists() and not place.is_file():
                raise Stop(f"{file} is not a file.", exits.ERRORS)
            with place.open("rb") as opened:
                data = opened.read(CAP + 1)
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}.", exits.ERRORS) from None
    except ValueError:
        raise Stop("That is no name of a file.", exits.ERRORS) from None
    if len(data) > CAP:
        raise Stop(f"{file} is larger than {CAP // 1024 // 1024} MiB.", exits.ERRORS)
    return data

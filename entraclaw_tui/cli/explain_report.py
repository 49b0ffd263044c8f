"""What `explain` is given and what it answers."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

import click
import msgspec

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.output import print_line, table
from entraclaw_tui.model.finding import Finding, Severity


class Unreadable(Exception):
    """The capture is not of its kind. The message says so to a person."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A saved output and what may be shown of it."""

    kind: str
    data: bytes
    show: tuple[str, ...] = ()
    """Environment variables whose values were asked for by name."""

    @property
    def text(self) -> str:
        """The capture as text; bytes that are none stay visible."""
        return self.data.decode("utf-8", "backslashreplace")


class Report(msgspec.Struct, frozen=True):
    """What a capture says."""

    kind: str
    typed: dict[str, object]
    raw: dict[str, object]
    findings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or 1 for warnings and 2 for errors among the findings."""
        severities = {finding.severity for finding in self.findings}
        if Severity.ERROR in severities:
            return exits.ERRORS
        return exits.WARNED if Severity.WARNING in severities else exits.FINE


def as_raw(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return pairs as printed; a key that was printed again has the list of its values."""
    kept: dict[str, list[str]] = {}
    for key, value in pairs:
        kept.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else values for key, values in kept.items()}


def fields(value: msgspec.Struct, *left_out: str) -> dict[str, object]:
    """Return a model's fields by name."""
    return {
        name: field for name, field in msgspec.structs.asdict(value).items() if name not in left_out
    }


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, errors before warnings before notes."""
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def print_report(report: Report) -> None:
    """Print what a capture says and what is wrong by it, for a person."""
    rows = [
        (name.replace("_", " "), _plain(value))
        for name, value in report.typed.items()
        if value not in (None, "", (), [], {})
    ]
    for line in table((report.kind, ""), rows, widest=100) if rows else []:
        click.echo(line)
    for finding in report.findings:
        print_line(f"{finding.severity.value}: {finding.sentence}")
        for seen in finding.evidence:
            print_line(f"    saw   {seen}")
        print_line(f"    why   {finding.explanation}")
        if finding.repair is not None:
            print_line(f"    mend  {finding.repair.words}")
            if finding.repair.command:
                print_line(f"          {shlex.join(finding.repair.command)}")
    if not report.findings:
        print_line("Nothing is wrong that this output tells.")


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return ", ".join(value)
    return str(len(value)) if isinstance(value, list | tuple | dict) else str(value)

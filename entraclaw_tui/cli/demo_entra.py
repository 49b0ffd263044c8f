"""The demo authority from the command line: consent, faults, what it was asked."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host

_GRAPH = "https://graph.microsoft.com"


@click.group("entra")
def entra() -> None:
    """The demo authority of a pretend Mac (name it with --root)."""


@entra.command()
@click.argument("scopes", nargs=-1, required=True)
@click.option("--resource", default=_GRAPH, show_default=True)
@click.option("--revoke", is_flag=True, help="Take the consent away instead.")
@click.pass_obj
def consent(settings: Settings, scopes: tuple[str, ...], resource: str, revoke: bool) -> int:
    """Consent in the directory, as its administrator would. Counts at once."""
    from entraclaw_tui.demo.entra.consents import grant_consent, revoke_consent

    host = _pretend(settings)
    if revoke:
        revoke_consent(host, resource, scopes)
        print_line(f"The directory no longer consents to {' '.join(scopes)}.")
    else:
        grant_consent(host, resource, scopes)
        print_line(f"The directory consents to {' '.join(scopes)}.")
    return exits.FINE


@entra.command()
@click.argument("kind", default="")
@click.option("--retry-after", default=None, type=click.IntRange(0, 3600), help="Seconds.")
@click.option("--delay", default=None, type=click.FloatRange(0, 60), help="Seconds before it.")
@click.option("--times", default=None, type=click.IntRange(1, 1000), help="How often.")
@click.option("--clear", is_flag=True, help="Order nothing any more.")
@click.pass_obj
def fault(
    settings: Settings,
    kind: str,
    retry_after: int | None,
    delay: float | None,
    times: int | None,
    clear: bool,
) -> int:
    """Let the authority answer the next token requests wrongly.

    KIND is an HTTP status from 400 to 599, or a name; without one the names are listed.
    """
    import msgspec

    from entraclaw_tui.demo.entra.directory import folder
    from entraclaw_tui.demo.entra.fault_names import FAULTS
    from entraclaw_tui.demo.entra.faults import Fault, Faults, order_fault

    host = _pretend(settings)
    if clear:
        Faults(folder(host)).clear()
        print_line("The authority answers as it should.")
        return exits.FINE
    if not kind:
        rows = [
            (name, str(f.status), f.text if f.status >= 400 else "") for name, f in FAULTS.items()
        ]
        print_table(("name", "status", "text"), rows, "")
        return exits.FINE
    wrong = FAULTS.get(kind)
    if wrong is None:
        if not (kind.isascii() and kind.isdigit() and 400 <= int(kind) <= 599):
            raise Stop(f"There is no fault {kind}; without a name they are listed.", exits.USAGE)
        wrong = Fault(int(kind))
    said = {"retry_after": retry_after, "delay": delay, "times": times}
    wrong = msgspec.structs.replace(wrong, **{k: v for k, v in said.items() if v is not None})
    order_fault(host, wrong)
    print_line(f"The next {wrong.times} answers will be {kind}.")
    return exits.FINE


@entra.command(context_settings={"ignore_unknown_options": True})
@click.argument("seconds", type=click.FloatRange(-1e9, 1e9))
@click.pass_obj
def clock(settings: Settings, seconds: float) -> int:
    """Let the authority's clock be SECONDS ahead of this machine's (or behind: -3600)."""
    from entraclaw_tui.demo.entra.clock import set_clock

    set_clock(_pretend(settings), seconds)
    print_line(f"The authority's clock is {seconds:+g} s from this machine's.")
    return exits.FINE


@entra.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--remove", is_flag=True, help="Take it away instead.")
@click.pass_obj
def certificate(settings: Settings, file: Path, remove: bool) -> int:
    """Upload a certificate (PEM) to the agent's application, as its administrator would."""
    from entraclaw_tui.demo.entra.directory import register_certificate
    from entraclaw_tui.worker.certificates import UnreadableCertificate, about

    try:
        text = file.read_text(encoding="ascii")
        thumbprint = about(text).thumbprint
    except (UnreadableCertificate, UnicodeDecodeError):
        raise Stop(f"{file.name} holds no certificate in PEM.", exits.ERRORS) from None
    register_certificate(_pretend(settings), text, remove=remove)
    print_line(f"{'Removed' if remove else 'Registered'} the certificate {thumbprint}.")
    return exits.FINE


@entra.command()
@click.option("-n", "limit", default=30, type=click.IntRange(1, 100_000))
@json_option
@click.pass_obj
def journal(settings: Settings, limit: int, as_json: bool, plain: bool) -> int:
    """What the authority was asked lately, and what it answered. No secrets are in it."""
    from entraclaw_tui.demo.entra.directory import folder
    from entraclaw_tui.demo.entra.journal import Journal

    entries = Journal(folder(_pretend(settings))).entries()[-limit:]
    if as_json:
        print_json(entries)
        return exits.FINE
    rows = [
        (
            datetime.datetime.fromtimestamp(entry.at).strftime("%H:%M:%S"),
            entry.method,
            entry.path.rpartition("/")[2],
            entry.grant_type.rpartition(":")[2],
            entry.scope,
            str(entry.status),
            entry.error,
        )
        for entry in entries
    ]
    print_table(
        ("when", "", "endpoint", "grant", "scope", "status", "error"), rows, "Nothing was asked."
    )
    return exits.FINE


def _pretend(settings: Settings) -> Host:
    host = open_host(settings)
    if not host.pretend:
        raise Stop("Only a pretend Mac has a demo authority; see --root.", exits.USAGE)
    return host

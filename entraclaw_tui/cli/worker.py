"""The background process. launchd starts it from the job's plist; a person rarely needs to."""

from __future__ import annotations

import click

from entraclaw_tui.cli.context import Settings, open_host


@click.command()
@click.pass_obj
def worker(settings: Settings) -> int:
    """Take requests, ask the person, exchange tokens. Runs until it is told to stop."""
    from entraclaw_tui.cli import mac_parts
    from entraclaw_tui.worker.service import serve

    host = open_host(settings)
    return serve(host, listeners=mac_parts.listeners(host), keyring=mac_parts.keyring(host))

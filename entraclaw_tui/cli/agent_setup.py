"""Writing the settings: from options, from a set-up that was here before, or by asking."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json, print_line

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.worker.other_setups import OtherSetup

_ASKED = (
    ("entra", "tenant", "Tenant (a domain or its id)"),
    ("entra", "client_id", "Client id of the agent's application (its blueprint)"),
    ("agent", "name", "A short name for the agent"),
    ("account", "upn", "Whom the agent acts for (name@domain)"),
)
"""What there must be. It is asked for where a person sits at the terminal."""


@click.command()
@click.option("--tenant", default="", help="A domain or the tenant's id.")
@click.option("--client-id", default="", help="The agent's application, or its blueprint.")
@click.option("--public-client-id", default="", help="The application a person signs in to.")
@click.option("--api-scope", default="", help="The scope of the agent's own API.")
@click.option("--proxy", default="", help="http://host:port on the way to Entra.")
@click.option("--agent", "name", default="", help="A short name for the agent.")
@click.option("--agent-id", default="", help="The agent identity's client id, if it has one.")
@click.option("--agent-user", default="", help="The agent's own account, if it has one.")
@click.option("--account", default="", help="Whom the agent acts for.")
@click.option(
    "--import",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of an Entraclaw or Entrabot set-up; its key stays where it is.",
)
@click.option("--yes", is_flag=True, help="Do it; without, it is a dry run.")
@json_option
@click.pass_obj
def setup(
    settings: Settings,
    tenant: str,
    client_id: str,
    public_client_id: str,
    api_scope: str,
    proxy: str,
    name: str,
    agent_id: str,
    agent_user: str,
    account: str,
    folder: Path | None,
    yes: bool,
    as_json: bool,
    plain: bool,
) -> int:
    """Write the agent's settings. What is there already stays, unless an option says otherwise."""
    from entraclaw_tui.macos.places import Places
    from entraclaw_tui.macos.plain_files import read_plain
    from entraclaw_tui.worker import config_file
    from entraclaw_tui.worker.config import ConfigError

    if yes and settings.readonly:
        raise Stop("--readonly changes nothing; leave out --yes.", exits.USAGE)
    host = open_host(settings)
    path = Places.of(host).config
    found = _other(folder)
    said: dict[str, dict[str, str]] = {
        "entra": {
            "tenant": tenant or (found.tenant if found else ""),
            "client_id": client_id or (found.client_id if found else ""),
            "public_client_id": public_client_id,
            "api_scope": api_scope,
            "proxy": proxy,
        },
        "agent": {
            "name": name or (found.service if found else ""),
            "client_id": agent_id or (found.agent_id if found else ""),
            "user": agent_user or (found.agent_user if found else ""),
            "key_from": found.service if found else "",
            "thumbprint": found.thumbprint if found else "",
        },
        "account": {"upn": account},
    }
    fields = {table: {k: v for k, v in row.items() if v} for table, row in said.items()}
    try:
        before = read_plain(path).decode() if path.exists() else ""
        _ask(before, fields, host)
        after = config_file.changed(before, fields)
        if not yes:
            return _show(host, path, after, as_json=as_json)
        config = config_file.write(path, after, host)
    except ConfigError as error:
        raise Stop(str(error), exits.ERRORS) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{host.shown(path)} cannot be changed: {error}.", exits.ERRORS) from None
    if as_json:
        print_json({"written": host.shown(path), "before": bool(before)})
        return exits.FINE
    print_line(f"Wrote {host.shown(path)}.")
    if before:
        print_line("The settings before are kept beside it, as config.toml.before.")
    if config.agent.key_from:
        print_line(f"The key of {config.agent.key_from} is used where it is.")
    else:
        print_line("Next, if there is no key yet: entraclaw-tui agent credential new --yes")
    print_line("Then: entraclaw-tui agent install --yes")
    return exits.FINE


def _other(folder: Path | None) -> OtherSetup | None:
    if folder is None:
        return None
    from entraclaw_tui.worker import other_setups

    try:
        found = other_setups.find(folder)
    except OSError as error:
        raise Stop(f"{folder.name} cannot be read: {error.strerror}.", exits.ERRORS) from None
    if found is None:
        raise Stop(
            f"There is no set-up of Entraclaw or Entrabot in {folder.name}: no .env and no state "
            "file of theirs.",
            exits.ERRORS,
        )
    click.echo(f"Found {found.service}: {', '.join(found.files)}.", err=True)
    return found


def _ask(before: str, fields: dict[str, dict[str, str]], host: Host) -> None:
    """Ask for what is still missing, or say all of it where nobody can be asked."""
    import tomllib

    from entraclaw_tui.worker.config import ConfigError

    try:
        there = tomllib.loads(before)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"config.toml: {error}.") from None
    missing = [
        (table, field, words)
        for table, field, words in _ASKED
        if not fields[table].get(field) and not _said(there, table, field)
    ]
    if not missing:
        return
    if not sys.stdin.isatty():
        names = ", ".join(f"{table}.{field}" for table, field, _ in missing)
        raise Stop(f"Still to be said: {names}. See --help.", exits.USAGE)
    for table, field, words in missing:
        fields[table][field] = click.prompt(words).strip()


def _said(there: dict[str, object], table: str, field: str) -> bool:
    row = there.get(table)
    return isinstance(row, dict) and bool(row.get(field))


def _show(host: Host, path: Path, text: str, *, as_json: bool) -> int:
    from entraclaw_tui.worker.config import parse

    parse(text.encode(), host, host.shown(path))
    if as_json:
        print_json({"dry_run": True, "file": host.shown(path), "text": text})
        return exits.FINE
    print_line(f"{host.shown(path)} would become:")
    for line in text.splitlines():
        print_line(f"  {line}")
    print_line("Nothing was changed. Add --yes to do it.")
    return exits.FINE

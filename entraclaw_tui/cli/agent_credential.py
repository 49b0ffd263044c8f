"""The agent's credential: versions of its key, and which one Entra is asked with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits, mac_parts
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host
    from entraclaw_tui.worker.config import Agent, Config
    from entraclaw_tui.worker.credential_record import Version
    from entraclaw_tui.worker.rotation import Rotation
    from entraclaw_tui.worker.vault import Vault

_DAY = 86400.0
_name = click.option("--agent", "name", default="", help="Which agent; the first one if not said.")
_yes = click.option("--yes", is_flag=True, help="Do it; without, it is a dry run.")


@click.group()
def credential() -> None:
    """The agent's key and certificate. Entra knows the agent by the certificate."""


@credential.command()
@_name
@json_option
@click.pass_obj
def show(settings: Settings, name: str, as_json: bool, plain: bool) -> int:
    """Which versions there are and when their certificates end. No secret is read."""
    host, _, agent = _agent(settings, name)

    async def look(rotation: Rotation, _: Vault) -> int:
        versions = rotation.record().versions(agent.name)
        if as_json:
            print_json({"agent": agent.name, "key_from": agent.key_from, "versions": versions})
            return exits.FINE
        if agent.key_from:
            print_line(f"{agent.name} uses the key of {agent.key_from}, which is left there.")
            return exits.FINE
        now = time.time()
        rows = [(str(v.number), _ROLES[v.role], _ends(v, now), v.thumbprint) for v in versions]
        print_table(("version", "use", "certificate ends", "thumbprint (SHA-256)"), rows, "")
        return exits.FINE

    return _with_rotation(host, look)


@credential.command()
@_name
@_yes
@json_option
@click.pass_obj
def new(settings: Settings, name: str, yes: bool, as_json: bool, plain: bool) -> int:
    """Make a key and a certificate: the first, or the next, which `rotate` begins to use."""
    host, config, agent = _own(settings, name, yes)

    async def make(rotation: Rotation, _: Vault) -> int:
        rotation.record()
        if not yes:
            print_line("It would make a key in the Keychain, and a certificate for Entra.")
            return _dry()
        made = await rotation.make(agent.name, f"{agent.name} ({config.entra.client_id})")
        file = host.shown(rotation.certificate_file(agent.name, made.number))
        if as_json:
            print_json({"agent": agent.name, "version": made, "certificate": file})
            return exits.FINE
        print_line(f"Version {made.number} of {agent.name}'s key is in the Keychain.")
        print_line(f"Its certificate: {file}")
        print_line(
            f"Upload that to the application {config.entra.client_id} in Entra, under "
            "Certificates & secrets."
        )
        if made.role == "next":
            print_line("Then: entraclaw-tui agent credential rotate --yes")
        return exits.FINE

    return _with_rotation(host, make)


@credential.command()
@_name
@click.option("--back", is_flag=True, help="Go back to the version before.")
@click.option("--unproved", is_flag=True, help="Do not ask Entra first whether it takes it.")
@_yes
@json_option
@click.pass_obj
def rotate(
    settings: Settings,
    name: str,
    back: bool,
    unproved: bool,
    yes: bool,
    as_json: bool,
    plain: bool,
) -> int:
    """Begin to use the next version, once Entra has taken it. The one before is kept."""
    host, config, agent = _own(settings, name, yes)

    async def change(rotation: Rotation, vault: Vault) -> int:
        chosen = rotation.record().one(agent.name, "retired" if back else "next")
        if chosen is not None and not unproved:
            await _prove(config, agent, chosen, vault)
        if not yes:
            which = "the version before" if back else "the next version"
            print_line(f"Entra takes it. It would begin to use {which}.")
            return _dry()
        used = await (rotation.go_back(agent.name) if back else rotation.use(agent.name))
        if as_json:
            print_json({"agent": agent.name, "version": used})
            return exits.FINE
        print_line(f"Version {used.number} of {agent.name}'s key is in use from now on.")
        print_line("The other one is kept. To delete it: entraclaw-tui agent credential forget")
        return exits.FINE

    return _with_rotation(host, change)


@credential.command()
@_name
@_yes
@json_option
@click.pass_obj
def forget(settings: Settings, name: str, yes: bool, as_json: bool, plain: bool) -> int:
    """Delete every version that is not in use. That cannot be undone."""
    host, _, agent = _own(settings, name, yes)

    async def clear(rotation: Rotation, _: Vault) -> int:
        spare = [v for v in rotation.record().versions(agent.name) if v.role != "current"]
        if not spare:
            print_line("There is nothing to forget: one version, and it is in use.")
            return exits.FINE
        if not yes:
            numbers = ", ".join(str(v.number) for v in spare)
            print_line(f"It would delete version {numbers} from the Keychain, for good.")
            return _dry()
        gone = await rotation.forget(agent.name)
        if as_json:
            print_json({"agent": agent.name, "deleted": gone})
            return exits.FINE
        print_line(f"Deleted version {', '.join(map(str, gone))}.")
        print_line("Remove its certificate from the application in Entra too.")
        return exits.FINE

    return _with_rotation(host, clear)


_ROLES = {"current": "in use", "next": "next", "retired": "kept"}


def _ends(version: Version, now: float) -> str:
    if not version.ends_at:
        return "not known"
    days = int((version.ends_at - now) // _DAY)
    date = time.strftime("%Y-%m-%d", time.localtime(version.ends_at))
    if days < 0:
        return f"{date}, it has ended"
    return f"{date}, {days} days left"


def _dry() -> int:
    print_line("Nothing was changed. Add --yes to do it.")
    return exits.FINE


def _agent(settings: Settings, name: str) -> tuple[Host, Config, Agent]:
    from entraclaw_tui.worker.config import Config, ConfigError

    host = open_host(settings)
    try:
        config = Config.load(host)
    except ConfigError as error:
        raise Stop(str(error), exits.ERRORS) from None
    agent = config.agent_named(name)
    if agent is None:
        raise Stop(f"There is no agent {name} in config.toml.", exits.USAGE)
    return host, config, agent


def _own(settings: Settings, name: str, yes: bool) -> tuple[Host, Config, Agent]:
    """Return an agent whose key is ours to change."""
    if yes and settings.readonly:
        raise Stop("--readonly changes nothing; leave out --yes.", exits.USAGE)
    host, config, agent = _agent(settings, name)
    if agent.key_from:
        raise Stop(
            f"{agent.name} uses the key of {agent.key_from}; that program changes it.",
            exits.ERRORS,
        )
    return host, config, agent


def _with_rotation(host: Host, work: Callable[[Rotation, Vault], Awaitable[int]]) -> int:
    from entraclaw_tui.macos.places import Places
    from entraclaw_tui.worker.entra_errors import ExchangeError
    from entraclaw_tui.worker.rotation import CannotRotate, Rotation
    from entraclaw_tui.worker.vault import Vault, VaultError

    places = Places.of(host)
    vault = Vault(mac_parts.keyring(host)())
    rotation = Rotation(places.credential_record, places.certificate_dir, vault)

    async def run() -> int:
        return await work(rotation, vault)

    try:
        return asyncio.run(run())
    except (CannotRotate, VaultError, ExchangeError) as error:
        raise Stop(f"{error.message} {error.hint}".strip(), exits.ERRORS) from None
    except OSError as error:
        what = host.shown(error.filename or "")
        raise Stop(f"{what}: {error.strerror or error}.", exits.ERRORS) from None
    finally:
        vault.close()


async def _prove(config: Config, agent: Agent, version: Version, vault: Vault) -> None:
    """Ask Entra whether it takes this version. Raises ExchangeError, CannotRotate, VaultError."""
    from entraclaw_tui.worker.entra import Actor, Entra
    from entraclaw_tui.worker.rotation import CannotRotate
    from entraclaw_tui.worker.vault import key_item

    key = await vault.get(key_item(agent.name, version.number))
    if key is None:
        raise CannotRotate(f"The Keychain has no version {version.number} of {agent.name}'s key.")
    await asyncio.to_thread(Entra(config).prove, Actor(key, agent.client_id))

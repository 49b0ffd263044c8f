"""The PIN without the old one: root permits it, and the person at root's terminal types it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.output import look, print_line

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host


@click.group()
def pin() -> None:
    """The PIN that opens a panel."""


@pin.command("reset")
@click.pass_obj
def reset(settings: Settings) -> int:
    """Set a first PIN, or a new one without the old: sudo entraclaw-tui pin reset."""
    from entraclaw_tui.cli.link import control
    from entraclaw_tui.ipc.messages import PinSet, Session
    from entraclaw_tui.worker import permit

    if settings.readonly:
        raise Stop("--readonly changes nothing.", exits.USAGE)
    host = _account(settings)
    terminals = _terminals()
    if not terminals:
        raise Stop("A PIN is typed by a person: run this in a terminal.", exits.USAGE)
    try:
        permit.write(host, terminals, time.time())
    except OSError as error:
        raise Stop(f"The permit cannot be written: {error.strerror}.", exits.ERRORS) from None
    _become(host)
    new = click.prompt("New PIN, six digits or more", hide_input=True, confirmation_prompt=True)

    async def once() -> int:
        async with control(host) as connection:
            await connection.call("pin.set", PinSet(new), Session)
        permit.remove(host)
        print_line("The PIN is set. Open panels are locked, and every grant has ended.")
        return exits.FINE

    return look(once, watch=False)


def _account(settings: Settings) -> Host:
    """Return the Mac as the account that ran sudo sees it. Raises Stop where this is not root."""
    import pwd
    from pathlib import Path

    from entraclaw_tui.macos.host import Host

    host = open_host(settings)
    if host.pretend:
        return host  # its folder's owner stands in for root
    uid = os.environ.get("SUDO_UID", "")
    if os.geteuid() != 0 or not uid.isdigit() or int(uid) == 0:
        raise Stop("Only root may do this: sudo entraclaw-tui pin reset", exits.USAGE)
    account = pwd.getpwuid(int(uid))
    return Host(Path("/"), account.pw_name, account.pw_uid, Path(account.pw_dir), host.name)


def _terminals() -> tuple[str, ...]:
    """Return the terminals of this process and those above: sudo may run it on one of its own."""
    from entraclaw_tui.worker.processes import chain
    from entraclaw_tui.worker.terminals import terminal_of

    if not terminal_of(os.getpid()):
        return ()
    found = (terminal_of(process.pid) for process in chain(os.getpid()))
    return tuple(dict.fromkeys(name for name in found if name))


def _become(host: Host) -> None:
    """Stop being root, for good: the worker talks to its own account alone."""
    if host.pretend:
        return
    import pwd

    account = pwd.getpwuid(host.uid)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)

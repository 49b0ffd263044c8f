"""`tccutil list` of macOS 27, where the person's own database moved out of sight.

`tccutil list -s SERVICE` prints one client a line, `-b CLIENT` behind it that client's state. Up
to macOS 26 the tool knows `reset` alone and answers with its usage. It tells neither dates nor
reasons, no code requirement, and of an automation grant not which program it is for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from entraclaw_tui.macos import tcc_services
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.model.privacy import PrivacyGrant
from entraclaw_tui.model.source import Empty, Failed

TCCUTIL = "/usr/bin/tccutil"
ASKED = (
    "AppleEvents",
    "SystemPolicyDesktopFolder",
    "SystemPolicyDocumentsFolder",
    "SystemPolicyDownloadsFolder",
    "SystemPolicyNetworkVolumes",
    "SystemPolicyRemovableVolumes",
    "SystemPolicyAppData",
    "SystemPolicyAppBundles",
    "FileProviderDomain",
    "AddressBook",
    "Calendar",
    "Reminders",
    "Photos",
    "MediaLibrary",
    "Camera",
    "Microphone",
    "SpeechRecognition",
    "BluetoothAlways",
    "Ubiquity",
)
"""Services of the person's own database that a program in the background can meet. Each costs a
run of the tool, so the many others are left out."""

_UNKNOWN = "Usage:"
_AT_ONCE = 4
_STATES = {
    "allowed": "granted",
    "authorized": "granted",
    "granted": "granted",
    "denied": "denied",
    "limited": "limited",
    "add only": "add only",
    "this instance": "this run only",
    "unknown": "unknown",
}
"""The tool's words in those of the databases."""


class Listed(NamedTuple):
    """What `tccutil list` told of some services."""

    grants: tuple[PrivacyGrant, ...]
    silent: tuple[str, ...]
    """Services, by our names, of which it told nothing: it gave no answer, or does not know
    them."""


async def list_grants(host: Host, services: Iterable[str] = ASKED) -> Listed | Empty | Failed:
    """Return the decisions that macOS keeps for these services, named without their prefix.

    Empty where this macOS cannot list. Asks nobody and changes nothing. The first service is
    asked alone: a tool that cannot list costs one run.
    """
    first, *rest = services
    begun = await list_clients(host, first)
    if not isinstance(begun, tuple):
        return begun
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(service: str) -> tuple[PrivacyGrant, ...] | None:
        async with room:
            clients = begun if service == first else await list_clients(host, service)
            if not isinstance(clients, tuple):
                return None
            states = [await client_state(host, service, client) for client in clients]
        return tuple(_grant(service, *pair) for pair in zip(clients, states, strict=True))

    asked = (first, *rest)
    found = await asyncio.gather(*map(one, asked))
    return Listed(
        tuple(grant for grants in found for grant in grants or ()),
        tuple(
            tcc_services.service(service).name
            for service, grants in zip(asked, found, strict=True)
            if grants is None
        ),
    )


async def list_clients(host: Host, service: str) -> tuple[str, ...] | Empty | Failed:
    """Return the clients that macOS keeps a decision of for a service, named without its prefix.

    Empty where this macOS cannot list. Asks nobody and changes nothing.
    """
    return await _ask(host, "-s", service.removeprefix(tcc_services.PREFIX))


async def client_state(host: Host, service: str, client: str) -> str | Empty | Failed:
    """Return macOS' word for one client's decision."""
    found = await _ask(host, "-s", service.removeprefix(tcc_services.PREFIX), "-b", client)
    if isinstance(found, tuple):
        return found[0] if found else Empty(f"macOS has no decision for {client}.")
    return found


def parse_clients(text: str) -> tuple[str, ...] | None:
    """Return the lines of a list; None for the usage of a tool that cannot list."""
    if _UNKNOWN in text:
        return None
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _grant(service: str, client: str, state: str | Empty | Failed) -> PrivacyGrant:
    known = tcc_services.service(service)
    word = state.strip().lower() if isinstance(state, str) else ""
    return PrivacyGrant(
        service=f"{tcc_services.PREFIX}{known.key}",
        name=known.name,
        client=client,
        client_is_path=client.startswith("/"),
        # A word that we do not know is shown as it is; it counts as no grant.
        state=_STATES.get(word, word or "unknown"),
        reason="",
        changed_at=None,
        scope="system" if known.system else "user",
        listed=True,
    )


async def _ask(host: Host, *arguments: str) -> tuple[str, ...] | Empty | Failed:
    try:
        ran = await host.run(TCCUTIL, "list", *arguments)
    except ToolError as error:
        return Failed(str(error))
    text = (ran.stdout + ran.stderr).decode("utf-8", "backslashreplace")
    found = parse_clients(text)
    if found is None:
        return Empty("This macOS cannot list them; its database tells.")
    if ran.exit != 0:
        return Failed(f"`tccutil` said: {ran.complaint}")
    return found

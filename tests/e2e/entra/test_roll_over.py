"""Two certificates during a roll-over: whichever Entra knows is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraclaw_tui.demo.entra.directory import GRAPH, folder, register_certificate
from entraclaw_tui.demo.entra.journal import Journal
from entraclaw_tui.demo.entra.state import UPN, Provisioned
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.exchange import Exchange, ExchangeError, Kind, Wish
from entraclaw_tui.worker.rotation import Rotation
from entraclaw_tui.worker.vault import Vault

WANTED = Wish("obo", "research-bot", "", UPN, GRAPH, ("User.Read",))


@pytest.fixture
def rotation(record: Path, vault: Vault) -> Rotation:
    return Rotation(record, record.parent / "certificates", vault)


def refusals(host: Host) -> int:
    return sum(e.number == 700027 for e in Journal(folder(host)).entries())


async def test_the_next_certificate_takes_over_when_the_old_one_is_gone(
    config: Config,
    vault: Vault,
    record: Path,
    host: Host,
    rotation: Rotation,
    provisioned: Provisioned,
) -> None:
    exchange = Exchange(config, vault, record)
    await exchange.obtain(WANTED)
    made = await rotation.make("research-bot", "research-bot")
    pem = rotation.certificate_file("research-bot", made.number).read_text()
    register_certificate(host, pem)
    await exchange.obtain(WANTED)
    register_certificate(host, provisioned.certificate, remove=True)
    await exchange.obtain(WANTED)
    assert refusals(host) == 1
    await exchange.obtain(WANTED)
    assert refusals(host) == 1, "the next exchange begins with the one that Entra took"
    exchange.close()


async def test_used_too_early_the_old_one_still_serves(
    config: Config, vault: Vault, record: Path, host: Host, rotation: Rotation
) -> None:
    await rotation.make("research-bot", "research-bot")
    await rotation.use("research-bot")
    exchange = Exchange(config, vault, record)
    await exchange.obtain(WANTED)
    assert refusals(host) == 1
    exchange.close()


async def test_neither_is_registered(
    config: Config,
    vault: Vault,
    record: Path,
    host: Host,
    rotation: Rotation,
    provisioned: Provisioned,
) -> None:
    await rotation.make("research-bot", "research-bot")
    register_certificate(host, provisioned.certificate, remove=True)
    exchange = Exchange(config, vault, record)
    with pytest.raises(ExchangeError) as refused:
        await exchange.obtain(WANTED)
    assert (refused.value.kind, refused.value.code) == (Kind.CLIENT_AUTH, "AADSTS700027")
    assert refusals(host) == 2
    exchange.close()


async def test_a_key_that_another_set_up_keeps_is_left_where_it_is(
    config: Config, record: Path, provisioned: Provisioned, items: dict[str, str]
) -> None:
    import msgspec

    from entraclaw_tui.worker.certificates import about
    from entraclaw_tui.worker.credentials import BLUEPRINT_KEY

    asked: list[tuple[str, str]] = []

    class Services:
        """A Keychain in which the service counts."""

        def get_password(self, service: str, username: str, /) -> str | None:
            asked.append((service, username))
            if (service, username) == ("entrabot", BLUEPRINT_KEY):
                return provisioned.private_key
            return None if username.startswith("key:") else items.get(username)

        def set_password(self, service: str, username: str, password: str, /) -> None:
            items[username] = password

        def delete_password(self, service: str, username: str, /) -> None:
            raise AssertionError("nothing is deleted")

    agent = msgspec.structs.replace(
        config.agent, key_from="entrabot", thumbprint=about(provisioned.certificate).thumbprint
    )
    vault = Vault(Services())
    exchange = Exchange(msgspec.structs.replace(config, agent=agent), vault, record)
    assert (await exchange.obtain(WANTED)).scopes == ("User.Read",)
    assert ("entrabot", BLUEPRINT_KEY) in asked
    exchange.close()
    vault.close()

"""When certificates end: read without cryptography, kept by the worker, and looked at again."""

from __future__ import annotations

import asyncio
import datetime
import threading
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.certificate import CertificateEnd
from entraclaw_tui.worker import credential_record
from entraclaw_tui.worker.certificate_end import end_of
from entraclaw_tui.worker.config import Agent
from entraclaw_tui.worker.credential import AgentKey
from entraclaw_tui.worker.credential_record import Record, Version
from entraclaw_tui.worker.key_watch import KeyWatch
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.upkeep import PAUSE, SOON, Upkeep
from entraclaw_tui.worker.vault import Vault, VaultError, VaultLocked, VaultTimedOut, key_item
from tests.support.memory_keyring import MemoryKeyring
from tests.support.worker_stage import CONFIG, Hands, PretendLine, WorkerStage

KEY = ec.generate_private_key(ec.SECP256R1())
DAY = 86_400.0
END = datetime.datetime(2027, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)


def certificate(end: datetime.datetime, serial: int = 1, name: str = "agent") -> str:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(serial)
        .not_valid_before(datetime.datetime(1950, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(end)
        .sign(KEY, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@given(
    # Years from 2050 on are written as another type of time.
    end=st.datetimes(datetime.datetime(1950, 1, 2), datetime.datetime(9999, 1, 1)),
    serial=st.integers(1, 2**159 - 1),
    name=st.text("abc ", min_size=1, max_size=60),
)
def test_the_end_is_the_one_that_was_written(
    end: datetime.datetime, serial: int, name: str
) -> None:
    end = end.replace(microsecond=0, tzinfo=datetime.UTC)
    assert end_of(f"before\n{certificate(end, serial, name)}after") == end.timestamp()


@given(st.integers(0, 2000), st.binary(max_size=8))
def test_a_damaged_certificate_has_no_end_or_some(at: int, junk: bytes) -> None:
    whole = PEM[28:-27]
    cut = whole[:at] + junk.hex() + whole[at + 4 :]
    assert isinstance(
        end_of(f"-----BEGIN CERTIFICATE-----\n{cut}\n-----END CERTIFICATE-----"), float | None
    )


PEM = certificate(END).strip()


@pytest.mark.parametrize(
    "text",
    ["", "x", PEM.replace("BEGIN", "begin"), PEM[:200] + PEM[-26:]],
    ids=["nothing", "a letter", "a wrong head", "cut"],  # a certificate differs in each process
)
def test_what_is_no_certificate_has_no_end(text: str) -> None:
    assert end_of(text) is None


class Watched:
    """A watch over a Keychain in memory."""

    def __init__(self, folder: Path) -> None:
        self.keyring = MemoryKeyring()
        self.reads = 0
        self.changes = 0
        self.vault = Vault(self, deadline=0.05)
        self.record = folder / "credentials.json"
        config = msgspec.structs.replace(CONFIG, agents=(Agent("other"),))
        self.watch = KeyWatch(self.record, self.vault, config, self.changed)
        self.answered = threading.Event()
        self.answered.set()

    def get_password(self, service: str, username: str, /) -> str | None:
        self.reads += 1
        self.answered.wait(30)
        return self.keyring.get_password(service, username)

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.keyring.set_password(service, username, password)

    def delete_password(self, service: str, username: str, /) -> None:
        self.keyring.delete_password(service, username)

    @property
    def trouble(self) -> type[VaultError] | None:
        return type(self.watch.trouble) if self.watch.trouble is not None else None

    def changed(self) -> None:
        self.changes += 1

    def keep(self, agent: str, pem: str, version: int = 1) -> None:
        value = msgspec.json.encode(AgentKey("key", pem)).decode()
        self.keyring.items[key_item(agent, version)] = value


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


async def test_every_agent_s_certificate_is_read_once(watched: Watched) -> None:
    watched.keep("agent", PEM)
    watched.keep("other", "no certificate")
    await watched.watch.look()
    assert watched.watch.ends == (CertificateEnd("agent", 1, END.timestamp()),)
    assert watched.watch.trouble is None
    await watched.watch.look()
    assert (watched.reads, watched.changes) == (2, 1)


async def test_what_the_record_tells_is_not_read(watched: Watched) -> None:
    record = Record(
        {
            "agent": (Version(3, "next"), Version(2, "current", ends_at=1000.0)),
            "other": (Version(1, "current", ends_at=2000.0),),
        }
    )
    credential_record.save(watched.record, record)
    await watched.watch.look()
    assert watched.watch.ends == (
        CertificateEnd("agent", 2, 1000.0),
        CertificateEnd("other", 1, 2000.0),
    )
    assert watched.reads == 0


async def test_a_key_that_comes_later_is_found(watched: Watched) -> None:
    watched.record.write_text("damaged")
    await watched.watch.look()
    assert (watched.watch.ends, watched.watch.trouble) == ((), None)
    watched.keep("other", PEM)
    await watched.watch.look()
    assert [end.agent for end in watched.watch.ends] == ["other"]


async def test_a_keychain_that_is_closed_is_said_and_asked_again(watched: Watched) -> None:
    watched.keep("agent", PEM)
    watched.keyring.locked = True
    await watched.watch.look()
    assert watched.trouble is VaultLocked
    await watched.watch.look()
    assert watched.changes == 1
    watched.keyring.locked = False
    await watched.watch.look()
    assert watched.trouble is None
    assert watched.changes == 2


async def test_a_round_is_soon_again_while_the_keychain_asks(watched: Watched) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        match len(pauses):
            case 1:
                watched.answered.clear()
            case 2:
                assert watched.trouble is VaultTimedOut
                watched.keep("agent", PEM)
                watched.answered.set()
            case _:
                raise asyncio.CancelledError

    async def nothing() -> None: ...

    with closing(WorkerLog(watched.record.with_name("worker.log"))) as log:
        upkeep = Upkeep(Hands().clock, nothing, watched.watch, log, sleep)
        with pytest.raises(asyncio.CancelledError):
            await upkeep.run()
    assert pauses == [PAUSE, SOON, PAUSE]
    assert [end.agent for end in watched.watch.ends] == ["agent"]


async def test_old_rows_go_while_it_runs(watched: Watched, tmp_path: Path) -> None:
    hands = Hands()
    stage = WorkerStage(tmp_path, hands=hands)
    engine = await stage.start()
    asked = await stage.ask(PretendLine())
    await stage.deny(stage.session(), asked.request_id)
    upkeep = Upkeep(hands.clock, engine.housekeeping.prune, watched.watch, engine.core.log)

    async def kept() -> bool:
        await upkeep.round()
        found = await engine.core.ledger.read(lambda txn: txn.request(asked.request_id))
        return found is not None

    hands.pass_by(29 * DAY)
    assert await kept()
    hands.pass_by(2 * DAY - 3600)
    assert not await kept()
    await stage.stop()


async def test_a_day_is_told_by_the_wall_and_survives_a_clock_set_back(watched: Watched) -> None:
    hands = Hands()
    pruned: list[float] = []

    async def prune() -> None:
        pruned.append(hands.now)

    with closing(WorkerLog(watched.record.with_name("worker.log"))) as log:
        upkeep = Upkeep(hands.clock, prune, watched.watch, log)
        for hours in (1, 22, 2, 23, -48, 23, 1):
            hands.now += hours * 3600
            await upkeep.round()
    start = Hands().now
    assert [(at - start) / 3600 for at in pruned] == [25, 0, 24]


async def test_a_disk_that_takes_nothing_is_told_and_tried_again(watched: Watched) -> None:
    hands = Hands()
    tries: list[float] = []

    async def prune() -> None:
        tries.append(hands.now)
        raise WireError(Code.STORAGE, "The disk is full.")

    path = watched.record.with_name("worker.log")
    with closing(WorkerLog(path)) as log:
        upkeep = Upkeep(hands.clock, prune, watched.watch, log)
        for _ in range(2):
            hands.now += DAY
            await upkeep.round()
    assert len(tries) == 2
    assert "The disk is full." in path.read_text()

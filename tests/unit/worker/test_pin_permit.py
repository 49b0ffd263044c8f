"""Root's permit for a PIN without the old one: what counts, and what does not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.demo.mac import build
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker import permit
from tests.support.worker_stage import WorkerStage, approver

TTY = "ttys003"


@pytest.fixture
def mac(tmp_path: Path) -> Host:
    folder = tmp_path / "mac"
    return build.prepare(folder)


def test_a_fresh_permit_counts_on_its_terminal_alone(mac: Host) -> None:
    now = time.time()
    written = permit.write(mac, (TTY,), now)
    assert permit.place(mac).stat().st_mode & 0o777 == 0o644
    assert permit.read(mac, TTY, now + 1) == written
    for terminal, at in (("ttys004", now), ("", now), (TTY, now + 600), (TTY, now - 1)):
        with pytest.raises(permit.NoPermit):
            permit.read(mac, terminal, at)
    permit.remove(mac)
    with pytest.raises(permit.NoPermit):
        permit.read(mac, TTY, now)


def loosen(path: Path) -> None:
    path.chmod(0o666)


def loosen_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to(path.with_name("other"))


def second_name(path: Path) -> None:
    os.link(path, path.with_name("other"))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link_folder(path: Path) -> None:
    moved = path.parent.with_name("moved")
    path.parent.rename(moved)
    path.parent.symlink_to(moved)


def age(path: Path) -> None:
    os.utime(path, (1, 1))


def garble(path: Path) -> None:
    path.write_bytes(b"{}")


def other_account(path: Path) -> None:
    found = msgspec.json.decode(path.read_bytes(), type=permit.Permit)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(found, uid=0)))


@pytest.mark.parametrize(
    "spoil",
    [loosen, loosen_folder, link, second_name, pipe, link_folder, age, garble, other_account],
)
def test_a_doubtful_permit_does_not_count(mac: Host, spoil: Callable[[Path], None]) -> None:
    now = time.time()
    permit.write(mac, (TTY,), now)
    spoil(permit.place(mac))
    with pytest.raises(permit.NoPermit):
        permit.read(mac, TTY, now)


def test_only_root_counts_on_a_real_mac(mac: Host) -> None:
    host = Host(mac.root, mac.user, mac.uid, mac.home, mac.name, None)
    assert permit.owner_of(host) == 0
    with pytest.raises(ValueError, match="own root"):
        permit.pretend_root(host)


async def test_a_permit_is_used_once(tmp_path: Path) -> None:
    stage = WorkerStage(tmp_path, pin="")
    engine = await stage.start()
    assert state(stage) == "missing"
    with pytest.raises(WireError) as missing:
        engine.desk.require_pin()
    assert "pin reset" in missing.value.hint
    given = permit.Permit(1, 501, time.time(), "ab" * 16, (TTY,))
    await engine.desk.reset("246810", given, approver())
    assert state(stage) == "set"
    await engine.desk.check("246810", approver())
    await refuse(stage, given)
    # A worker that was killed, and a verifier that was thrown away, know it all the same.
    await stage.crash()
    await stage.start()
    await stage.engine.core.ledger.change(lambda txn: txn._db.execute("DELETE FROM pin").close())
    await stage.engine.desk.load()
    assert state(stage) == "missing"
    await refuse(stage, given)
    newer = msgspec.structs.replace(given, nonce="cd" * 16, at=time.time())
    await stage.engine.desk.reset("135791", newer, approver())
    await stage.engine.desk.check("135791", approver())
    await stage.stop()


async def test_an_easy_pin_uses_no_permit_up(tmp_path: Path) -> None:
    stage = WorkerStage(tmp_path, pin="")
    await stage.start()
    given = permit.Permit(1, 501, time.time(), "ab" * 16, (TTY,))
    with pytest.raises(WireError) as refused:
        await stage.engine.desk.reset("111111", given, approver())
    assert refused.value.code is Code.INVALID_PARAMS
    await stage.engine.desk.reset("246810", given, approver())
    await stage.stop()


def state(stage: WorkerStage) -> str:
    return stage.engine.desk.state


async def refuse(stage: WorkerStage, given: permit.Permit) -> None:
    with pytest.raises(WireError, match="used already") as refused:
        await stage.engine.desk.reset("975310", given, approver())
    assert refused.value.code is Code.FORBIDDEN

"""The authority's files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from entraclaw_tui.demo.entra import state
from entraclaw_tui.demo.entra.directory import folder
from entraclaw_tui.demo.entra.endpoints import Authority
from entraclaw_tui.demo.entra.faults import Fault, Faults, order_fault
from entraclaw_tui.demo.entra.table import Table
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.config import parse


def test_writers_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"

    def add(start: int) -> None:
        for number in range(start, start + 25):
            with Table(path, int).change() as rows:
                rows.append(number)

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(Table(path, int).read())) == 75


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    table = Table(tmp_path / "rows.json", int)
    with table.change() as rows:
        rows.append(1)

    def fail() -> None:
        with table.change() as rows:
            rows.append(2)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert table.read() == [1]


def test_only_this_account_may_read_it(host: Host) -> None:
    assert folder(host).stat().st_mode & 0o777 == 0o700
    assert state.exists(host)
    for name in ("signing.pem", "server.pem", "directory.json", "refresh.json"):
        assert (folder(host) / name).stat().st_mode & 0o077 == 0


def test_secrets_show_in_no_repr(provisioned: state.Provisioned) -> None:
    text = repr(provisioned)
    assert "PRIVATE KEY" not in text
    assert provisioned.refresh_token not in text


def test_settings_and_keychain_items_fit_together(
    host: Host, provisioned: state.Provisioned, tmp_path: Path
) -> None:
    # The settings name the CA of the Mac they were made for.
    config = provisioned.config(8443)
    config.save(tmp_path / "config.toml")
    ours = (
        (tmp_path / "config.toml")
        .read_text()
        .replace(str(provisioned.ca_file), str(folder(host) / "ca.pem"))
    )
    assert (
        parse(ours.encode(), host).authority_url == f"https://localhost:8443/{config.entra.tenant}"
    )
    items = provisioned.keychain_items()
    assert set(items) == {
        f"key:{config.agent.name}:v1",
        f"session:{config.entra.tenant}:{config.account.upn}",
    }
    assert all(value.isascii() and value.isprintable() for value in items.values())


def test_faults_come_in_order_and_end(
    host: Host, authority: Authority, provisioned: state.Provisioned, slept: list[float]
) -> None:
    order_fault(host, Fault(503, retry_after=9, delay=2.5, times=2))
    order_fault(host, Fault(429, plain="Too Many Requests"))
    path = f"/{provisioned.tenant}/oauth2/v2.0/token"
    replies = [authority.answer("POST", path, {}, b"") for _ in range(4)]
    assert [r.status for r in replies] == [503, 503, 429, 400]
    assert ("Retry-After", "9") in replies[0].headers
    assert replies[2].body == b"Too Many Requests"
    assert slept == [2.5, 2.5, 0.0]
    Faults(folder(host)).push(Fault(500))
    Faults(folder(host)).clear()
    assert Faults(folder(host)).take() is None

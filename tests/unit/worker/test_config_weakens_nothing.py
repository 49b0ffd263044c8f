"""No line of the settings and no command can allow, or lower a tier."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.cli import consent
from entraclaw_tui.cli.main import _COMMANDS
from entraclaw_tui.demo.mac import build
from entraclaw_tui.model.consent import State
from entraclaw_tui.worker import config
from entraclaw_tui.worker.config import ConfigError, parse
from tests.support.worker_stage import CONFIG, PretendLine, WorkerStage

KEYS = [(table, key) for table, fields in msgspec.to_builtins(CONFIG).items() for key in fields]
FLIPS: dict[tuple[str, str], str] = {
    ("entra", "tenant"): "fabrikam.example",
    ("entra", "client_id"): "33333333-3333-3333-3333-333333333333",
    ("entra", "public_client_id"): "44444444-4444-4444-4444-444444444444",
    ("entra", "api_scope"): "api://other/access_as_user",
    ("entra", "authority"): config.AUTHORITIES[1],
    ("agent", "name"): "other",
    ("account", "upn"): "other@contoso.example",
}


@pytest.mark.parametrize(("table", "key"), KEYS)
async def test_a_flipped_key_asks_all_the_same(
    tmp_path: Path, table: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = msgspec.to_builtins(CONFIG)
    tables[table][key] = FLIPS.get((table, key), tables[table][key])
    flipped = msgspec.convert(tables, config.Config)
    monkeypatch.setattr("tests.support.worker_stage.CONFIG", flipped)
    stage = WorkerStage(tmp_path)
    await stage.start()
    for name, tier in (("User.Read", "medium"), ("Mail.Read", "high"), ("Mail.Send", "high")):
        asked = await stage.ask(PretendLine(name.lower()), name)
        assert (asked.state, str(asked.tier)) == (State.PENDING, tier)
    assert stage.exchange.wishes == []
    await stage.stop()


@pytest.mark.parametrize(
    "line",
    [
        "auto_approve = true",
        "[policy]\ntier = 'low'",
        "[policy]\nallow = ['Mail.Send']",
        "[agent]\nname = 'agent'\npin = false",
        "[entra]\nremember = 'forever'",
    ],
)
def test_a_key_of_ones_own_changes_nothing(tmp_path: Path, line: str) -> None:
    host = build.prepare(tmp_path / "mac")
    path = tmp_path / "config.toml"
    CONFIG.save(path)
    whole = parse(path.read_bytes(), host)
    try:
        found = parse(f"{line}\n".encode() + path.read_bytes(), host)
    except ConfigError:
        return  # refused by name: the worker then starts no engine
    assert found == whole


def test_no_command_approves() -> None:
    assert not {"approve", "allow", "grant", "unlock"} & set(_COMMANDS)


def test_the_command_of_the_policy_only_looks() -> None:
    taken = {option for each in consent.policy.params for option in each.opts}
    assert taken == {"--json", "--plain", "--watch"}

"""Set-ups that were here before are recognized, whatever is in their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.host import Host, Marker
from entraclaw_tui.worker import config_file, other_setups
from entraclaw_tui.worker.config import ConfigError

ID = "11111111-2222-3333-4444-555555555555"
MARK = "A" * 43
STATE = {
    "TENANT_ID": ID,
    "BLUEPRINT_APP_ID": ID,
    "BLUEPRINT_CERT_THUMBPRINT": MARK,
    "AGENT_ID": ID,
    "AGENT_USER_UPN": "agent@contoso.example",
    "PROVISIONER_CLIENT_ID": "not of interest",
}


def a_host(root: Path) -> Host:
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5")
    return Host(root, "demo", 501, root / "Users/demo", "studio", marker)


@pytest.mark.parametrize("service", other_setups.SERVICES)
def test_a_state_file(tmp_path: Path, service: str) -> None:
    (tmp_path / f".{service}-state.json").write_text(json.dumps(STATE, indent=2))
    found = other_setups.find(tmp_path)
    assert found is not None
    assert (found.service, found.tenant, found.client_id) == (service, ID, ID)
    assert (found.thumbprint, found.agent_id) == (MARK, ID)
    assert found.agent_user == "agent@contoso.example"
    assert found.files == (f".{service}-state.json",)


@pytest.mark.parametrize("prefix", ["ENTRACLAW_", "ENTRABOT_"])
def test_an_environment_file_counts_more_than_the_state(tmp_path: Path, prefix: str) -> None:
    service = prefix.rstrip("_").lower()
    (tmp_path / f".{service}-state.json").write_text(json.dumps(STATE))
    (tmp_path / ".env").write_text(
        f"# {prefix}TENANT_ID=commented\n"
        f"{prefix}TENANT_ID=contoso.example\n"
        f"{prefix}AGENT_USER_UPN=\n"
        "OTHER_TENANT_ID=elsewhere\n"
        "not a line of it\n"
    )
    found = other_setups.find(tmp_path)
    assert found is not None
    assert (found.service, found.tenant) == (service, "contoso.example")
    assert found.agent_user == "agent@contoso.example"
    assert found.files == (f".{service}-state.json", ".env")


def test_an_object_id_names_the_agents_account_where_no_name_does(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"ENTRABOT_TENANT_ID={ID}\nENTRABOT_AGENT_USER_ID={ID}\n")
    found = other_setups.find(tmp_path)
    assert found is not None
    assert found.agent_user == ID


def test_a_folder_without_one(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=x\n")
    assert other_setups.find(tmp_path) is None


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert all(isinstance(v, str) for v in other_setups.read_state(text).values())
    assert all(v for v in other_setups.read_env(text, "ENTRABOT_").values())


def test_settings_keep_comments_and_others_tables(tmp_path: Path) -> None:
    before = f"""# mine
[entra]
tenant = "contoso.example"  # ours since spring
client_id = "{ID}"

[looks]
theme = "light"

[agent]
name = "research-bot"

[account]
upn = "demo@contoso.example"
"""
    after = config_file.changed(
        before, {"entra": {"public_client_id": ID}, "agent": {"name": "report-bot"}}
    )
    assert '# mine\n[entra]\ntenant = "contoso.example"  # ours since spring\n' in after
    assert '[looks]\ntheme = "light"\n' in after
    host = a_host(tmp_path)
    path = tmp_path / "Users/demo/.config/entraclaw/config.toml"
    config_file.write(path, before, host)
    config = config_file.write(path, after, host)
    assert (config.agent.name, config.entra.public_client_id) == ("report-bot", ID)
    assert path.with_suffix(".toml.before").read_text() == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert config_file.changed(after, {"entra": {"public_client_id": ""}}).count(ID) == 1


def test_settings_that_are_wrong_are_not_written(tmp_path: Path) -> None:
    host = a_host(tmp_path)
    path = tmp_path / "Users/demo/.config/entraclaw/config.toml"
    with pytest.raises(ConfigError, match="client_id"):
        config_file.write(path, '[entra]\ntenant = "x.example"\nclient_id = "x"\n', host)
    assert not path.exists()
    with pytest.raises(ConfigError, match="is no table"):
        config_file.changed("entra = 1\n", {"entra": {"tenant": "x"}})

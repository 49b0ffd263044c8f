"""The agent's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host, Marker
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker.config import Account, Agent, Config, ConfigError, Entra, parse

ID = "11111111-2222-3333-4444-555555555555"
GOOD = f"""
[entra]
tenant = "contoso.example"
client_id = "{ID}"
public_client_id = "{ID}"
api_scope = "api://{ID}/access_as_user"

[agent]
name = "research-bot"

[account]
upn = "demo@contoso.example"

[looks]
theme = "somebody else's table"
"""


def a_host(root: Path, *, pretend: bool) -> Host:
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5") if pretend else None
    return Host(root, "demo", 501, root / "Users/demo", "studio", marker)


def test_reads_what_it_wrote(tmp_path: Path) -> None:
    host = a_host(tmp_path, pretend=True)
    entra = Entra("contoso.example", ID, ID, f"api://{ID}/access_as_user")
    config = Config(entra, Agent("research-bot"), Account("demo@contoso.example"))
    path = Places.of(host).config
    path.parent.mkdir(parents=True)
    config.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Config.load(host) == config
    assert config.authority_url == "https://login.microsoftonline.com/contoso.example"


def test_others_tables_are_left_alone(tmp_path: Path) -> None:
    assert parse(GOOD.encode(), a_host(tmp_path, pretend=False)).agent.name == "research-bot"


def test_missing_file_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^/Users/demo/.config/entraclaw/config.toml is missing"):
        Config.load(a_host(tmp_path, pretend=True))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("client_id", "clientid", "clientid"),
        (f'client_id = "{ID}"', 'client_id = "x"', "client_id"),
        ('name = "research-bot"', "", "name"),
        ('name = "research-bot"', 'name = "../x"', "name"),
        ('upn = "demo@contoso.example"', 'upn = "demo"', "upn"),
        ('tenant = "contoso.example"', 'tenant = "a/b"', "tenant"),
        ("[account]", "[accounts]", "account"),
        ("[entra]", "[entra", "config.toml"),
    ],
)
def test_the_wrong_field_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError, match=said):
        parse(GOOD.replace(old, new).encode(), a_host(tmp_path, pretend=True))


@pytest.mark.parametrize(
    ("authority", "real", "pretend"),
    [
        ("https://login.microsoftonline.com", True, True),
        ("https://login.microsoftonline.com/", True, True),
        ("https://login.microsoftonline.us", True, True),
        ("https://login.partner.microsoftonline.cn", True, True),
        ("https://localhost:8443", False, True),
        ("https://127.0.0.1:8443", False, True),
        ("https://[::1]:8443", False, True),
        ("http://localhost:8443", False, False),
        ("https://localhost:8443/x", False, False),
        ("https://user@localhost:8443", False, False),
        ("https://localhost.evil.example:8443", False, False),
        ("https://login.microsoftonline.com.evil.example", False, False),
        ("https://login.microsoftonline.com:444", False, False),
        ("http://login.microsoftonline.com", False, False),
        ("https://localhost:99999", False, False),
        ("https://[::1", False, False),
        ("", False, False),
    ],
)
def test_authorities(tmp_path: Path, authority: str, real: bool, pretend: bool) -> None:
    text = GOOD.replace("[agent]", f'authority = "{authority}"\n[agent]').encode()
    for allowed, host in (
        (real, a_host(tmp_path, pretend=False)),
        (pretend, a_host(tmp_path, pretend=True)),
    ):
        if allowed:
            assert parse(text, host).entra.authority == authority.rstrip("/")
        else:
            with pytest.raises(ConfigError, match="authority"):
                parse(text, host)


def test_a_ca_of_ones_own_only_inside_a_pretend_mac(tmp_path: Path) -> None:
    def text(path: Path | str) -> bytes:
        return GOOD.replace("[agent]", f'ca_file = "{path}"\n[agent]').encode()

    inside = tmp_path / "private" / "ca.pem"
    assert parse(text(inside), a_host(tmp_path, pretend=True)).entra.ca_file == str(inside)
    for bad, pretend in (
        (inside, False),
        ("/etc/ca.pem", True),
        ("private/ca.pem", True),
        (f"{tmp_path}/../ca.pem", True),
    ):
        with pytest.raises(ConfigError, match="ca_file"):
            parse(text(bad), a_host(tmp_path, pretend=pretend))

"""What the panel takes from config.toml."""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.dashboard.panel_settings import PanelSettings, read, taken
from entraclaw_tui.dashboard.settings_findings import found


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    assert read(tmp_path / "config.toml") == PanelSettings()


def test_a_damaged_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"[looks\ntheme = \xff")
    assert read(path) == PanelSettings()


def test_looks_and_keys_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[entra]\ntenant = "x"\n[looks]\ntheme = "contrast"\ndensity = "compact"\nmouse = false\n'
        'bell = true\n[keys]\n"requests.deny" = "ctrl+d"\ngrants.revoke = "ctrl+x"\n'
    )
    settings = read(path)
    assert (settings.theme, settings.compact) == ("contrast", True)
    assert (settings.mouse, settings.bell) == (False, True)
    assert settings.keys.keys == {"requests.deny": "ctrl+d", "grants.revoke": "ctrl+x"}
    assert settings.told == ()
    assert found(path, "~/config.toml") == []


def test_what_is_not_understood_is_said_and_has_its_default() -> None:
    settings = taken({"looks": {"theme": "pink", "mouse": "no", "sound": 1}, "keys": "d"})
    assert (settings.theme, settings.mouse) == ("", True)
    assert len(settings.told) == 4


def test_the_doctor_names_keys_that_clash(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\n"requests.deny" = "r"\n[looks]\ndensity = "tiny"\n')
    clash, looks = found(path, "~/config.toml")
    assert (clash.id, looks.id) == ("keys-clash", "looks-unknown")
    assert clash.evidence == (
        '~/config.toml: [keys] "requests.deny" stays as it is: r is refresh already.',
    )

"""A set-up and the roll-over of its certificate, by the commands a person would type."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.demo import PROGRAM, Headless


def run(demo: Headless, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [*PROGRAM, "--root", str(demo.root), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_certificate_rolls_over_while_the_agent_works(headless: Headless) -> None:
    demo = headless
    code, said = run(demo, "agent", "credential", "show")
    assert code == 0
    assert "1" in said
    code, said = run(demo, "agent", "credential", "new")
    assert (code, "Nothing was changed" in said) == (0, True)
    code, said = run(demo, "agent", "credential", "new", "--yes", "--json")
    made = json.loads(said)
    assert (made["version"]["number"], made["version"]["role"]) == (2, "next")
    file = demo.root / made["certificate"].lstrip("/")
    assert file.read_text().startswith("-----BEGIN CERTIFICATE-----")

    # Entra does not know it yet: nothing changes hands.
    code, said = run(demo, "agent", "credential", "rotate", "--yes")
    assert code == 2
    assert "certificate" in said
    code, said = run(demo, "demo", "entra", "certificate", str(file))
    assert (code, made["version"]["thumbprint"] in said) == (0, True)
    code, said = run(demo, "agent", "credential", "rotate", "--yes")
    assert (code, "Version 2" in said) == (0, True), said
    code, said = run(demo, "agent", "credential", "forget", "--yes")
    assert (code, "Deleted version 1" in said) == (0, True), said
    code, said = run(demo, "agent", "credential", "show", "--json")
    assert [v["number"] for v in json.loads(said)["versions"]] == [2]
    assert "PRIVATE" not in said


def test_settings_are_shown_then_written(folder: Path, headless: Headless) -> None:
    demo = headless
    other = folder / "other"
    other.mkdir()
    ident = "11111111-2222-3333-4444-555555555555"
    (other / ".env").write_text(
        f"ENTRABOT_BLUEPRINT_APP_ID={ident}\nENTRABOT_BLUEPRINT_CERT_THUMBPRINT={'A' * 43}\n"
    )
    config = demo.root / "Users/demo/.config/entraclaw/config.toml"
    before = config.read_text()
    code, said = run(demo, "agent", "setup", "--import", str(other))
    assert code == 0, said
    assert 'key_from = "entrabot"' in said
    assert config.read_text() == before
    code, said = run(demo, "agent", "setup", "--import", str(other), "--yes")
    assert code == 0, said
    assert f'client_id = "{ident}"' in config.read_text()
    assert config.with_suffix(".toml.before").read_text() == before
    code, said = run(demo, "agent", "credential", "new", "--yes")
    assert (code, "that program changes it" in said) == (2, True)
    code, said = run(demo, "agent", "setup", "--tenant", "no/tenant", "--yes")
    assert (code, "tenant" in said) == (2, True)

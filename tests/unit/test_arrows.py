"""What a command may load: the light ones must not pay for the panel or the exchange."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from entraclaw_tui.demo.mac.build import prepare

HEAVY = ("textual", "rich", "msal", "keyring", "requests", "cryptography", "trustme")


def loaded_by(*arguments: str) -> set[str]:
    """Run one command line in a fresh interpreter and return the names of what it imported."""
    script = (
        "import sys, contextlib, io\n"
        "from entraclaw_tui.__main__ import main\n"
        f"sys.argv = ['entraclaw-tui', *{arguments!r}]\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main()\n"
        "print(' '.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_version_loads_nothing() -> None:
    loaded = loaded_by("--version")
    assert not loaded & {*HEAVY, "click", "msgspec", "asyncio"}


@pytest.mark.parametrize("command", ["status", "jobs", "keychain", "privacy", "requests"])
def test_looking_loads_neither_panel_nor_exchange(tmp_path: Path, command: str) -> None:
    root = tmp_path / "mac"
    prepare(root)
    loaded = loaded_by("--root", str(root), command, "--json")
    assert "entraclaw_tui.macos.host" in loaded
    assert not loaded & set(HEAVY)


def test_a_jobs_story_as_lines_loads_no_panel(tmp_path: Path) -> None:
    root = tmp_path / "mac"
    prepare(root)
    loaded = loaded_by("--root", str(root), "jobs", "--story")
    assert "entraclaw_tui.dashboard.job_story.table" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(
    "room", ["text", "model.consent", "ipc.client", "macos.host", "doctor.findings"]
)
def test_rooms_below_the_panel_load_no_textual(room: str) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import entraclaw_tui.{room}, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(done.stdout.split()) & set(HEAVY)


def test_the_command_line_names_the_panel_s_themes() -> None:
    from entraclaw_tui.cli import main
    from entraclaw_tui.dashboard import start

    assert main.THEMES == start.THEMES

"""The man page and the shells' completion tell of every command and every option."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from entraclaw_tui.cli.main import cli
from entraclaw_tui.cli.man import page
from entraclaw_tui.dashboard.action_table import ACTIONS

MACROS = {".TH", ".SH", ".SS", ".TP", ".PP", ".B", '.\\"'}


def commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), name)
            assert below is not None, f"{name} is listed and is not there"
            if not below.hidden:
                yield from commands(below, *path, name)


def test_every_command_and_option_is_in_the_man_page() -> None:
    whole = page(cli)
    sections = {
        part.partition("\n")[0].strip('"').replace("\\-", "-"): part.replace("\\-", "-")
        for part in whole.split("\n.SS ")
    }
    found = list(commands(cli))
    assert len(found) > 30
    for path, command in found:
        section = sections[" ".join(path)] if path else whole.replace("\\-", "-")
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                missing = [name for name in parameter.opts if name not in section]
                assert missing == [], f"{' '.join(path)} lacks {missing}"
        assert (command.help or "").split(" ")[0] in section


def test_every_key_is_in_the_man_page() -> None:
    whole = page(cli).replace("\\-", "-")
    assert [a.id for a in ACTIONS if a.help.replace('"', "\\(dq") not in whole] == []


def test_no_text_is_taken_for_a_troff_command() -> None:
    for line in page(cli).splitlines():
        assert not line.startswith("'")
        if line.startswith("."):
            assert line.split(" ")[0] in MACROS, line
    assert page(cli).isascii()


def ask(shell: str, *words: str) -> list[str]:
    """Ask for completions of the last word as the shell's script does."""
    variables = {
        "_ENTRACLAW_TUI_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(("entraclaw-tui", *words)),
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words)),
    }
    script = (
        "import sys, entraclaw_tui.__main__ as it\n"
        "sys.argv = ['entraclaw-tui']\n"
        "try:\n    it.main()\n"
        "finally:\n    print('LOADED', *sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    told, _, loaded = done.stdout.partition("LOADED")
    assert not set(loaded.split()) & {"textual", "msal", "entraclaw_tui.cli.status"}
    return told.splitlines()


@pytest.mark.parametrize(
    ("shell", "answer"),
    [
        ("bash", ["plain,replay", "plain,requests"]),
        (
            "zsh",
            [
                "plain",
                "replay",
                "Show again what a panel recorded with --record.",
                "plain",
                "requests",
                "Who is asking, and what was decided.",
            ],
        ),
        (
            "fish",
            [
                "plain,replay\tShow again what a panel recorded with --record.",
                "plain,requests\tWho is asking, and what was decided.",
            ],
        ),
    ],
)
def test_a_shell_hears_which_commands_there_are(shell: str, answer: list[str]) -> None:
    assert ask(shell, "re") == answer


def test_a_shell_hears_an_option_and_what_it_takes() -> None:
    assert ask("bash", "demo", "--scen") == ["plain,--scenario"]
    assert "plain,crash-loop" in ask("bash", "demo", "--scenario", "crash")
    assert ask("bash", "requests", "den") == ["plain,deny"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_this_program_and_says_where_it_goes(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "entraclaw_tui", "completion", shell],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"_ENTRACLAW_TUI_COMPLETE={shell}_complete" in done.stdout
    assert "# Put this" in done.stdout
    assert done.stdout.startswith("#compdef entraclaw-tui" if shell == "zsh" else "# Put this")
    assert done.stderr == ""


def test_bash_takes_the_script() -> None:
    line = f"{sys.executable} -I -m entraclaw_tui completion bash | bash -n"
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", line], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")

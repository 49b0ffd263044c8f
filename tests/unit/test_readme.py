"""The README tells the truth about keys and commands."""

from __future__ import annotations

import click

from entraclaw_tui.cli.main import cli
from tests.support import readme


def test_key_table_is_the_program_s_own() -> None:
    assert readme.current() == readme.wanted(), "run `make keys` to write the table anew"


def test_every_command_is_named() -> None:
    text = readme.README.read_text(encoding="utf-8")
    commands = cli.list_commands(click.Context(cli))
    assert [name for name in commands if f"`{name}" not in text and f" {name}`" not in text] == []

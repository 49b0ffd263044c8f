"""The README tells the truth about keys and commands."""

from __future__ import annotations

import re
from urllib.parse import unquote

import click

from entraclaw_tui.cli.main import cli
from tests.support import readme


def test_key_table_is_the_program_s_own() -> None:
    assert readme.current() == readme.wanted(), "run `make keys` to write the table anew"


def test_every_command_is_named() -> None:
    text = readme.README.read_text(encoding="utf-8")
    commands = cli.list_commands(click.Context(cli))
    assert [name for name in commands if f"`{name}" not in text and f" {name}`" not in text] == []


def test_every_file_it_points_to_exists() -> None:
    text = readme.README.read_text(encoding="utf-8")
    links = [unquote(link) for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (readme.README.parent / link).exists()] == []

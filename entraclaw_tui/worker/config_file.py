"""Changing the settings: other tables and the person's comments stay, the file before is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Table

from entraclaw_tui.macos import agent_files
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.config import Config, ConfigError, parse

Fields = Mapping[str, Mapping[str, str]]
"""By table and field; an empty value takes the field away."""


def changed(text: str, fields: Fields) -> str:
    """Return the settings with these fields. Raises ConfigError where `text` is no TOML."""
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        raise ConfigError(f"config.toml: {error}.") from None
    for name, values in fields.items():
        table = document.get(name)
        if not isinstance(table, Table):
            if table is not None:
                raise ConfigError(f"config.toml: {name} is no table.")
            table = tomlkit.table()
            document[name] = table
        for field, value in values.items():
            if value:
                table[field] = value
            else:
                table.pop(field, None)
    return tomlkit.dumps(document)


def write(path: Path, text: str, host: Host) -> Config:
    """Put these settings in place, if they are good. Raises ConfigError, OSError.

    The file before stays beside it as `config.toml.before`.
    """
    config = parse(text.encode(), host, host.shown(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        before = path.with_suffix(".toml.before")
        before.unlink(missing_ok=True)
        os.link(path, before)
    agent_files.replace(path, text.encode(), 0o600)
    return config

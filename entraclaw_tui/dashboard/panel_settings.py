"""What the panel takes from config.toml: [looks] and [keys]. Nothing in it lowers a protection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from entraclaw_tui.dashboard.keymap import Keymap, keymap
from entraclaw_tui.macos.plain_files import open_plain

THEMES = ("dark", "light", "contrast", "ansi", "ansi-light")
DENSITIES = ("normal", "compact")
_LARGEST = 1 << 20
"""Bytes of a settings file that is read at all."""


class PanelSettings(msgspec.Struct, frozen=True):
    """How the panel looks and which keys it has. What was not understood has its default."""

    theme: str = ""
    compact: bool = False
    mouse: bool = True
    bell: bool = False
    keys: Keymap = msgspec.field(default_factory=Keymap)
    troubles: tuple[str, ...] = ()
    """What was not understood, a sentence each; those about keys are in `keys`."""

    @property
    def told(self) -> tuple[str, ...]:
        """Everything that was not taken."""
        return (*self.troubles, *self.keys.troubles)


def read(path: Path) -> PanelSettings:
    """Return the panel's settings. A file that is missing or damaged gives the defaults.

    That the file is damaged is for the doctor to tell: the worker cannot use it either.
    """
    try:
        with open_plain(path) as file:
            data = file.read(_LARGEST)
    except OSError:
        return PanelSettings()
    if b"looks" not in data and b"keys" not in data:
        return PanelSettings()  # most have neither: the first picture does not wait for TOML
    import tomllib

    try:
        return taken(tomllib.loads(data.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return PanelSettings()


def taken(tables: Mapping[str, object]) -> PanelSettings:
    """Return what the tables say of the panel."""
    looks, keys = tables.get("looks", {}), tables.get("keys", {})
    troubles = [
        f"[{name}] in config.toml is no table."
        for name, found in (("looks", looks), ("keys", keys))
        if not isinstance(found, dict)
    ]
    looks = looks if isinstance(looks, dict) else {}
    keys = keys if isinstance(keys, dict) else {}

    def word(name: str, known: tuple[str, ...]) -> str:
        found = looks.get(name, "")
        if found in known or found == "":
            return str(found)
        troubles.append(f"[looks] {name} is one of: {', '.join(known)}.")
        return ""

    def switch(name: str, usual: bool) -> bool:
        found = looks.get(name, usual)
        if isinstance(found, bool):
            return found
        troubles.append(f"[looks] {name} is true or false.")
        return usual

    unknown = [name for name in looks if name not in ("theme", "density", "mouse", "bell")]
    troubles += [f"[looks] {name[:40]} means nothing to the panel." for name in unknown]
    return PanelSettings(
        theme=word("theme", THEMES),
        compact=word("density", DENSITIES) == "compact",
        mouse=switch("mouse", True),
        bell=switch("bell", False),
        keys=keymap({str(id): key for id, key in _flat(keys)}),
        troubles=tuple(troubles),
    )


def _flat(keys: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return ids with their keys: `requests.deny = "x"` without quotes is a table in TOML."""
    flat: list[tuple[str, object]] = []
    for id, value in keys.items():
        if isinstance(value, dict):
            flat += [(f"{id}.{rest}", key) for rest, key in value.items()]
        else:
            flat.append((id, value))
    return flat

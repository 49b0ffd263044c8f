"""What every command starts from: the shared options, and the Mac they name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from entraclaw_tui.cli import exits

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host


class Settings(msgspec.Struct, frozen=True):
    """The options before the command."""

    root: Path | None = None
    readonly: bool = False
    theme: str = ""
    mouse: bool = True
    record: Path | None = None
    """Where the panel writes down what its sources say."""


class Stop(Exception):
    """An end with a sentence for a person and an exit code for a script."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def show(self) -> None:
        """Print the sentence."""
        print(f"entraclaw-tui: {self.message}", file=sys.stderr)


def open_host(settings: Settings) -> Host:
    """Return the Mac that the options name. Raises Stop: none here (69), or a root not to use."""
    from entraclaw_tui.macos.host import Host, HostError, NoMacHere

    try:
        return Host.open(settings.root)
    except NoMacHere as error:
        raise Stop(str(error), exits.NO_MAC) from None
    except HostError as error:
        raise Stop(str(error), exits.USAGE) from None

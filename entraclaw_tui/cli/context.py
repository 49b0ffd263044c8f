"""What every command starts from: the shared options, and the Mac they name."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
import msgspec

from entraclaw_tui.cli import exits

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host


class Settings(msgspec.Struct, frozen=True):
    """The options before the command."""

    root: Path | None
    readonly: bool
    theme: str
    mouse: bool
    record: Path | None = None
    """Where the panel writes down what its sources say."""


class Stop(click.ClickException):
    """An end with a sentence for a person and an exit code for a script."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence."""
        click.echo(f"entraclaw-tui: {self.message}", file=file, err=True)


def open_host(settings: Settings) -> Host:
    """Return the Mac that the options name. Raises Stop: none here (69), or a root not to use."""
    from entraclaw_tui.macos.host import Host, HostError, NoMacHere

    try:
        return Host.open(settings.root)
    except NoMacHere as error:
        raise Stop(str(error), exits.NO_MAC) from None
    except HostError as error:
        raise Stop(str(error), exits.USAGE) from None

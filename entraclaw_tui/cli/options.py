"""Options that many commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add --json, and --plain, which is what a command does by itself."""
    function = click.option("--plain", is_flag=True, help="Plain lines; it prints them anyway.")(
        function
    )
    return click.option("--json", "as_json", is_flag=True, help="One JSON document.")(function)


def watch_option(function: F) -> F:
    """Add --watch."""
    words = "Look again every two seconds, and show what changed; ctrl+c ends it."
    return click.option("--watch", is_flag=True, help=words)(function)

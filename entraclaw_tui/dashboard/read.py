"""What asks a source once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from entraclaw_tui.model.source import Empty, Failed, Loaded

T = TypeVar("T")

Read: TypeAlias = Callable[[], Awaitable[Loaded[T] | Empty | Failed]]
"""Answers with data, nothing or a failure, and raises nothing expected."""

"""What a source of the dashboard can say: data, nothing, failure, or old data."""

from __future__ import annotations

from typing import Generic, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Loaded(msgspec.Struct, Generic[T_co], frozen=True, tag="loaded"):
    """The source answered with `value` at the time `at`."""

    value: T_co
    at: float


class Empty(msgspec.Struct, frozen=True, tag="empty"):
    """The source answered, and there is nothing; `reason` says what that means."""

    reason: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The source did not answer: `reason` is the cause, `hint` the next step for a person."""

    reason: str
    hint: str = ""


class Stale(msgspec.Struct, Generic[T_co], frozen=True, tag="stale"):
    """The last good `value`, from `at`, and why it could not be renewed."""

    value: T_co
    at: float
    reason: str


Source: TypeAlias = Loaded[T] | Empty | Failed | Stale[T]


def grow_old(before: Source[T] | None, now: Source[T]) -> Source[T]:
    """Return `now`, or the last good value marked stale where `now` is a failure."""
    if isinstance(now, Failed) and isinstance(before, Loaded | Stale):
        return Stale(before.value, before.at, now.reason)
    return now


def value_of(source: Source[T] | None) -> T | None:
    """Return the value a source holds, fresh or old, or None."""
    return source.value if isinstance(source, Loaded | Stale) else None

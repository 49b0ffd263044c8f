"""Reads the privacy databases here, or lets the worker do it, which often may."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.sources import Read

WORKER = "worker"


async def read(
    own_read: Read[Privacy],
    link: WorkerLink,
    program: Callable[[], Awaitable[str]],
    *,
    over_ssh: bool,
) -> Loaded[Privacy] | Empty | Failed:
    """Return the grants with who read them, or why nobody could and the one next step.

    `program` finds the agent's program, as a path of the Mac.
    """
    own = await own_read()
    if _whole(own):
        return own
    asked = False
    if link.view.connected:
        with contextlib.suppress(WireError, ConnectionLost):
            other = (await link.privacy()).privacy
            asked = True
            if isinstance(other, Loaded) and _more(other.value, own):
                return Loaded(msgspec.structs.replace(other.value, read_by=WORKER), other.at)
    from entraclaw_tui.macos import privacy, privacy_words

    if not isinstance(own, Failed) or own.reason != privacy.REFUSED:
        return own
    needs = privacy_words.who_needs_access
    if asked:
        hint = needs(await program(), by_worker=True, over_ssh=over_ssh)
        return Failed("macOS lets neither this terminal nor the worker read them.", hint)
    return Failed(own.reason, needs("", by_worker=False, over_ssh=over_ssh))


def _whole(privacy: Loaded[Privacy] | Empty | Failed) -> bool:
    return isinstance(privacy, Loaded) and "denied" not in _states(privacy.value)


def _more(other: Privacy, own: Loaded[Privacy] | Empty | Failed) -> bool:
    """Return whether the worker could read what this terminal could not."""
    if not isinstance(own, Loaded):
        return True
    mine, its = _states(own.value), _states(other)
    return its.count("read") > mine.count("read") or len(other.grants) > len(own.value.grants)


def _states(privacy: Privacy) -> tuple[str, str]:
    return (privacy.user_database, privacy.system_database)

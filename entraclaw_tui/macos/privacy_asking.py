"""Privacy grants, read here, or by the worker, which often may where a terminal may not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from entraclaw_tui.macos import privacy_words
from entraclaw_tui.macos.privacy import REFUSED
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded

Answer: TypeAlias = Loaded[Privacy] | Empty | Failed

WORKER = "worker"


async def read(
    here: Callable[[], Awaitable[Answer]],
    worker: Callable[[], Awaitable[Answer | None]],
    program: Callable[[], Awaitable[str]],
    *,
    over_ssh: bool,
) -> Answer:
    """Return the grants with who read them, or why nobody could and the one next step.

    `worker` returns None where there is none to ask; it is asked only where not everything could
    be read here. `program` finds the agent's program, as a path of the Mac.
    """
    own = await here()
    if _whole(own):
        return own
    other = await worker()
    if isinstance(other, Loaded) and _more(other.value, own):
        return Loaded(msgspec.structs.replace(other.value, read_by=WORKER), other.at)
    if not isinstance(own, Failed) or own.reason != REFUSED:
        return own
    needs = privacy_words.who_needs_access
    if other is None:
        return Failed(own.reason, needs("", by_worker=False, over_ssh=over_ssh))
    hint = needs(await program(), by_worker=True, over_ssh=over_ssh)
    return Failed("macOS lets neither this terminal nor the worker read them.", hint)


def _whole(privacy: Answer) -> bool:
    return isinstance(privacy, Loaded) and "denied" not in _states(privacy.value)


def _more(other: Privacy, own: Answer) -> bool:
    """Return whether the worker could read what this terminal could not."""
    if not isinstance(own, Loaded):
        return True
    mine, its = _states(own.value), _states(other)
    return its.count("read") > mine.count("read") or len(other.grants) > len(own.value.grants)


def _states(privacy: Privacy) -> tuple[str, str]:
    return (privacy.user_database, privacy.system_database)

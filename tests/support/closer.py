"""The closer look at the invented items and grants: nothing is wrong with them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from entraclaw_tui.dashboard.closer import Closer
from entraclaw_tui.macos.keychain_readers import Caller, Readers, judge
from entraclaw_tui.macos.tcc_match import Check, Match
from entraclaw_tui.model.keychain import Access, KeychainItem, KeychainState, Program
from entraclaw_tui.model.privacy import PrivacyGrant, Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded

NOW = 1_800_000_000.0
PYTHON = "/opt/homebrew/bin/python3.14"
HASH = "8f3c0a9d5b7e4412f6d1a07c93be58e2d41f6a70"
SEARCH = (
    "/Users/demo/Library/Keychains/login.keychain-db",
    "/Library/Keychains/System.keychain",
)
OPEN = KeychainState(False, False, None, SEARCH)
LOCKED = KeychainState(True, search=SEARCH, note="The Keychain is locked.")


def readers_of(items: tuple[KeychainItem, ...], *, made_by: str = PYTHON) -> tuple[Readers, ...]:
    """Return who can read these items: the program that made them."""
    access = Access(
        programs=(Program(made_by, "ok" if made_by == PYTHON else "gone"),),
        partitions=(f"cdhash:{HASH if made_by == PYTHON else '7' * 40}",),
    )
    caller = Caller(PYTHON, Signature(PYTHON, "adhoc", "python3.14", cdhash=HASH))
    return tuple(judge(msgspec.structs.replace(item, access=access), 512, caller) for item in items)


def fitting(grant: PrivacyGrant) -> Match:
    """Return the match of a row with the same program."""
    return Match(
        PYTHON,
        True,
        True,
        "It is about the very code that the agent is now.",
        (
            Check("path", True, PYTHON, PYTHON),
            Check("identifier", True, "python3.14", "python3.14"),
            Check("requirement", True, "met", "met"),
        ),
    )


def older(grant: PrivacyGrant) -> Match:
    """Return the match of a row that was given to another build."""
    return Match(
        PYTHON,
        True,
        False,
        "It is about another build than the one that is there now.",
        (
            Check("path", True, PYTHON, PYTHON),
            Check("build", False, "6" * 40, HASH),
            Check("requirement", False, "met", "not met"),
        ),
    )


class Closeness:
    """The readers of a stage, and what they were asked."""

    def __init__(
        self,
        readers: Loaded[tuple[Readers, ...]] | Empty | Failed | None = None,
        lock: Loaded[KeychainState] | Failed | None = None,
        match: Callable[[PrivacyGrant], Match] = fitting,
        settings: str = "",
    ) -> None:
        self.asked: list[str] = []
        self._readers = readers or Empty("The agent has no items.")
        self._lock = lock or Loaded(OPEN, NOW)
        self._match = match
        self._settings = settings

    def closer(self) -> Closer:
        """Return the readers as the panel takes them."""

        async def readers() -> Loaded[tuple[Readers, ...]] | Empty | Failed:
            self.asked.append("readers")
            return self._readers

        async def lock() -> Loaded[KeychainState] | Empty | Failed:
            self.asked.append("lock")
            return self._lock

        async def match(grant: PrivacyGrant) -> Match:
            self.asked.append(f"match {grant.service}")
            return self._match(grant)

        async def program() -> str:
            return PYTHON

        async def show_settings(service: str) -> str:
            self.asked.append(f"settings {service}")
            return self._settings

        return Closer(readers, lock, match, program, show_settings)

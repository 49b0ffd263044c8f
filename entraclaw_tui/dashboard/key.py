"""The sources' names, each with the type of what it holds."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from entraclaw_tui.model.consent import Grant, Request, TokenInfo
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import Job, Usage
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.privacy import Privacy

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Key(msgspec.Struct, Generic[T_co], frozen=True):
    """The name of a source whose values are of type T_co."""

    name: str


MACHINE: Key[Machine] = Key("machine")
JOB: Key[Job] = Key("job")
USAGE: Key[Usage] = Key("usage")
KEYCHAIN: Key[Keychain] = Key("keychain")
PRIVACY: Key[Privacy] = Key("privacy")
FINDINGS: Key[tuple[Finding, ...]] = Key("findings")
REQUESTS: Key[tuple[Request, ...]] = Key("requests")
GRANTS: Key[tuple[Grant, ...]] = Key("grants")
TOKENS: Key[tuple[TokenInfo, ...]] = Key("tokens")

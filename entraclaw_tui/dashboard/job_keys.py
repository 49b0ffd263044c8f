"""The names of what is read of the job only while somebody looks at it closely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entraclaw_tui.dashboard.key import Key

if TYPE_CHECKING:  # the first picture shows none of these
    from entraclaw_tui.macos.assessment import Assessment
    from entraclaw_tui.macos.entitlements import Entitlement
    from entraclaw_tui.macos.interpreter import Program
    from entraclaw_tui.macos.login_items import LoginItem
    from entraclaw_tui.model.job import Domain, EnvironmentName, JobDefinition, Process
    from entraclaw_tui.model.log import LogLine
    from entraclaw_tui.model.privacy import Signature

DEFINITION: Key[JobDefinition] = Key("job definition")
STARTED: Key[str] = Key("job's start")
PROCESS: Key[Process] = Key("job's process")
DOMAIN: Key[Domain] = Key("job's domain")
PROGRAM: Key[Program] = Key("job's program")
ENVIRONMENT: Key[tuple[EnvironmentName, ...]] = Key("job's environment")
TOLD: Key[tuple[LogLine, ...]] = Key("launchd log")
SAID: Key[tuple[str, ...]] = Key("job's own words")
SIGNATURE: Key[Signature] = Key("signature")
ENTITLEMENTS: Key[dict[str, Entitlement]] = Key("entitlements")
ASSESSMENT: Key[Assessment] = Key("assessment")
TICKET: Key[bool] = Key("notarization ticket")
LOGIN_ITEMS: Key[tuple[LoginItem, ...]] = Key("login items")

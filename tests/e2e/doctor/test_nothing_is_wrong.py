"""On a Mac that works every finding is silent, and not for want of something to look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from entraclaw_tui.demo.scenarios.jobs import no_desktop
from entraclaw_tui.doctor.certificate import WARN_DAYS
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.doctor.findings import CHECKS, judge
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.source import Loaded
from tests.e2e.doctor.rows_installed import record
from tests.support.furnished import PYTHON, FurnishedMac


@pytest.fixture(scope="module")
def mac() -> Iterator[FurnishedMac]:
    found = FurnishedMac()
    try:
        found.turn_on()
        # The certificate is looked at a moment after the worker answers.
        found.until_the_worker(lambda word: word.certificates, "it knows its certificate")
        record(found)
        yield found
    finally:
        found.close()


@pytest.fixture(scope="module")
def seen(mac: FurnishedMac) -> Evidence:
    return mac.evidence()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.__module__}.{check.__name__}")
def test_it_is_silent(seen: Evidence, check: object) -> None:
    assert judge(seen, [one for one in CHECKS if one is check]) == []


def test_launchd_has_told(seen: Evidence) -> None:
    assert isinstance(seen.job, Loaded)
    job = seen.job.value
    assert (job.label, job.state, job.complete) == (LABEL, "running", True)
    assert job.pid is not None
    assert job.arguments == seen.definition.arguments
    assert (job.runs, job.throttle_seconds, job.exit_timeout_seconds) == (1, 10, 20)
    assert job.properties
    assert isinstance(seen.disabled, dict)
    assert seen.definition.file is not None
    assert seen.definition.job is not None
    assert {"EnvironmentVariables", "Sockets", "StandardErrorPath", "RunAtLoad"} <= set(
        seen.definition.job
    )


def test_the_keychain_has_told(seen: Evidence) -> None:
    assert isinstance(seen.keychain, Loaded)
    kinds = {item.account.partition(":")[0] for item in seen.keychain.value.items}
    assert {"key", "pin", "audit"} <= kinds
    assert seen.keychain.value.others > 0


def test_the_privacy_databases_have_told(seen: Evidence) -> None:
    assert isinstance(seen.privacy, Loaded)
    privacy = seen.privacy.value
    assert (privacy.user_database, privacy.system_database) == ("read", "read")
    own = [grant for grant in privacy.grants if grant.client == seen.program]
    assert {grant.state for grant in own} == {"granted", "denied"}
    assert any(grant.target for grant in own), "an Automation pair"


def test_the_program_has_been_looked_at(seen: Evidence) -> None:
    assert seen.program == PYTHON
    assert (seen.signature.status, seen.signature.hardened) == ("valid", True)
    assert seen.signature.requirement
    assert seen.around.entitlements
    assert seen.around.python == seen.program
    assert seen.program_there
    assert seen.installed is not None, "what was installed was written down"
    assert seen.installed.changes == ()


def test_the_worker_has_told(seen: Evidence) -> None:
    word = seen.worker
    assert word is not None
    assert word.answered
    assert (word.keychain, word.storage, word.paused) == ("ok", "ok", False)
    assert not word.waits_for
    assert [one.days_left(seen.around.now) > WARN_DAYS for one in word.certificates] == [True]


def test_the_files_have_been_looked_at(mac: FurnishedMac, seen: Evidence) -> None:
    kinds = {file.path: file.kind for file in seen.files}
    assert [kinds[path] for path in seen.sockets] == ["socket", "socket"]
    assert kinds[str(mac.places.state_db)] == "file"
    assert any(path.endswith(".jsonl") for path in kinds), "the exported audit"
    assert any(path.endswith("agent.err.log") for path in kinds)
    assert mac.places.worker_log.read_text()
    assert seen.around.folders
    assert seen.around.settings is not None
    assert seen.around.settings.there


def test_the_mac_around_has_told(seen: Evidence) -> None:
    around = seen.around
    assert around.macos.startswith("26")
    assert around.home == "/Users/demo"
    assert (around.desktop, around.sip) == (True, True)
    assert around.free_bytes is not None
    assert around.now
    assert isinstance(seen.job, Loaded)


def test_without_a_desktop_it_is_as_silent() -> None:
    mac = FurnishedMac()
    try:
        no_desktop(mac.host)
        mac.turn_on()
        mac.wait_for_the_worker()
        seen = mac.evidence()
        assert judge(seen) == []
        assert not seen.around.desktop
        assert seen.around.lock is not None, "asked when the keychain locks"
        assert seen.domain == "user/501"
    finally:
        mac.close()

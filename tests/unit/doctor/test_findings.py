"""Every check: fires on what is wrong, stays silent on what is fine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from entraclaw_tui.doctor import findings
from entraclaw_tui.doctor.evidence import Definition, Evidence, FileFact
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.keychain import Keychain, KeychainItem
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant, Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded

PLIST = "/Users/demo/Library/LaunchAgents/com.entraclaw.agent.plist"
PYTHON = "/opt/python/3.14.6/bin/python3.14"
OLDER = "/opt/python/3.14.5/bin/python3.14"
COMMAND = [PYTHON, "-I", "-m", "entraclaw_tui", "worker"]
FINE_JOB = Job(
    label=LABEL,
    domain="gui/501",
    state="running",
    pid=4711,
    program=PYTHON,
    arguments=tuple(COMMAND),
    runs=1,
    last_exit="(never exited)",
)
FULL_DISK = PrivacyGrant(
    service="kTCCServiceSystemPolicyAllFiles",
    name="Full Disk Access",
    client=PYTHON,
    client_is_path=True,
    state="granted",
    reason="",
    changed_at=None,
    scope="system",
    requirement='cdhash H"aa"',
)


def stored(*accounts: str, service: str = LABEL) -> Loaded[Keychain]:
    items = tuple(KeychainItem("/k", "genp", service, account) for account in accounts)
    return Loaded(Keychain("/k", items, 3), 1.0)


def granted(*grants: PrivacyGrant, user: str = "read", system: str = "read") -> Loaded[Privacy]:
    return Loaded(Privacy(grants, user, system), 1.0)


def defined(**job: object) -> Definition:
    return Definition(PLIST, FileFact(PLIST, 0o644, True), {"ProgramArguments": COMMAND, **job})


FINE = Evidence(
    domain="gui/501",
    definition=defined(),
    job=Loaded(FINE_JOB, 1.0),
    disabled={"com.example.other": True, LABEL: False},
    sockets=("/Users/demo/.config/entraclaw/run/request.sock",),
    files=(FileFact("/Users/demo/.config/entraclaw", 0o700, True, "folder"),),
    keychain=stored("key:notes:v1", "pin:v1", "audit:v1"),
    privacy=granted(FULL_DISK),
    program=PYTHON,
    signature=Signature(PYTHON, "adhoc", requirement='cdhash  H"aa"'),
)


def seen(**changes: Any) -> list[Finding]:
    fields = {name: getattr(FINE, name) for name in Evidence.__slots__}
    return findings.judge(Evidence(**{**fields, **changes}))


def job(**changes: Any) -> dict[str, object]:
    return {"job": Loaded(msgspec.structs.replace(FINE_JOB, **changes), 1.0)}


def resting(**changes: Any) -> dict[str, object]:
    return job(state="not running", pid=None, **changes)


def grant(**changes: Any) -> PrivacyGrant:
    return msgspec.structs.replace(FULL_DISK, **changes)


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert seen() == []


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("launchd-silent", {"job": Failed("launchctl did not answer")}),
    ("label-disabled", {"disabled": {LABEL: True}}),
    ("label-disabled", {"disabled": {LABEL: True}, "job": Empty("not known")}),
    ("job-not-loaded", {"job": Empty("launchd does not know this job")}),
    ("job-not-running", resting(last_exit="0")),
    ("job-not-running", resting(runs=0)),
    ("job-not-running", resting(last_exit="1", runs=1)),
    ("start-pended", resting(pended="speculative")),
    ("exit-config", resting(last_exit="78: EX_CONFIG", runs=9)),
    ("exit-config", job(state="spawn scheduled", pid=None, last_exit="78: EX_CONFIG")),
    ("crash-loop", job(state="spawn scheduled", pid=None, last_exit="1", runs=3)),
    ("crash-loop", job(state="spawn scheduled", pid=None, last_signal="Killed: 9", runs=7)),
    ("crash-loop", job(last_exit="1", runs=10)),
    ("program-changed", resting(last_reason="OS_REASON_CODESIGNING", runs=5)),
    ("plist-missing", {"definition": Definition(PLIST, None, None), "job": Empty("none")}),
    ("plist-missing", {"definition": Definition(PLIST, None, None)}),
    (
        "plist-unreadable",
        {"definition": Definition(PLIST, FileFact(PLIST, 0o644, True), None, "no list")},
    ),
    ("plist-mode", {"definition": Definition(PLIST, FileFact(PLIST, 0o664, True), None)}),
    ("plist-mode", {"definition": Definition(PLIST, FileFact(PLIST, 0o644, False), None)}),
    ("plist-mode", {"definition": Definition(PLIST, FileFact(PLIST, 0o777, True, "other"), None)}),
    ("plist-tilde", {"definition": defined(StandardOutPath="~/out.log")}),
    ("plist-tilde", {"definition": defined(Sockets={"Request": {"SockPathName": "~/r.sock"}})}),
    ("program-missing", {"program_there": False}),
    (
        "program-missing",
        {"program_there": False, **resting(last_exit="78: EX_CONFIG", runs=2)},
    ),
    ("plist-stale", {"definition": defined(ProgramArguments=["/new/python", "worker"])}),
    ("socket-path", {"sockets": ("/" + "x" * 103,)}),
    ("files-open", {"files": (FileFact("/x/state.db", 0o644, True),)}),
    ("files-foreign", {"files": (FileFact("/x/state.db", 0o600, False),)}),
    ("keychain-silent", {"keychain": Failed("security did not answer")}),
    ("key-missing", {"keychain": stored("pin:v1")}),
    ("pin-missing", {"keychain": stored("key:notes:v1")}),
    ("items-twice", {"keychain": stored("key:notes:v1", "key:notes:v1", "pin:v1")}),
    ("privacy-unread", {"privacy": Failed("not allowed")}),
    ("privacy-unread", {"privacy": granted(FULL_DISK, user="denied")}),
    ("grant-gone", {"privacy": granted(grant(client=OLDER)), "gone": frozenset({OLDER})}),
    ("grant-stale", {"privacy": granted(grant(requirement='cdhash H"bb"'))}),
    ("grant-once", {"privacy": granted(grant(state="this run only"))}),
]


@pytest.mark.parametrize(("id_", "changes"), WRONG)
def test_what_is_wrong_is_found_alone_and_with_all_its_parts(
    id_: str, changes: dict[str, Any]
) -> None:
    (finding,) = seen(**changes)
    assert finding.id == id_
    assert finding.sentence
    assert finding.sentence.endswith(".")
    assert finding.evidence
    assert all(finding.evidence)
    assert finding.explanation
    assert finding.repair is not None
    assert finding.repair.words
    assert not finding.repair.command or finding.repair.command[0].startswith("/")


SILENT: list[dict[str, Any]] = [
    {"disabled": Failed("no answer")},
    {"disabled": {}},
    job(last_exit="0", runs=400),
    job(last_exit="1", runs=9),
    job(last_exit="78: EX_CONFIG", runs=2),
    job(last_reason="OS_REASON_CODESIGNING", runs=2),
    job(pended="speculative"),
    job(state="spawn scheduled", pid=None, last_exit="1", runs=2),
    job(state="SIGTERMed", pid=None, last_exit="0"),
    {"files": ()},
    {"privacy": granted(user="absent")},
    {"privacy": Empty("none")},
    {"sockets": ("/" + "x" * 102,)},
    {"definition": defined(Note="a ~ in a text, ~name too")},
    {"privacy": granted(grant(requirement="")), "signature": Signature(PYTHON, "adhoc")},
    {"privacy": granted(grant(requirement="not decoded: cut short"))},
    {"privacy": granted(grant(requirement='cdhash H"bb"', state="denied"))},
    # Gone, but of another program, or only denied, or the new one has its own.
    {"privacy": granted(grant(client="/opt/node")), "gone": frozenset({"/opt/node"})},
    {"privacy": granted(grant(client=OLDER, state="denied")), "gone": frozenset({OLDER})},
    {"privacy": granted(grant(client=OLDER), FULL_DISK), "gone": frozenset({OLDER})},
    {"privacy": granted(grant(client=OLDER, state="this run only")), "gone": frozenset({OLDER})},
    # Still there: another program's business.
    {"privacy": granted(grant(client=OLDER))},
]


@pytest.mark.parametrize("changes", SILENT)
def test_what_is_fine_is_not_found(changes: dict[str, Any]) -> None:
    assert seen(**changes) == []


def test_every_check_was_seen_to_fire() -> None:
    fired = {id_ for id_, _ in WRONG}
    for check in findings.CHECKS:
        assert any(
            finding.id in fired for _, changes in WRONG for finding in only(check, changes)
        ), check.__name__


def only(check: Callable[..., Any], changes: dict[str, Any]) -> list[Finding]:
    fields = {name: getattr(FINE, name) for name in Evidence.__slots__}
    return findings.judge(Evidence(**{**fields, **changes}), (check,))


def test_an_empty_keychain_misses_both() -> None:
    found = seen(keychain=Empty("There is no login keychain."))
    assert {finding.id for finding in found} == {"key-missing", "pin-missing"}
    assert all(finding.evidence == ("There is no login keychain.",) for finding in found)


def test_an_item_of_another_service_is_not_ours() -> None:
    found = seen(keychain=stored("key:notes:v1", "pin:v1", service="com.entraclaw.agent.x"))
    assert {finding.id for finding in found} == {"key-missing", "pin-missing"}


def test_the_sentence_tells_both_versions() -> None:
    (finding,) = seen(privacy=granted(grant(client=OLDER)), gone=frozenset({OLDER}))
    assert finding.sentence == (
        "The grant for Full Disk Access belongs to 3.14.5/bin/python3.14; "
        "the job runs 3.14.6/bin/python3.14."
    )


def test_the_worst_comes_first() -> None:
    found = seen(privacy=Failed("no"), keychain=stored("pin:v1"), **resting(last_exit="0"))
    assert [finding.severity for finding in found] == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.NOTE,
    ]


def test_commands_name_the_domain_of_the_job() -> None:
    (finding,) = seen(**resting(last_exit="0", domain="user/501"))
    assert finding.repair is not None
    assert finding.repair.command == ("/bin/launchctl", "kickstart", f"user/501/{LABEL}")

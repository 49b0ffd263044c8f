"""Every check: fires on what is wrong, stays silent on what is fine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from entraclaw_tui.doctor import findings
from entraclaw_tui.doctor.evidence import Definition, Evidence, FileFact, WorkerWord
from entraclaw_tui.doctor.surroundings import Folder, Settings, Surroundings
from entraclaw_tui.macos.digests import Digest
from entraclaw_tui.macos.install_record import Change, Installed, InstallRecord, Part
from entraclaw_tui.macos.keychain import Lock
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.certificate import DAY, CertificateEnd
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.keychain import Access, Keychain, KeychainItem, Program
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant, Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded

PLIST = "/Users/demo/Library/LaunchAgents/com.entraclaw.agent.plist"
PYTHON = "/opt/python/3.14.6/bin/python3.14"
OLDER = "/opt/python/3.14.5/bin/python3.14"
REQUIREMENT = 'identifier "org.python.python" and anchor apple generic'
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
    requirement=f" {REQUIREMENT}",
)
SETTINGS = Settings(
    "/Users/demo/.config/entraclaw/config.toml",
    tables={
        "entra": {
            "tenant": "contoso.example",
            "client_id": "1",
            "public_client_id": "2",
            "api_scope": "api://1/access_as_user",
        },
        "agent": {"name": "notes"},
        "account": {"upn": "demo@contoso.example"},
    },
)
LOGS = "/Users/demo/.config/entraclaw/logs"
FINE_AROUND = Surroundings(
    macos="26.5",
    home="/Users/demo",
    now=1000.0,
    free_bytes=50_000_000_000,
    settings=SETTINGS,
    folders=(Folder(LOGS, True, True),),
    sip=True,
    python=PYTHON,
)


def around(**changes: Any) -> dict[str, Surroundings]:
    return {"around": dataclasses.replace(FINE_AROUND, **changes)}


def set_to(table: str, **values: str) -> dict[str, Surroundings]:
    """Settings with one table changed; an empty value is as good as none."""
    tables = {**SETTINGS.tables, table: {**SETTINGS.tables[table], **values}}  # type: ignore[dict-item]
    return around(settings=dataclasses.replace(SETTINGS, tables=tables))


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
    signature=Signature(PYTHON, "unverified", team="C0NT0S0EXM", requirement=REQUIREMENT),
    around=FINE_AROUND,
)


def seen(**changes: Any) -> list[Finding]:
    fields = {name: getattr(FINE, name) for name in Evidence.__slots__}
    return findings.judge(Evidence(**{**fields, **changes}))


def job(**changes: Any) -> dict[str, object]:
    return {"job": Loaded(msgspec.structs.replace(FINE_JOB, **changes), 1.0)}


def resting(**changes: Any) -> dict[str, object]:
    return job(**{"state": "not running", "pid": None, **changes})


def grant(**changes: Any) -> PrivacyGrant:
    return msgspec.structs.replace(FULL_DISK, **changes)


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert seen() == []


FRAMEWORK = "/opt/homebrew/Frameworks/Python.framework/Versions/3.14"
STUB = f"{FRAMEWORK}/bin/python3.14"
APP = f"{FRAMEWORK}/Resources/Python.app/Contents/MacOS/Python"
CELLAR = "/opt/homebrew/Cellar/python@3.14/3.14.6/bin/python3.14"
SOCKET = FINE.sockets[0]


def waiting(**changes: Any) -> dict[str, object]:
    return resting(**{"state": "spawn scheduled", "properties": ("penalty box",), **changes})


def socket(mode: int | None) -> dict[str, object]:
    return {"Request": {"SockPathName": SOCKET, **({} if mode is None else {"SockPathMode": mode})}}


def pairs(*states: str) -> tuple[PrivacyGrant, ...]:
    return tuple(
        grant(service="kTCCServiceAppleEvents", state=state, target=f"com.example.{n}")
        for n, state in enumerate(states)
    )


HARDENED = Signature(PYTHON, "unverified", flags=("runtime",), requirement=REQUIREMENT)


def certified(*days: float) -> dict[str, object]:
    """The worker knows certificates that end in so many days."""
    ends = tuple(
        CertificateEnd(f"bot-{number}", 1, FINE_AROUND.now + one * DAY)
        for number, one in enumerate(days)
    )
    return says(certificates=ends)


WAS = Digest("ab" * 32, "stamp", 1, 20)
RECORD = InstallRecord(
    1_700_000_000.0,
    Part("/opt/entraclaw_tui", "/opt/entraclaw_tui", "0.1.0", WAS),
    Part(PYTHON, PYTHON, "3.14.5", WAS),
)
DELETED = Change("package", RECORD.package, "/opt/entraclaw_tui", "", trouble="No such file")
UPGRADED = Change("interpreter", RECORD.python, PYTHON, "cd" * 32, "3.14.6")


def says(**changes: Any) -> dict[str, object]:
    return {"worker": WorkerWord(**{"answered": True, "keychain": "ok", **changes})}


def readable_by(
    *programs: str | Program, told: bool = True, anyone: bool = False
) -> Loaded[Keychain]:
    listed = (Program(one) if isinstance(one, str) else one for one in programs)
    access = Access(anyone=anyone, programs=tuple(listed), told=told)
    items = tuple(
        KeychainItem("/k", "genp", LABEL, account, access=access)
        for account in ("key:notes:v1", "pin:v1")
    )
    return Loaded(Keychain("/k", items, 0), 1.0)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("launchd-silent", {"job": Failed("launchctl did not answer")}),
    ("label-disabled", {"disabled": {LABEL: True}}),
    ("label-disabled", {"disabled": {LABEL: True}, "job": Empty("not known")}),
    ("job-not-loaded", {"job": Empty("launchd does not know this job")}),
    ("job-not-running", resting(last_exit="0")),
    ("job-not-running", resting(runs=0)),
    ("job-not-running", resting(last_exit="1", runs=1)),
    ("job-ending", job(state="SIGTERMed", exit_timeout_seconds=20)),
    ("job-ending", job(state="languishing")),
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
    (
        "plist-tilde",
        {
            "definition": defined(
                Sockets={"Request": {"SockPathName": "~/r.sock", "SockPathMode": 384}}
            )
        },
    ),
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
    ("items-twice", around(elsewhere=stored("pin:v1").value.items)),
    ("privacy-unread", {"privacy": Failed("not allowed")}),
    ("privacy-unread", {"privacy": granted(FULL_DISK, user="denied")}),
    ("grant-gone", {"privacy": granted(grant(client=OLDER)), "gone": frozenset({OLDER})}),
    ("grant-stale", {"privacy": granted(grant(requirement='cdhash H"bb"'))}),
    ("grant-once", {"privacy": granted(grant(state="this run only"))}),
    ("plist-relative", {"definition": defined(ProgramArguments=["python3"]), **job(arguments=())}),
    ("plist-label", {"definition": defined(Label="com.example.other")}),
    ("plist-never-starts", {"definition": defined(RunAtLoad=False)}),
    ("plist-loads-code", {"definition": defined(EnvironmentVariables={"PYTHONPATH": "/x"})}),
    (
        "plist-loads-code",
        {"definition": defined(EnvironmentVariables={"DYLD_INSERT_LIBRARIES": "/x"})},
    ),
    ("plist-secrets", {"definition": defined(EnvironmentVariables={"CLIENT_SECRET": "x"})}),
    ("plist-protected", {"definition": defined(WorkingDirectory="/Users/demo/Documents/agent")}),
    ("plist-protected", {"definition": defined(StandardOutPath="/Volumes/Stick/out.log")}),
    ("plist-session", {"definition": defined(), **around(desktop=False)}),
    (
        "plist-session",
        {"definition": defined(LimitLoadToSessionType=["Aqua"]), **around(desktop=False)},
    ),
    ("plist-socket-mode", {"definition": defined(Sockets=socket(0o666))}),
    ("plist-socket-mode", {"definition": defined(Sockets=socket(None))}),
    ("library-missing", resting(last_reason="OS_REASON_DYLD", runs=4)),
    ("not-executable", resting(last_reason="OS_REASON_EXEC")),
    ("killed-by-privacy", job(last_reason="OS_REASON_TCC", runs=12)),
    ("killed-by-guard", resting(last_reason="OS_REASON_ENDPOINTSECURITY")),
    ("killed-for-memory", job(last_reason="JETSAM_REASON_MEMORY_PERPROCESSLIMIT")),
    ("login-items-off", {"login_items": frozenset({LABEL}), "job": Empty("not known")}),
    ("login-items-off", {"login_items": frozenset({LABEL})}),
    ("start-throttled", waiting(last_exit="1", runs=1)),
    ("code-requirement-old", job(properties=("managed LWCR", "needs LWCR update"))),
    ("session-secrets", around(variables=("GITHUB_TOKEN",))),
    ("sockets-missing", around(sockets_missing=("/Users/demo/.config/run/request.sock",))),
    ("socket-blocked", {"files": (FileFact(SOCKET, 0o600, True, "file"),)}),
    ("home-external", around(home="/Volumes/Stick/demo")),
    ("disk-full", around(free_bytes=3_000_000)),
    ("clock-back", {"files": (FileFact("/x/state.db", 0o600, True, modified_at=9000.0),)}),
    ("clock-skew", around(refusals=("AADSTS700024: Client assertion is not within its time",))),
    ("certificate-refused", around(refusals=("AADSTS700027: The key was not found",))),
    ("certificate-refused", around(refusals=("AADSTS7000222: the keys are expired",))),
    ("sip-off", around(sip=False)),
    ("keychain-locked", around(locked="The keychain is locked.")),
    ("keychain-locks", around(lock=Loaded(Lock(False, 300), 1.0))),
    ("keychain-locks", around(lock=Loaded(Lock(True, None), 1.0))),
    ("program-unsigned", {"signature": Signature(PYTHON, "unsigned")}),
    ("program-adhoc", {"signature": Signature(PYTHON, "adhoc", requirement=REQUIREMENT)}),
    ("program-damaged", {"signature": Signature(PYTHON, "broken")}),
    ("quarantined", around(quarantined=(PYTHON,))),
    (
        "program-shim",
        {"definition": defined(ProgramArguments=["/usr/bin/env"]), **job(arguments=())},
    ),
    (
        "grant-versioned",
        {"program": CELLAR, "privacy": granted(grant(client=CELLAR)), **around(python=CELLAR)},
    ),
    ("two-pythons", around(python="/usr/local/bin/python3.12")),
    ("settings-missing", around(settings=Settings("/c.toml", there=False))),
    ("settings-unreadable", around(settings=Settings("/c.toml", trouble="line 3: no value"))),
    ("settings-incomplete", set_to("entra", tenant="")),
    ("settings-incomplete", set_to("account", upn="")),
    ("authority-foreign", set_to("entra", authority="https://login.example.test")),
    ("authority-foreign", set_to("entra", authority="http://login.microsoftonline.com")),
    ("authority-foreign", set_to("entra", authority="https://localhost:4711")),
    ("authority-foreign", set_to("entra", authority="https://[oops")),
    ("log-folder-missing", around(folders=(Folder(LOGS, False, False),))),
    ("log-folder-locked", around(folders=(Folder(LOGS, True, False),))),
    ("database-damaged", around(database="its first bytes are not those of SQLite")),
    ("audit-damaged", around(audit="entry 9 follows entry 7")),
    ("logs-grown", {"files": (FileFact("/x/agent.err.log", 0o600, True, size=90_000_000),)}),
    ("files-linked", {"files": (FileFact("/x/audit", 0o700, True, "other"),)}),
    ("items-orphaned", {"keychain": stored("key:notes:v1", "pin:v1", "token:old-bot:g1")}),
    ("keyring-chosen", around(keyring_files=("/Users/demo/.config/python_keyring/x.cfg",))),
    ("privacy-damaged", {"privacy": granted(FULL_DISK, user="damaged")}),
    ("privacy-moved", {"privacy": granted(FULL_DISK, user="absent"), **around(macos="27.0.1")}),
    ("privacy-moved", {"privacy": granted(FULL_DISK, user="listed"), **around(macos="27.0.1")}),
    (
        "grant-of-terminal",
        {"privacy": granted(grant(client="com.apple.Terminal", client_is_path=False))},
    ),
    (
        "grant-one-build",
        {
            "privacy": granted(grant(requirement='cdhash H"aa"')),
            "signature": Signature(PYTHON, "unverified", requirement='cdhash  H"aa"'),
        },
    ),
    ("worker-silent", says(answered=False, reason="no answer within 3 s")),
    ("keychain-refused", says(keychain="unavailable", note="Refused (-25293).")),
    ("keychain-locked", says(keychain="locked")),
    ("storage-degraded", says(storage="degraded")),
    ("worker-paused", says(paused=True)),
    ("items-foreign", {"keychain": readable_by(OLDER)}),
    ("items-foreign", {"keychain": readable_by()}),
    ("items-foreign", {"keychain": readable_by(Program(PYTHON, "changed"))}),
    ("items-foreign", {"keychain": readable_by(OLDER), **says(keychain="unavailable")}),
    ("keychain-refused", {"keychain": readable_by(PYTHON), **says(keychain="unavailable")}),
    (
        "runtime-entitlements",
        {"signature": HARDENED, **around(entitlements=frozenset({"other"}))},
    ),
    ("automation-pair", {"privacy": granted(FULL_DISK, *pairs("granted", "denied"))}),
    ("worker-waits", says(keychain="unknown", waits_for="keychain", note="Waits.")),
    ("worker-waits", says(waits_for="database")),
    ("certificate-ending", certified(29.9)),
    ("certificate-ending", certified(-1, 400)),
    ("install-changed", {"installed": Installed(RECORD, (UPGRADED,))}),
    ("install-changed", {"installed": Installed(RECORD, (DELETED, UPGRADED))}),
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
    assert (
        not finding.repair.command
        or finding.repair.command[0].startswith("/")
        or finding.repair.command[0] == "entraclaw-tui"
    )
    assert finding.about in ("job", "keychain", "privacy", "files", "settings", "mac")


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
    {"privacy": granted(FULL_DISK, user="absent")},
    {"definition": defined(RunAtLoad=False, KeepAlive=True)},
    {"definition": defined(EnvironmentVariables={"ENTRACLAW_HOME": "/x", "LANG": "C"})},
    {"definition": defined(WorkingDirectory="/Users/demo/Documentary")},
    {"definition": defined(LimitLoadToSessionType=["Aqua", "Background"]), **around(desktop=False)},
    {"definition": defined(Sockets=socket(0o600))},
    {"login_items": frozenset({"com.example.other"})},
    waiting(last_exit="1", runs=1, properties=()),
    job(properties=("managed LWCR", "has LWCR")),
    {"files": (FileFact(SOCKET, 0o600, True, "socket"),)},
    around(free_bytes=None, sip=None, lock=Loaded(Lock(False, None), 1.0)),
    {"files": (FileFact("/x/state.db", 0o600, True, modified_at=1030.0),)},
    around(refusals=("AADSTS65001: no consent",)),
    {"program": CELLAR, "privacy": granted(), **around(python=CELLAR)},
    {"program_there": True, **around(python="")},
    around(settings=None),
    set_to("entra", authority="https://login.microsoftonline.us"),
    {
        "around": dataclasses.replace(
            set_to("entra", authority="https://localhost:4711")["around"], root="/tmp/ec-x"
        )
    },
    {"files": (FileFact("/x/worker.log", 0o600, True, size=5_000_000),)},
    {"keychain": stored("key:notes:v1", "pin:v1", "session:old:demo@contoso.example")},
    {"privacy": granted(FULL_DISK, grant(client="com.apple.Terminal", client_is_path=False))},
    {"privacy": granted(FULL_DISK, *pairs("denied", "denied"))},
    says(),
    {**says(answered=False), **job(pid=None, state="spawning")},
    {"keychain": readable_by(PYTHON, OLDER)},
    {"keychain": readable_by(told=False)},
    around(elsewhere=stored("token:notes:g1").value.items),
    {"program": STUB, "keychain": readable_by(APP), "privacy": granted(), **around(python=STUB)},
    {"keychain": readable_by(Program("/opt/x", "ok", REQUIREMENT))},
    {"keychain": readable_by(anyone=True)},
    {"signature": HARDENED},
    {
        "signature": HARDENED,
        **around(entitlements=frozenset({"com.apple.security.cs.disable-library-validation"})),
    },
    {"privacy": granted(FULL_DISK, *pairs("granted", "granted"))},
    {"privacy": Empty("none")},
    {"sockets": ("/" + "x" * 102,)},
    {"definition": defined(Note="a ~ in a text, ~name too")},
    {"privacy": granted(grant(requirement="")), "signature": Signature(PYTHON, "unverified")},
    {"privacy": granted(grant(requirement="not decoded: cut short"))},
    {"privacy": granted(grant(requirement='cdhash H"bb"', state="denied"))},
    # Gone, but of another program, or only denied, or the new one has its own.
    {"privacy": granted(grant(client="/opt/node")), "gone": frozenset({"/opt/node"})},
    {"privacy": granted(grant(client=OLDER, state="denied")), "gone": frozenset({OLDER})},
    {"privacy": granted(grant(client=OLDER), FULL_DISK), "gone": frozenset({OLDER})},
    {"privacy": granted(grant(client=OLDER, state="this run only")), "gone": frozenset({OLDER})},
    {"installed": Installed(RECORD, ())},
    certified(30.1, 400),
    certified(),
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


def test_the_record_of_an_uninstalled_agent_says_nothing() -> None:
    found = seen(
        installed=Installed(RECORD, (UPGRADED,)),
        definition=Definition(PLIST, None, None),
        job=Empty("not loaded"),
    )
    assert {finding.id for finding in found} == {"plist-missing"}


def test_what_changed_since_the_installation_is_told() -> None:
    (finding,) = seen(installed=Installed(RECORD, (DELETED, UPGRADED)))
    assert finding.sentence == (
        "Since the agent was installed, its package and its Python changed."
    )
    assert finding.evidence == (
        "recorded at 2023-11-14 22:13",
        "package /opt/entraclaw_tui: 0.1.0 abababababab, now not readable (No such file)",
        f"interpreter {PYTHON}: 3.14.5 abababababab, now 3.14.6 cdcdcdcdcdcd",
    )


@pytest.mark.parametrize(
    ("days", "severity", "words"),
    [
        (29.5, Severity.WARNING, "ends in 29 days."),
        (1.5, Severity.WARNING, "ends tomorrow."),
        (0.5, Severity.WARNING, "ends today."),
        (0, Severity.ERROR, "has ended."),
        (-40, Severity.ERROR, "has ended."),
    ],
)
def test_the_days_of_a_certificate_are_counted(days: float, severity: Severity, words: str) -> None:
    (finding,) = seen(**certified(days, 20 + days, 400))
    assert (finding.severity, finding.sentence) == (severity, f"The agent's certificate {words}")
    near = 2 if days + 20 < 30 else 1
    assert finding.things == ("key:bot-0:v1", "key:bot-1:v1")[:near]


def test_the_worst_comes_first() -> None:
    found = seen(privacy=Failed("no"), keychain=stored("pin:v1"), **resting(last_exit="0"))
    assert [finding.severity for finding in found] == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.NOTE,
    ]


def test_the_job_is_driven_by_our_own_commands_alone() -> None:
    for _, changes in WRONG:
        for finding in seen(**changes):
            assert finding.repair is not None
            assert "launchctl" not in " ".join(finding.repair.command)


def test_a_crash_loop_names_the_command_that_mends_it_or_that_tells_more() -> None:
    failed = {"state": "spawn scheduled", "pid": None, "runs": 42}
    said = "Error: No such option '--listen'."
    (usage,) = seen(last_words=said, **job(last_exit="64: EX_USAGE", **failed))
    assert usage.repair is not None
    assert usage.repair.command == ("entraclaw-tui", "agent", "install", "--yes")
    assert not usage.repair.automatic
    assert f"it wrote last: {said}" in usage.evidence
    assert "options that it does not know" in usage.explanation
    (other,) = seen(**job(last_exit="1", **failed))
    assert other.repair is not None
    assert other.repair.command == ("entraclaw-tui", "jobs", "--story")
    assert other.repair.looks
    assert not other.repair.automatic
    assert not any("it wrote" in text for text in other.evidence)


def test_a_certificate_that_ends_names_the_command_for_its_own_agent() -> None:
    (finding,) = seen(**certified(400, -1))
    assert finding.repair is not None
    assert finding.repair.command[-3:] == ("--agent", "bot-1", "--yes")
    assert not finding.repair.automatic


def test_what_mends_itself_can_be_undone_and_needs_nobody() -> None:
    automatic = {
        finding.id
        for _, changes in WRONG
        for finding in seen(**changes)
        if finding.repair is not None and finding.repair.automatic
    }
    assert automatic == {
        "label-disabled",
        "job-not-loaded",
        "job-not-running",
        "start-pended",
        "start-throttled",
        "program-changed",
        "code-requirement-old",
        "plist-stale",
        "plist-mode",
        "sockets-missing",
        "worker-silent",
        "files-open",
        "log-folder-missing",
        "log-folder-locked",
    }


def test_there_are_enough_findings_and_each_has_a_name_of_its_own() -> None:
    ids = {id_ for id_, _ in WRONG}
    assert len(ids) >= 40
    assert len(ids) == len(findings.CHECKS)

"""`explain`: what is said of each kind, what never is, and the exit codes."""

from __future__ import annotations

import base64
import io
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.cli.explain import _KINDS, CAP, _reader
from entraclaw_tui.cli.explain_report import Capture, Report, Unreadable
from entraclaw_tui.cli.main import run

Explain = Callable[..., tuple[int, dict[str, object]]]

JOB = """\
gui/501/com.example.notes = {
\tactive count = 0
\tpath = /Users/demo/Library/LaunchAgents/com.example.notes.plist
\ttype = LaunchAgent
\tstate = spawn scheduled

\tprogram = /usr/local/bin/notes
\targuments = {
\t\t/usr/local/bin/notes
\t}

\tinherited environment = {
\t\tAPI_TOKEN => hunter2
\t\tEDITOR => vi
\t}

\tdomain = gui/501 [100016]
\tminimum runtime = 10
\truns = 12
\tlast exit code = 78: EX_CONFIG
\ta key of tomorrow = 7

\tproperties = runatload | penalty box
}
"""
DOMAIN = """\
gui/501 = {
\ttype = login
\ton-demand count = 1
\tsession = Aqua
\tservices = {
\t\t     887      - \tcom.example.a
\t\t       0     78 \tcom.example.b
\t}

\tdisabled services = {
\t\t"com.entraclaw.agent" => disabled
\t}
}
"""
DISABLED = (
    '\n\tdisabled services = {\n\t\t"com.example.a" => enabled\n'
    '\t\t"com.entraclaw.agent" => disabled\n\t}\n\n'
    '\tlogin item associations = {\n\t\t"com.example.h" => disabled\n\t}\n'
)
LISTED = '{\n\t"Label" = "a";\n\t"LastExitStatus" = 19968;\n};\n'
ITEM = b"""\
keychain: "/Users/demo/Library/Keychains/login.keychain-db"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="com.example"
    0x00000008 <blob>=<NULL>
    "acct"<blob>="a"
    "gena"<blob>="hunter2"
    "icmt"<blob>="hunter3"
    "mdat"<timedate>=0x32303236303930323131333030305A00  "20260902113000Z\\000"
    "svce"<blob>="com.example"
"""
ACCESS = b"""\
access: 1 entries
    entry 0:
        authorizations (1): decrypt
        don't-require-password
        description: com.example
        applications (1):
            0: /tmp/old (status -67068)
"""
CODESIGN = """\
Executable=/opt/homebrew/bin/python3.14
Identifier=python3.14
Format=Mach-O thin (arm64)
CodeDirectory v=20400 size=1 flags=0x20002(adhoc,linker-signed) hashes=1+0 location=embedded
CDHash=00ff
Signature=adhoc
TeamIdentifier=not set
# designated => cdhash H"00ff"
"""
CSREQ = "fade0c00000000280000000100000008000000143f727b2f4f9e5f96b62ed7c8623584c200ed688e"
ENTRA = {
    "error": "invalid_grant",
    "error_description": "AADSTS65001: The user has not consented.\r\nTrace ID: t",
    "error_codes": [65001],
    "suberror": "consent_required",
    "trace_id": "t",
}


@pytest.fixture
def explain(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Explain:
    """Return what explains bytes or text as a kind and gives exit code and JSON document."""

    def ask(kind: str, data: str | bytes, *options: str) -> tuple[int, dict[str, object]]:
        place = tmp_path / "capture"
        place.write_bytes(data if isinstance(data, bytes) else data.encode())
        code = run(["explain", kind, str(place), "--json", *options])
        out = capfd.readouterr().out
        return code, json.loads(out) if out else {}

    return ask


def ids(document: dict[str, object]) -> list[str]:
    found = document["findings"]
    assert isinstance(found, list)
    return [finding["id"] for finding in found]


def typed(document: dict[str, object]) -> dict[str, object]:
    found = document["typed"]
    assert isinstance(found, dict)
    return found


def test_a_job(explain: Explain) -> None:
    code, document = explain("launchctl-print", JOB)
    assert code == 2
    assert set(document) == {"kind", "typed", "raw", "findings"}
    assert document["kind"] == "launchctl-print"
    assert document["raw"] == {
        "active count": "0",
        "path": "/Users/demo/Library/LaunchAgents/com.example.notes.plist",
        "type": "LaunchAgent",
        "state": "spawn scheduled",
        "program": "/usr/local/bin/notes",
        "domain": "gui/501 [100016]",
        "minimum runtime": "10",
        "runs": "12",
        "last exit code": "78: EX_CONFIG",
        "a key of tomorrow": "7",
        "properties": "runatload | penalty box",
    }
    facts = typed(document)
    assert (facts["label"], facts["pid"], facts["alive"]) == ("com.example.notes", None, False)
    assert (facts["runs"], facts["exit_code"], facts["throttled"]) == (12, 78, True)
    details = facts["details"]
    assert isinstance(details, dict)
    assert details["domain"] == {"name": "gui/501", "number": 100016}
    assert "a key of tomorrow" not in details
    assert ids(document) == ["exit-config", "secrets-in-session"]


def test_values_of_the_environment_are_hidden(
    explain: Explain, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, document = explain("launchctl-print", JOB)
    assert "hunter2" not in json.dumps(document)
    assert "API_TOKEN" in json.dumps(document)
    _, document = explain("launchctl-print", JOB, "--show", "EDITOR")
    assert typed(document)["environments"] == {
        "inherited environment": {"API_TOKEN": "(hidden)", "EDITOR": "vi"}
    }
    _, document = explain("launchctl-print", JOB, "--show", "API_TOKEN")
    assert "hunter2" in json.dumps(document)
    assert run(["explain", "launchctl-print", str(tmp_path / "capture")]) == 2
    assert "hunter2" not in capfd.readouterr().out


def test_a_key_that_comes_twice_keeps_both_values(explain: Explain) -> None:
    _, document = explain("launchctl-print", "gui/501/a = {\n\tx = 1\n\tx = 2\n\truns = 0\n}\n")
    assert document["raw"] == {"x": ["1", "2"], "runs": "0"}


def test_a_resting_job_is_no_fault(explain: Explain) -> None:
    text = "gui/501/a = {\n\tstate = not running\n\truns = 1\n\tlast exit code = 0\n}\n"
    assert explain("launchctl-print", text)[0] == 0
    code, document = explain("launchctl-print", text[:-2])
    assert (code, ids(document)) == (1, ["capture-cut"])


def test_how_jobs_fail(explain: Explain) -> None:
    def of(*lines: str) -> list[str]:
        body = "".join(f"\t{line}\n" for line in lines)
        return ids(explain("launchctl-print", f"gui/501/a = {{\n{body}}}\n")[1])

    assert of("runs = 9", "last terminating signal = Bus error: 10") == ["crash-loop"]
    assert of("runs = 1", "last exit code = 1") == ["job-failed"]
    assert of("runs = 9", "pid = 7", "last exit code = 1") == []
    assert of("runs = 2", "last exit reason = OS_REASON_TCC") == ["ended-by-macos"]
    assert of("runs = 2", "last exit reason = OS_REASON_CODESIGNING") == ["program-changed"]
    assert of("runs = 2", "pid = 7", "properties = needs LWCR update") == ["program-changed"]
    assert of("runs = 0", "pended nondemand spawn = speculative") == ["start-pended"]
    assert of("runs = 0", "properties = penalty box") == ["throttled"]
    assert of("runs = 0", "job state = spawn failed") == ["spawn-failed"]
    assert of("program = ~/bin/a") == ["plist-tilde"]


def test_an_excerpt_says_nothing_of_a_process(explain: Explain) -> None:
    code, document = explain("launchctl-print", "\tstate = running\n\tpid = 7\n\truns = 1\n")
    assert code == 0
    assert ids(document) == ["capture-excerpt"]
    assert "pid" not in typed(document)
    assert document["raw"] == {"state": "running", "pid": "7", "runs": "1"}


def test_a_refusal_instead_of_an_answer(explain: Explain) -> None:
    text = 'Bad request.\nCould not find service "a" in domain for user gui: 501\n'
    for kind in ("launchctl-print", "launchctl-error", "launchctl-list", "launchctl-domain"):
        code, document = explain(kind, text)
        assert code == 2
        assert typed(document)["refusal"] == 113


def test_a_domain(explain: Explain) -> None:
    code, document = explain("launchctl-domain", DOMAIN)
    assert code == 2
    assert ids(document) == ["label-disabled", "on-demand-only", "exit-config"]
    facts = typed(document)
    assert facts["on_demand_only"] is True
    assert facts["rows"] == [
        {"label": "com.example.a", "pid": 887, "status": "-", "disabled": False},
        {"label": "com.example.b", "pid": None, "status": "78", "disabled": False},
    ]
    assert document["raw"] == {"type": "login", "on-demand count": "1", "session": "Aqua"}


def test_lists(explain: Explain) -> None:
    code, document = explain("launchctl-list", "PID\tStatus\tLabel\n12\t0\ta b\n-\t-9\tc\n")
    assert code == 0
    assert document["raw"] == {"a b": "12\t0", "c": "-\t-9"}
    code, document = explain("launchctl-list", LISTED)
    assert (code, ids(document)) == (1, ["job-failed"])
    assert typed(document)["exit_code"] == 78
    assert document["raw"] == {"Label": '"a"', "LastExitStatus": "19968"}


def test_overrides(explain: Explain) -> None:
    code, document = explain("print-disabled", DISABLED)
    assert (code, ids(document)) == (2, ["label-disabled"])
    assert typed(document)["disabled"] == {"com.example.a": False, "com.entraclaw.agent": True}
    assert typed(document)["login_items"] == {"com.example.h": True}
    assert document["raw"] == {"com.example.a": "enabled", "com.entraclaw.agent": "disabled"}


def test_a_dump_of_launchd(explain: Explain) -> None:
    code, document = explain("launchctl-dumpstate", DOMAIN + JOB)
    assert code == 2
    facts = typed(document)
    assert (facts["domains"], facts["jobs"], facts["alive"], facts["cut"]) == (1, 1, 0, 0)


def test_a_keychain_without_its_secrets(explain: Explain) -> None:
    code, document = explain("dump-keychain", ITEM)
    assert code == 0
    assert "hunter" not in json.dumps(document)
    items = typed(document)["items"]
    assert isinstance(items, list)
    assert (items[0]["service"], items[0]["comment_bytes"]) == ("com.example", 7)
    assert items[0]["modified_at"] == 1788348600.0
    code, document = explain("dump-keychain", ITEM + ITEM)
    assert (code, ids(document)) == (1, ["items-twice"])
    code, document = explain("dump-keychain", ITEM + ACCESS)
    assert (code, ids(document)) == (1, ["items-foreign"])
    code, document = explain("dump-keychain", ITEM + b'password: "hunter4"\n')
    assert (code, ids(document)) == (1, ["capture-holds-secrets"])
    assert "hunter" not in json.dumps(document)
    code, document = explain("dump-keychain", ITEM + b'data:\n"hunter5"\n')
    assert ids(document) == ["capture-holds-secrets"]
    assert "hunter" not in json.dumps(document)


def test_what_else_security_prints(explain: Explain) -> None:
    assert typed(explain("dump-keychain", '    "/k"\n')[1])["keychains"] == ["/k"]
    code, document = explain("dump-keychain", "security: SecItem: User canceled the operation.\n")
    assert code == 2
    assert typed(document)["status"] == -128
    assert typed(explain("security-error", "(-25308, 'Unknown Error')")[1])["status"] == -25308
    assert explain("dump-keychain", "")[0] == 0


def test_signatures(explain: Explain) -> None:
    code, document = explain("codesign", CODESIGN)
    assert (code, ids(document)) == (1, ["bound-to-build"])
    facts = typed(document)
    assert (facts["status"], facts["identifier"], facts["team"]) == ("adhoc", "python3.14", "")
    raw = document["raw"]
    assert isinstance(raw, dict)
    assert raw["TeamIdentifier"] == "not set"
    assert explain("codesign", "x: a sealed resource is missing or invalid\n")[0] == 2
    assert explain("codesign", "x: code object is not signed at all\n")[0] == 1
    valid = "x: valid on disk\nx: satisfies its Designated Requirement\n"
    assert typed(explain("codesign", valid)[1])["status"] == "valid"
    assert explain("spctl", "a: rejected\nsource=no usable signature\n")[0] == 1
    hardened = CODESIGN.replace("adhoc,linker-signed", "runtime").replace("Signature=adhoc\n", "")
    hardened = hardened.replace('cdhash H"00ff"', "anchor apple generic")
    entitled = "[Dict]\n\t[Key] a\n\t[Value]\n\t\t[Bool] true\n"
    assert ids(explain("codesign", hardened + entitled)[1]) == ["python-hardened"]


@pytest.mark.parametrize(
    "data",
    [
        bytes.fromhex(CSREQ),
        CSREQ,
        CSREQ.upper() + "\n",
        f"X'{CSREQ}'",
        f"0x{CSREQ}",
        base64.b64encode(bytes.fromhex(CSREQ)),
    ],
)
def test_requirements(explain: Explain, data: str | bytes) -> None:
    code, document = explain("csreq", data)
    assert code == 1
    assert typed(document)["requirement"] == ('cdhash H"3f727b2f4f9e5f96b62ed7c8623584c200ed688e"')


def test_a_privacy_database(explain: Explain, tmp_path: Path) -> None:
    place = tmp_path / "TCC.db"
    with closing(sqlite3.connect(place)) as database:
        database.execute(
            "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, "
            "auth_value INTEGER, auth_reason INTEGER, csreq BLOB)"
        )
        rows = (
            ("kTCCServiceCamera", "com.example", 0, 5, 2, None),
            ("kTCCServiceSystemPolicyAllFiles", "com.apple.Terminal", 0, 2, 4, None),
            (
                "kTCCServiceSystemPolicyAllFiles",
                "/opt/homebrew/Cellar/python@3.14/3.14.6/bin/python3.14",
                1,
                2,
                4,
                bytes.fromhex(CSREQ),
            ),
        )
        database.executemany("INSERT INTO access VALUES (?, ?, ?, ?, ?, ?)", rows)
        database.commit()
    code, document = explain("tcc-db", place.read_bytes())
    assert code == 1
    assert ids(document) == [
        "grant-versioned-path",
        "grant-cdhash",
        "grant-once",
        "grant-of-terminal",
    ]
    grants = typed(document)["grants"]
    assert isinstance(grants, list)
    assert {g["client"]: g["state"] for g in grants}["com.example"] == "this run only"
    assert all(g["settings"].startswith("x-apple.systempreferences:") for g in grants)


def test_login_items(explain: Explain) -> None:
    text = (
        " #1:\n   Name: python\n   Type: legacy agent (0x10008)\n"
        "   Disposition: [disabled, allowed, notified] (0xa)\n"
        "   Identifier: 8.com.entraclaw.agent\n"
    )
    code, document = explain("dumpbtm", text)
    assert (code, ids(document)) == (2, ["login-item-off"])


def test_logs(explain: Explain) -> None:
    text = "2022-11-14 13:21:15.341 E  My App[5:7] no\nTimestamp  Ty\n"
    code, document = explain("log-stream", text)
    assert code == 0
    assert typed(document)["count"] == 1
    code, document = explain("log-stream", "log: Must be admin to run 'stream' command\n")
    assert (code, ids(document)) == (1, ["log-refused"])


def test_refusals_of_entra(explain: Explain) -> None:
    code, document = explain("entra-error", json.dumps(ENTRA))
    assert code == 2
    facts = typed(document)
    assert (facts["kind"], facts["code"]) == ("consent_needed", "AADSTS65001")
    assert facts["error_codes"] == [65001]
    answer = f"HTTP/1.1 400 Bad Request\r\nContent-Type: x\r\n\r\n{json.dumps(ENTRA)}"
    assert typed(explain("entra-error", answer)[1])["status"] == 400
    assert typed(explain("entra-error", "AADSTS700016: no such app")[1])["kind"] == "config"
    paused = json.dumps({"status": 429, "headers": {"Retry-After": "17"}, "body": "Too many"})
    code, document = explain("entra-error", paused)
    assert code == 1
    assert (typed(document)["kind"], typed(document)["retry_after"]) == ("throttled", 17.0)


@pytest.mark.parametrize("quote", [json.dumps, repr], ids=["as JSON", "as Python prints it"])
def test_a_refusal_that_a_log_line_quotes(explain: Explain, quote: Callable[[object], str]) -> None:
    refusal = {**ENTRA, "suberror": "consent_required", "claims": '{"access_token":{}}'}
    text = f"12:01 {{run 7}} refresh failed: {quote(refusal)} (gave up)\n"
    facts = typed(explain("entra-error", text)[1])
    assert (facts["kind"], facts["suberror"]) == ("consent_needed", "consent_required")
    assert facts["error_codes"] == [65001]


def test_a_token_that_a_log_line_quotes_is_never_shown(explain: Explain) -> None:
    code, document = explain("entra-error", "got {'access_token': 'hunter2', 'expires_in': 3599}")
    assert (code, ids(document)) == (1, ["capture-holds-secrets"])
    assert "hunter" not in json.dumps(document)


def test_a_token_is_never_shown(explain: Explain) -> None:
    body = {"access_token": "hunter2", "refresh_token": "hunter3", "expires_in": 3600}
    for text in (json.dumps(body), json.dumps({"status": 200, "body": body})):
        code, document = explain("entra-error", text)
        assert (code, ids(document)) == (1, ["capture-holds-secrets"])
        assert "hunter" not in json.dumps(document)


@pytest.mark.parametrize("kind", [kind for kind in _KINDS if kind != "dump-keychain"])
def test_nothing_and_something_else_cannot_be_read(explain: Explain, kind: str) -> None:
    for data in (b"", b"all went well\n", b"\x00\xff\x1b[2J"):
        code, document = explain(kind, data)
        assert code == 2
        assert document == {}


def test_what_cannot_be_opened(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "codesign", str(tmp_path / "none")]) == 2
    assert "No such file" in capfd.readouterr().err
    assert run(["explain", "codesign", str(tmp_path)]) == 2
    os.mkfifo(tmp_path / "pipe")
    assert run(["explain", "codesign", str(tmp_path / "pipe")]) == 2
    assert "is not a file" in capfd.readouterr().err
    assert run(["explain", "codesign", "a\0b"]) == 2
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(CAP + 1)
    assert run(["explain", "codesign", str(large)]) == 2
    assert "larger than" in capfd.readouterr().err


def test_standard_input(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LISTED.encode())))
    assert run(["explain", "launchctl-list", "-", "--json"]) == 1
    assert json.loads(capfd.readouterr().out)["typed"]["label"] == "a"


def test_wrong_usage() -> None:
    assert run(["explain", "nonsense", "-"]) == 64
    assert run(["explain", "codesign"]) == 64


def test_words_for_a_person(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "capture"
    place.write_text(JOB.replace("/usr/local/bin/notes", "/usr/local/bin/\x1b[2Jnotes"))
    assert run(["explain", "launchctl-print", str(place)]) == 2
    out = capfd.readouterr().out
    assert "\x1b" not in out
    assert "error: launchd could not start the program of com.example.notes." in out
    assert "78 (EX_CONFIG)" in out
    place.write_text("gui/501/a = {\n\tstate = running\n\truns = 1\n\tpid = 7\n}\n")
    assert run(["explain", "launchctl-print", str(place)]) == 0
    assert "Nothing is wrong" in capfd.readouterr().out


WHOLE = {
    "launchctl-print": JOB.encode(),
    "launchctl-domain": DOMAIN.encode(),
    "launchctl-list": LISTED.encode(),
    "print-disabled": DISABLED.encode(),
    "dump-keychain": ITEM + ACCESS,
    "codesign": CODESIGN.encode(),
    "entra-error": json.dumps(ENTRA).encode(),
}


@given(
    st.sampled_from([kind for kind in _KINDS if kind != "tcc-db"]),
    st.one_of(
        st.binary(max_size=200),
        st.tuples(st.sampled_from(list(WHOLE.values())), st.integers(0, 900)).map(
            lambda pair: pair[0][: pair[1]]
        ),
    ),
)
def test_any_bytes_get_a_report_or_a_sentence(kind: str, data: bytes) -> None:
    try:
        report = _reader(kind)(Capture(kind, data))
    except Unreadable:
        return
    assert isinstance(report, Report)
    # Nothing that was cut has a process: none of the captures has one.
    assert not report.typed.get("alive")
    assert b"hunter" not in repr(report).encode() or b"hunter" not in data

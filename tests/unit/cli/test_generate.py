"""`generate`: what comes out is what the system's own readers, or ours, take."""

from __future__ import annotations

import json
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.cli.generating import launcher, newsyslog, pppc, seatbelt
from entraclaw_tui.cli.generating.made import Refused
from entraclaw_tui.cli.generating.seatbelt import Ground
from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.build import prepare
from entraclaw_tui.macos.agent_plist import definition
from entraclaw_tui.macos.entitlements import HARDENED_PYTHON, parse_entitlements
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.privacy import Signature

PYTHON = "/opt/homebrew/Cellar/python@3.14/3.14.6/bin/python3.14"
REQUIREMENT = 'identifier "org.python.python" and anchor apple generic'
SIGNED = Signature(PYTHON, "valid", "org.python.python", "A1B2C3D4E5", requirement=REQUIREMENT)
IDENTITY = {"Identifier", "IdentifierType", "CodeRequirement", "StaticCode"}
RECEIVER = {"AEReceiverIdentifier", "AEReceiverIdentifierType", "AEReceiverCodeRequirement"}


def services(text: str) -> dict[str, list[dict[str, Any]]]:
    """Read a profile by the rules of Apple's schema, and return what it allows."""
    profile = plistlib.loads(text.encode())
    assert (profile["PayloadType"], profile["PayloadScope"]) == ("Configuration", "System")
    (content,) = profile["PayloadContent"]
    assert content["PayloadType"] == "com.apple.TCC.configuration-profile-policy"
    for payload in (profile, content):
        assert payload["PayloadVersion"] == 1
        assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", payload["PayloadUUID"])
    assert profile["PayloadUUID"] != content["PayloadUUID"]
    found: dict[str, list[dict[str, Any]]] = content["Services"]
    for name, entries in found.items():
        for entry in entries:
            extra = RECEIVER if name == "AppleEvents" else set()
            assert set(entry) == IDENTITY | {"Authorization"} | extra
            assert entry["IdentifierType"] == ("path" if "/" in entry["Identifier"] else "bundleID")
            assert not entry["CodeRequirement"].startswith(("#", "designated"))
    return found


def test_a_profile_names_the_program_by_its_path_and_its_requirement() -> None:
    (entry,) = services(str(pppc.profile(PYTHON, SIGNED)))["SystemPolicyAllFiles"]
    assert entry["Identifier"] == PYTHON
    assert entry["CodeRequirement"] == REQUIREMENT
    assert entry["Authorization"] == "Allow"


def test_a_program_in_a_bundle_is_named_by_the_bundle() -> None:
    program = "/Library/Frameworks/Python.framework/Resources/Python.app/Contents/MacOS/Python"
    (entry,) = services(str(pppc.profile(program, SIGNED)))["SystemPolicyAllFiles"]
    assert (entry["Identifier"], entry["IdentifierType"]) == ("org.python.python", "bundleID")


def test_automation_names_both_programs() -> None:
    made = services(str(pppc.profile(PYTHON, SIGNED, ["AddressBook"], ["com.apple.mail"])))
    assert set(made) == {"AddressBook", "AppleEvents"}
    (entry,) = made["AppleEvents"]
    assert entry["AEReceiverCodeRequirement"] == 'identifier "com.apple.mail" and anchor apple'


@pytest.mark.parametrize(
    ("service", "why"),
    [
        ("Camera", "a person alone"),
        ("kTCCServiceScreenCapture", "a person alone"),
        ("Accessibility", "macOS 27"),
        ("AppleEvents", "--automate"),
        ("Moods", "no service of a profile"),
    ],
)
def test_what_no_profile_can_allow_is_refused(service: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        pppc.profile(PYTHON, SIGNED, [service])


def test_an_unsigned_program_cannot_be_named() -> None:
    with pytest.raises(Refused, match="Sign it first"):
        pppc.profile(PYTHON, Signature(PYTHON, "unsigned"))
    with pytest.raises(Refused, match="Apple's own"):
        pppc.profile(PYTHON, SIGNED, [], ['com.evil" or true'])


def test_an_ad_hoc_program_comes_with_a_warning() -> None:
    adhoc = Signature(PYTHON, "adhoc", "python3.14", requirement='# designated => cdhash H"00ff"')
    made = pppc.profile(PYTHON, adhoc)
    assert services(str(made))["SystemPolicyAllFiles"][0]["CodeRequirement"] == 'cdhash H"00ff"'
    assert "one build" in str(made)


def test_the_same_program_gives_the_same_profile() -> None:
    assert str(pppc.profile(PYTHON, SIGNED)) == str(pppc.profile(PYTHON, SIGNED))


@given(st.text(max_size=40))
def test_no_path_ends_the_comment_that_names_it(rest: str) -> None:
    program = f"/opt/--><key>{''.join(c for c in rest if c.isprintable())}"
    services(str(pppc.profile(program, SIGNED)))


# -- the sandbox


@dataclass
class Rule:
    allow: bool
    operations: list[str]
    filters: list[list[Any]]


def expressions(text: str) -> list[Any]:
    """Read SBPL: S-expressions with strings, #"regular expressions" and ; comments."""
    token = re.compile(r'\s*(?:;[^\n]*\n|(\()|(\))|(#?"(?:[^"\\]|\\.)*")|([^\s()";]+))')
    stack: list[list[Any]] = [[]]
    at = 0
    text = f"{text}\n"
    while at < len(text.rstrip()):
        found = token.match(text, at)
        assert found is not None, text[at : at + 40]
        at = found.end()
        opens, closes, string, word = found.groups()
        if opens:
            stack.append([])
        elif closes:
            done = stack.pop()
            stack[-1].append(done)
        elif string or word:
            value = string or word
            stack[-1].append(value)
    assert len(stack) == 1, "a bracket is missing"
    return stack[0]


def rules(text: str) -> list[Rule]:
    first, default, *rest = expressions(text)
    assert first == ["version", "1"]
    assert default == ["deny", "default"]
    found = []
    for verb, *parts in rest:
        assert verb in ("allow", "deny")
        operations = [part for part in parts if isinstance(part, str)]
        found.append(
            Rule(verb == "allow", operations, [p for p in parts if not isinstance(p, str)])
        )
    return found


def unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.removeprefix("#")[1:-1])


def allowed(found: list[Rule], operation: str, path: str) -> bool:
    """Whether the last rule that matches allows an operation on a path."""
    answer = False
    for rule in found:
        named = any(
            operation == o or (o.endswith("*") and operation.startswith(o[:-1]))
            for o in rule.operations
        )
        if named and (not rule.filters or any(matches(f, path) for f in rule.filters)):
            answer = rule.allow
    return answer


def matches(one: list[Any], path: str) -> bool:
    kind, value = one[0], one[-1]
    if kind == "literal":
        return path == unquoted(value)
    if kind == "subpath":
        return path == unquoted(value) or path.startswith(f"{unquoted(value)}/")
    return kind == "regex" and re.search(unquoted(value), path) is not None


HOME = "/Users/demo"
GROUND = Ground(
    HOME, f"{HOME}/.config/entraclaw", f"{HOME}/.config/entraclaw/run", PYTHON, ["/opt/agent/venv"]
)


@pytest.mark.parametrize(
    ("operation", "path", "may"),
    [
        ("file-write-data", f"{HOME}/.config/entraclaw/state.db", True),
        ("file-read-data", f"{HOME}/Library/Keychains/login.keychain-db", True),
        ("file-read-data", "/Applications/IDE.app/Contents/MacOS/ide", True),
        ("process-exec", PYTHON, True),
        ("process-exec", "/usr/bin/codesign", True),
        ("file-write-data", f"{HOME}/Library/LaunchAgents/evil.plist", False),
        ("file-write-data", f"{HOME}/.zshrc", False),
        ("file-read-data", f"{HOME}/.ssh/id_ed25519", False),
        ("file-read-data", f"{HOME}/Documents/plan.txt", False),
        ("file-write-data", "/opt/agent/venv/lib/x.py", False),
        ("process-exec", "/bin/sh", False),
        ("process-exec", "/usr/bin/curl", False),
        ("appleevent-send", "com.apple.finder", False),
    ],
)
def test_the_sandbox_allows_the_work_and_nothing_else(operation: str, path: str, may: bool) -> None:
    assert allowed(rules(str(seatbelt.profile(GROUND))), operation, path) is may


def test_the_sandbox_names_paths_as_the_kernel_sees_them() -> None:
    text = str(seatbelt.profile(Ground("/var/demo", "/tmp/x", "/tmp/x/run", PYTHON, ["/etc/y/"])))
    for path in re.findall(r'\((?:subpath|literal) "([^"]*)"\)', text):
        assert path.startswith("/")
        assert not re.match(r"/(tmp|var|etc)(/|$)", path)
    assert "deprecated" in text
    with pytest.raises(Refused):
        seatbelt.profile(Ground("~", "/x", "/x", PYTHON, []))


@given(st.text(min_size=1, max_size=30).filter(lambda t: "\n" not in t and "\0" not in t))
def test_no_name_of_a_folder_opens_the_sandbox(name: str) -> None:
    ground = Ground(HOME, f"{HOME}/c", f"{HOME}/r", PYTHON, [f'/opt/") (allow default) ("{name}'])
    found = rules(str(seatbelt.profile(ground)))
    assert not allowed(found, "file-write-data", "/Users/demo/.ssh/id")
    assert all("default" not in rule.operations for rule in found)


# -- the others


def test_entitlements_are_read_by_our_reader() -> None:
    text = str(launcher.entitlements(automation=True))
    assert parse_entitlements(text.encode()) == dict.fromkeys(
        (*HARDENED_PYTHON, launcher.AUTOMATION), True
    )
    assert "<!--" not in text
    plain = parse_entitlements(str(launcher.entitlements(automation=False)).encode())
    assert plain == dict.fromkeys(HARDENED_PYTHON, True)


def test_newsyslog_lines_have_their_fields() -> None:
    made = str(newsyslog.lines([f"{HOME}/a#b.log", f"{HOME}/c.log"], 501))
    lines = [line for line in made.splitlines() if not line.startswith("#")]
    assert [line.split() for line in lines] == [
        [f"{HOME}/a\\#b.log", "501:20", "600", "3", "1024", "*", "BN"],
        [f"{HOME}/c.log", "501:20", "600", "3", "1024", "*", "BN"],
    ]
    with pytest.raises(Refused, match="blanks"):
        newsyslog.lines(["/Users/my name/x.log"], 501)


@pytest.fixture(scope="module")
def mac() -> Iterator[Host]:
    host = prepare(None)
    signatures.register(
        host, Path(sys.executable).resolve(), identifier="org.python.python", team="A1B2C3D4E5"
    )
    yield host
    shutil.rmtree(host.root)


def run(mac: Host, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-m", "entraclaw_tui", "--root", str(mac.root), "generate", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_commands_tell_of_this_mac(mac: Host) -> None:
    done = run(mac, "pppc")
    (entry,) = services(done.stdout)["SystemPolicyAllFiles"]
    assert entry["Identifier"] == str(Path(sys.executable).resolve())
    assert "A1B2C3D4E5" in entry["CodeRequirement"]
    assert "install it by your device management" in done.stdout
    job = plistlib.loads(run(mac, "plist").stdout.encode())
    assert job == definition(mac, sys.executable)
    assert str(mac.root) not in run(mac, "newsyslog").stdout
    assert rules(run(mac, "seatbelt").stdout)
    done = run(mac, "entitlements")
    assert parse_entitlements(done.stdout.encode())
    assert "codesign --force --options runtime" in done.stderr
    told = json.loads(run(mac, "pppc", "--json").stdout)
    assert services(told["text"])
    done = run(mac, "pppc", "--service", "Camera")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a person alone" in done.stderr

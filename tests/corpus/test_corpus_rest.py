"""The kinds of saved output that are neither a print of launchd nor a dump of the Keychain.

Laid out as `test_corpus.py` says.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from entraclaw_tui.macos import launchctl_errors
from entraclaw_tui.macos.assessment import parse_assessment, parse_stapler, parse_verify
from entraclaw_tui.macos.entitlements import parse_entitlements
from entraclaw_tui.macos.jobs import parse_service
from entraclaw_tui.macos.keychain import parse_dump
from entraclaw_tui.macos.keychain_access import parse_access, words
from entraclaw_tui.macos.keyring_errors import parse_error
from entraclaw_tui.macos.launchctl_capture import tidied
from entraclaw_tui.macos.launchctl_dump import parse_dumpstate
from entraclaw_tui.macos.launchctl_list import parse_listed
from entraclaw_tui.macos.launchctl_refusals import parse_blame, parse_managername, parse_refusal
from entraclaw_tui.macos.log_stream import parse_stream_line
from entraclaw_tui.macos.login_items import parse_dumpbtm
from entraclaw_tui.macos.security_texts import (
    parse_identities,
    parse_identity_count,
    parse_keychains,
)
from entraclaw_tui.macos.security_texts import parse_refusal as parse_security_refusal
from entraclaw_tui.macos.signature import codesign_fields
from entraclaw_tui.macos.tcc_services import service, settings_url
from entraclaw_tui.model.job import Job

FOLDER = Path(os.environ["ENTRACLAW_CORPUS"])


def files(*patterns: str) -> list[ParameterSet]:
    found = [path for pattern in patterns for path in sorted(FOLDER.glob(pattern))]
    assert found, f"{FOLDER} has no {patterns}"
    return [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in found]


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("path", files("launchctl/dumpstate/*.txt"))
def test_a_dump_of_launchd_in_one_pass(path: Path) -> None:
    text = read(path)
    heads = re.findall(r"^([^\t\n }].*) = \{$", text, re.MULTILINE)
    with path.open(encoding="utf-8", errors="backslashreplace", newline="\n") as lines:
        found = list(parse_dumpstate(lines))
    assert [
        f"{one.domain}/{one.label}" if isinstance(one, Job) else one.name for one in found
    ] == heads
    assert all(one.complete for one in found)
    jobs = [one for one in found if isinstance(one, Job)]
    pids = re.findall(r"^\tpid = (\d+)$", text, re.MULTILINE)
    assert [str(job.pid) for job in jobs if job.alive] == pids
    known = sum(len(one.raw) for one in found)
    assert known == len(
        re.findall(r"^\t(?!\t)(?!.* =>).*? =(?: (?![{\[]$).*)?$", text, re.MULTILINE)
    )


@pytest.mark.parametrize("path", files("launchctl/errors/*.txt"))
def test_refusals_of_launchctl(path: Path) -> None:
    found = parse_refusal(read(path))
    assert found is not None
    assert found.code is not None
    assert found.words == launchctl_errors.words(found.code)
    assert "ended with status" not in found.words[0]


@pytest.mark.parametrize("path", files("launchctl/blame/*.txt", "launchctl/launchctl-misc/*.txt"))
def test_one_word_answers(path: Path) -> None:
    text = read(path)
    assert text.strip() in (parse_blame(text), parse_managername(text))


@pytest.mark.parametrize("path", files("launchctl/list-label/*.txt"))
def test_listed_jobs(path: Path) -> None:
    text = read(path)
    job = parse_listed(text)
    assert job is not None
    assert job.complete
    assert f'"Label" = "{job.label}";' in text
    pid = re.search(r'"PID" = (\d+);', text)
    assert job.pid == (int(pid[1]) if pid else None)
    assert bool(job.arguments) == ("ProgramArguments" in text)
    assert (job.exit_code is None) != (job.signal is None)


@pytest.mark.parametrize("path", files("launchctl/procinfo/*.txt"))
def test_pasted_with_blanks(path: Path) -> None:
    text = read(path)
    job = parse_service(tidied(text))
    assert job.label
    assert job.complete
    pid = re.search(r"^ +pid = (\d+)$", text, re.MULTILINE)
    assert job.pid == (int(pid[1]) if pid else None)


@pytest.mark.parametrize("path", files("launchctl/log-stream/*.txt"))
def test_the_unified_log(path: Path) -> None:
    lines = read(path).splitlines()
    found = [parse_stream_line(line) for line in lines]
    messages = [
        line for line in lines if line.startswith("{") or re.match(r"\d{4}-\d\d-\d\d ", line)
    ]
    assert len([one for one in found if one]) == len(messages)
    assert all(one.at is not None for one in found if one)


@pytest.mark.parametrize("path", files("launchctl/sfltool-dumpbtm/*.txt"))
def test_login_items(path: Path) -> None:
    text = read(path)
    found = parse_dumpbtm(text)
    assert len(found) == len(re.findall(r"^ *#\d+:\s*$", text, re.MULTILINE))
    assert all(item.identifier and item.kind for item in found)
    off = len(re.findall(r"Disposition: \[(?:disabled|enabled, disallowed)", text))
    assert sum(item.switched_off for item in found) == off


@pytest.mark.parametrize("path", files("security/dump-keychain-acl/*.txt"))
def test_who_can_read(path: Path) -> None:
    text = read(path)
    items = parse_dump(path.read_bytes()).items
    found = [item.access for item in items] or [parse_access(text)]
    assert all(access is not None and words(access) for access in found)
    listed = sum(len(access.programs) for access in found if access)
    partitions = sum(len(access.partitions) for access in found if access)
    assert listed or partitions
    assert bool(partitions) == ("partition_id" in text)
    assert not any(access.anyone for access in found if access)


@pytest.mark.parametrize(
    "path", files("security/list-keychains/*.txt", "security/default-keychain/*.txt")
)
def test_keychains(path: Path) -> None:
    text = read(path)
    found = parse_keychains(text)
    assert len(found) == len(re.findall(r'^ *"[^"]+"$', text, re.MULTILINE))


@pytest.mark.parametrize("path", files("security/*/*.txt"))
def test_refusals_of_security(path: Path) -> None:
    text = read(path)
    refused = bool(re.search(r"^(?:security: \w+.*: \S|Error: 0x)", text, re.MULTILINE))
    found = parse_security_refusal(text)
    assert (found is not None) == refused
    if found is not None:
        assert found.words.strip()


@pytest.mark.parametrize("path", files("security/keyring-errors/*.txt"))
def test_errors_of_the_keyring_library(path: Path) -> None:
    found = parse_error(read(path))
    assert found is not None
    assert found.words


@pytest.mark.parametrize("path", files("security/find-identity/*.txt"))
def test_identities(path: Path) -> None:
    text = read(path)
    assert len(parse_identities(text)) == len(set(re.findall(r"\b[0-9A-F]{40}\b", text)))
    assert (parse_identity_count(text) is None) == ("identities found" not in text)


@pytest.mark.parametrize("path", files("codesign/*.txt"))
def test_verdicts(path: Path) -> None:
    text = read(path)
    verified, assessed = parse_verify(text), parse_assessment(text)
    if "valid on disk" in text:
        assert verified is not None
        assert verified.valid
    if "a sealed resource is missing" in text or "not signed at all" in text:
        assert verified is not None
        assert verified.valid is False
    changed = len(re.findall(r"^file (?:modified|missing|added): ", text, re.MULTILINE))
    assert verified is None or len(verified.files) == changed
    verdict = re.search(r"(?:^|: )(accepted|rejected)\b", text, re.MULTILINE)
    assert (assessed is not None) == (verdict is not None)
    if assessed is not None and verdict is not None:
        assert assessed.accepted == (verdict[1] == "accepted")
        origin = re.search(r"origin=(.*)", text)
        assert assessed.origin == (origin[1] if origin else "")
    assert (parse_stapler(text) is False) == ("stapled to" in text)
    entitled = parse_entitlements(path.read_bytes())
    keys = re.findall(r"^\t\[Key\] (.*)$", text, re.MULTILINE)
    if keys:
        assert entitled is not None
        assert list(entitled) == keys
    assert len(codesign_fields(text)) >= text.count("\nAuthority=")


@pytest.mark.parametrize("path", files("tcc/services.json"))
def test_services_have_names_and_panes(path: Path) -> None:
    for row in json.loads(path.read_text("utf-8"))["services"]:
        found = service(row["service"])
        assert found.name
        if (row["anchor_confidence"] or "").startswith("verified") and row["settings_anchor"]:
            assert settings_url(row["service"]) == row["url_new"], row["service"]

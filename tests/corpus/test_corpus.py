"""The parsers over a folder of saved outputs of real Macs, if ENTRACLAW_CORPUS names one.

The folder is laid out by tool: `launchctl/print-service/*.txt`, `security/dump-keychain/*.txt`,
`codesign/*.txt`, `tcc/schemas/*.sql`, `tcc/csreq.json` and so on; an `index.json` beside the
files may say that an output is `complete`. Without the variable this file is not collected.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from entraclaw_tui.macos import launchctl_keys, launchctl_print
from entraclaw_tui.macos.csreq import decompile
from entraclaw_tui.macos.jobs import (
    parse_disabled,
    parse_domain,
    parse_login_items,
    parse_service,
)
from entraclaw_tui.macos.keychain import parse_dump, parse_lock
from entraclaw_tui.macos.launchctl_list import parse_list, parse_list_job
from entraclaw_tui.macos.logs import parse_launchd_line
from entraclaw_tui.macos.signature import parse_codesign
from entraclaw_tui.macos.tcc_rows import grant, read_rows

FOLDER = Path(os.environ["ENTRACLAW_CORPUS"])


def files(*patterns: str) -> list[ParameterSet]:
    found = [path for pattern in patterns for path in sorted(FOLDER.glob(pattern))]
    assert found, f"{FOLDER} has no {patterns}"
    return [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in found]


def whole(path: Path) -> bool:
    """Say whether the index calls an output complete."""
    index = path.parent / "index.json"
    rows = json.loads(index.read_text("utf-8")) if index.exists() else []
    return any(row["file"] == path.name and row.get("complete") for row in rows)


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "backslashreplace")


HEADER = re.compile(r"^(?:\S+/)?(\S+) = \{$", re.MULTILINE)
PID = re.compile(r"^\tpid = (\d+)$", re.MULTILINE)
SERVICES = re.compile(r"^\tservices = \{\n(.*?)^\t\}$", re.MULTILINE | re.DOTALL)
SCALAR = re.compile(r"^\t(?!\t)(.*?) =(?: (?![{\[]$)(.*))?$", re.MULTILINE)
STATE = re.compile(r"^\tstate = (.*)$", re.MULTILINE)


def scalars(text: str) -> list[tuple[str, str]]:
    """Return what stands one TAB deep, by another way than the parser's."""
    return [(key, value) for key, value in SCALAR.findall(text) if " =>" not in key]


def typed(raw: tuple[tuple[str, str], ...]) -> None:
    """Check that every known key has a value of its kind, and that hardly any is unknown."""
    for key, value in raw:
        found = launchctl_keys.typed(key, value)
        assert launchctl_keys.known(key), key
        if NUMBER.fullmatch(value) and key not in TEXTS:
            assert not isinstance(found, str), (key, value)


NUMBER = re.compile(r"\d+(?: (?:s|ms|seconds|MB))?|0x[0-9a-f]+")
TEXTS = frozenset({"parent bundle version", "username", "group", "last exit code"})


@pytest.mark.parametrize("path", files("launchctl/print-service*/*.txt"))
def test_services(path: Path) -> None:
    text = read(path)
    job = parse_service(text)
    if not HEADER.match(text):
        # An excerpt without its first line is no answer of launchctl.
        assert (job.label, job.pid) == ("", None)
        return
    if whole(path):
        assert job.complete
    found, state = PID.findall(text), STATE.findall(text)
    assert job.label
    assert job.state == (state[0] if state else "")
    assert job.pid == (int(found[0]) if found else None)
    assert job.alive == bool(found)
    assert list(job.raw) == scalars(text)
    typed(job.raw)
    if "\targuments = {" in text:
        assert job.arguments
    # Cut anywhere, it invents nothing.
    for end in range(0, len(text), max(1, len(text) // 97)):
        cut = parse_service(text[:end])
        assert cut.pid in (None, job.pid)
        assert not cut.complete or end >= len(text.rstrip())


@pytest.mark.parametrize("path", files("launchctl/print-domain/*.txt"))
def test_domains(path: Path) -> None:
    text = read(path)
    domain = parse_domain(text)
    if not HEADER.match(text):
        assert domain.name == ""
        return
    assert domain.name
    assert domain.kind in {"system", "user", "login", "pid"}
    services = SERVICES.search(text)
    assert services is not None
    assert len(domain.rows) == len(services[1].splitlines())
    assert all(row.pid is None or row.pid > 0 for row in domain.rows)
    assert domain.complete
    assert list(domain.raw) == scalars(text)
    typed(domain.raw)


@pytest.mark.parametrize("path", files("launchctl/print-disabled/*.txt"))
def test_overrides(path: Path) -> None:
    text = read(path).partition("login item associations")[0]
    found = parse_disabled(read(path))
    assert len(found) == text.count(" => ")
    assert found
    assert len(parse_login_items(read(path))) == read(path).count(" => ") - len(found)


@pytest.mark.parametrize("path", files("launchctl/print*/*.txt", "launchctl/procinfo/*.txt"))
def test_trees(path: Path) -> None:
    tree = launchctl_print.parse(read(path))
    assert tree.items


@pytest.mark.parametrize("path", files("launchctl/list/*.txt"))
def test_lists(path: Path) -> None:
    lines = [line for line in read(path).splitlines() if line.strip() and "PID" not in line]
    assert len(parse_list(read(path))) == len(lines)


@pytest.mark.parametrize("path", files("launchctl/list-label/*.txt"))
def test_listed_jobs(path: Path) -> None:
    fields = parse_list_job(read(path))
    assert fields["Label"]
    assert fields["LastExitStatus"].isdecimal()


@pytest.mark.parametrize("path", files("launchctl/launchd-log/*.txt"))
def test_launchds_log(path: Path) -> None:
    for text in read(path).splitlines():
        line = parse_launchd_line(text)
        assert (line.at is not None) == bool(re.match(r"\d{4}-\d\d-\d\d ", text))


@pytest.mark.parametrize("path", files("security/*/*.txt"))
def test_keychains(path: Path) -> None:
    data = path.read_bytes()
    found = parse_dump(data)
    assert len(found.items) == len(re.findall(rb"^keychain: ", data, re.MULTILINE))
    for item in found.items:
        assert item.keychain
        assert item.kind
        assert not {"gena", "icmt"} & {tag for tag, _ in item.attributes}
    dates = len(re.findall(rb'^ *"[cm]dat"<timedate>=0x(?:3\d){14}5A00 ', data, re.MULTILINE))
    assert dates == sum(
        (item.created_at is not None) + (item.modified_at is not None) for item in found.items
    )


@pytest.mark.parametrize("path", files("security/show-keychain-info/*.txt"))
def test_locks(path: Path) -> None:
    text = read(path)
    assert (parse_lock(text) is not None) == text.startswith("Keychain ")


@pytest.mark.parametrize("path", files("codesign/*.txt"))
def test_signatures(path: Path) -> None:
    text = read(path)
    found = parse_codesign(text)
    assert found.status != "valid"
    assert len(found.authority) == len(re.findall(r"^\s*Authority=", text, re.MULTILINE))
    assert (found.status == "unsigned") == ("code object is not signed at all" in text)
    if "Signature=adhoc" in text:
        assert found.status == "adhoc"
    if "\nIdentifier=" in "\n" + text:
        assert found.identifier
    if "designated => " in text:
        assert found.requirement


@pytest.mark.parametrize("path", files("tcc/schemas/*.sql"))
def test_schemas(path: Path, tmp_path: Path) -> None:
    place = tmp_path / "TCC.db"
    with closing(sqlite3.connect(place)) as database:
        database.executescript(read(path))
        value = "allowed" if "allowed " in read(path) else "auth_value"
        others = "prompt_count" if value == "allowed" else "auth_reason, auth_version"
        zeros = "0" if value == "allowed" else "0, 1"
        database.execute(
            f"INSERT INTO access (service, client, client_type, {value}, {others}, "  # noqa: S608 (words from above)
            "indirect_object_identifier) "
            f"VALUES ('kTCCServiceCamera', 'x', 0, 1, {zeros}, 'UNUSED')"
        )
        database.commit()
    state, rows = read_rows(place, "user")
    assert state == "read"
    assert [(row.name, row.client, row.target) for row in rows] == [("Camera", "x", "")]
    assert rows[0].state == ("granted" if value == "allowed" else "unknown")


@pytest.mark.parametrize("path", files("tcc/rows/*.json"))
def test_rows(path: Path) -> None:
    for row in json.loads(path.read_text("utf-8"))["rows"]:
        # Some were published as a frame with the row inside, and in part.
        columns = row.get("row", row)
        if isinstance(columns.get("csreq"), str):
            columns["csreq"] = bytes.fromhex(columns["csreq"])
        found = grant(columns, "user")
        assert found.state
        assert not found.requirement.startswith("not decoded")
        assert (found.state == "this run only") == (columns.get("auth_value") == 5)


@pytest.mark.parametrize("path", files("tcc/csreq.json"))
def test_requirements(path: Path) -> None:
    pairs = json.loads(path.read_text("utf-8"))["pairs"]
    assert [decompile(bytes.fromhex(pair["hex"])) for pair in pairs] == [
        pair["text"] for pair in pairs
    ]

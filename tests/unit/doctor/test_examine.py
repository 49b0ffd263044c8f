"""The evidence from the disk and the tools of a Mac in a folder."""

from __future__ import annotations

import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from entraclaw_tui.doctor.evidence import file_fact, gather, read_definition, read_files
from entraclaw_tui.doctor.findings import examine
from entraclaw_tui.macos.agent_plist import write
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.source import Loaded
from tests.support.bare_mac import bare_mac

PROGRAM = Path(sys.executable).resolve().name
LAUNCHCTL = """\
case "$1" in
print-disabled) printf '\\n\\tdisabled services = {{\\n\\t}}\\n';;
print) printf 'gui/501/{label} = {{\\n\\tstate = running\\n\\tdomain = gui/501 [1]\\n'
printf '\\truns = 1\\n\\tpid = 4711\\n\\tlast exit code = (never exited)\\n}}\\n';;
esac
"""
ITEM = """\
keychain: "/k"
class: "genp"
attributes:
    "acct"<blob>="{account}"
    "svce"<blob>="{label}"
"""
TCC = """
    CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, auth_value INTEGER,
        auth_reason INTEGER, csreq BLOB);
    INSERT INTO access VALUES ('kTCCServiceSystemPolicyAllFiles', '/gone/{name}', 1, 2, 3, NULL);
"""


@pytest.fixture
def mac() -> Iterator[Host]:
    with bare_mac() as host:
        host.home.mkdir(parents=True)
        tool(host, "/bin/launchctl", LAUNCHCTL.format(label=LABEL))
        items = "".join(
            ITEM.format(account=name, label=LABEL) for name in ("key:notes:v1", "pin:v1")
        )
        tool(host, "/usr/bin/security", f"cat <<'X'\n{items}X")
        tool(host, "/usr/bin/codesign", "echo CDHash=aa >&2")
        yield host


def tool(host: Host, path: str, body: str) -> None:
    place = host.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    draft.write_text(f"#!/bin/sh\n{body}\n")
    draft.chmod(0o700)
    draft.rename(place)


SETTINGS = """
[entra]
tenant = "contoso.example"
client_id = "00000000-0000-0000-0000-000000000000"
public_client_id = "00000000-0000-0000-0000-000000000000"
api_scope = "api://00000000-0000-0000-0000-000000000000/access_as_user"
[agent]
name = "notes"
[account]
upn = "demo@contoso.example"
"""


def furnish(mac: Host) -> Path:
    """Install an agent as we would: the definition, the settings, the sockets."""
    path = write(mac, sys.executable)
    places = Places.of(mac)
    places.config.write_text(SETTINGS)
    places.config.chmod(0o600)
    for place in (places.request_socket, places.control_socket):
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(place))
        place.chmod(0o600)
    return path


async def test_an_agent_as_we_install_it_has_nothing_wrong(mac: Host) -> None:
    furnish(mac)
    assert await examine(mac) == []


async def test_what_was_done_to_it_is_found(mac: Host) -> None:
    path = furnish(mac)
    path.chmod(0o666)
    places = Places.of(mac)
    places.config_dir.chmod(0o755)
    places.worker_log.touch(mode=0o644)
    places.system_tcc.parent.mkdir(parents=True)
    with closing(sqlite3.connect(places.system_tcc)) as database:
        database.executescript(TCC.format(name=PROGRAM))
    found = {finding.id: finding for finding in await examine(mac)}
    assert set(found) == {"plist-mode", "files-open", "grant-gone"}
    assert len(found["files-open"].evidence) == 2
    repair = found["files-open"].repair
    assert repair is not None
    assert repair.command[:2] == ("/bin/chmod", "go-rwx")


async def test_a_mac_without_anything(mac: Host) -> None:
    tool(mac, "/bin/launchctl", "exit 113")
    found = {finding.id for finding in await examine(mac)}
    assert found == {"plist-missing"}


async def test_a_program_that_was_upgraded_away(mac: Host) -> None:
    write(mac, "/nowhere/python3.13")
    assert "program-missing" in {finding.id for finding in await examine(mac)}


async def test_a_mac_whose_tools_are_gone(mac: Host) -> None:
    for name in ("/bin/launchctl", "/usr/bin/security", "/usr/bin/codesign"):
        mac.path(name).unlink()
    found = {finding.id for finding in await examine(mac)}
    assert found == {"plist-missing", "launchd-silent", "keychain-silent"}


async def test_paths_are_those_of_the_mac(mac: Host) -> None:
    interpreter = mac.path("/opt/real/python3.14")
    link = mac.path("/opt/venv/python")
    for folder in (interpreter.parent, link.parent):
        folder.mkdir(parents=True)
    interpreter.touch()
    link.symlink_to(interpreter)
    write(mac, str(link))
    places = Places.of(mac)
    places.user_tcc.parent.mkdir(parents=True)
    with closing(sqlite3.connect(places.user_tcc)) as database:
        database.executescript(TCC.format(name="x").replace("/gone/x", str(interpreter)))
    evidence = await gather(mac)
    assert evidence.program == "/opt/real/python3.14"
    assert isinstance(evidence.privacy, Loaded)
    assert [grant.client for grant in evidence.privacy.value.grants] == ["/opt/real/python3.14"]
    assert evidence.gone == frozenset()


def test_definitions_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.plist"
    assert read_definition(path).file is None
    for data, trouble in (
        (b"", "no property list"),
        (b"<plist><dict>", "no property list"),
        (b"<plist><array/></plist>", "no dictionary"),
    ):
        path.write_bytes(data)
        assert trouble in read_definition(path).trouble
    path.unlink()
    path.mkdir()
    assert read_definition(path).trouble


def test_facts_of_files(mac: Host, tmp_path: Path) -> None:
    assert file_fact(tmp_path / "none") is None
    link = tmp_path / "link"
    link.symlink_to("/etc/passwd")
    fact = file_fact(link)
    assert fact is not None
    assert (fact.kind, fact.owned) == ("other", True)
    write(mac, sys.executable)
    facts = read_files(Places.of(mac))
    assert [(fact.kind, fact.mode) for fact in facts] == [("folder", 0o700)] * 4

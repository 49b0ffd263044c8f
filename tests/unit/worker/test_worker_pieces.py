"""The small parts: PIN, delays, chain, policy, names, log, folders, sockets, database."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import Proof, Remember, Tier
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.worker import chain, folders, pin, policy, scopes, sockets
from entraclaw_tui.worker.database import Database, DatabaseError
from entraclaw_tui.worker.delays import CROWD, FREE, Delays
from entraclaw_tui.worker.executables import Executable
from entraclaw_tui.worker.identity import identity_of
from entraclaw_tui.worker.injectors import injector_of
from entraclaw_tui.worker.interpreters import runs_others_code
from entraclaw_tui.worker.keys import Keys, match_code
from entraclaw_tui.worker.log import WorkerLog
from tests.support.worker_stage import Hands

KEYS = Keys(b"r" * 32, b"a" * 32, b"c" * 32, b"p" * 32)


# -- PIN ---------------------------------------------------------------------------------------


def test_only_the_pin_is_the_pin() -> None:
    row = pin.make("246810", KEYS, 1.0)
    assert pin.verify("246810", row, KEYS)
    assert not pin.verify("246811", row, KEYS)
    assert not pin.verify("", row, KEYS)
    assert not pin.verify("\ud800", row, KEYS)
    assert not pin.verify("246810", row, Keys(KEYS.rows, KEYS.audit, KEYS.codes, b"q" * 32))
    assert "246810" not in repr(row)
    assert "pppp" not in repr(KEYS)


@pytest.mark.parametrize(
    "given_pin", ["", "12345", "12345a", "111111", "123456", "654321", "٢٤٦٨١٠"]
)
def test_unfit_pins(given_pin: str) -> None:
    with pytest.raises(pin.UnfitPin) as refused:
        pin.make(given_pin, KEYS, 1.0)
    assert not given_pin or given_pin not in str(refused.value)


def test_a_verifier_without_its_key_is_damaged() -> None:
    row = pin.make("246810", KEYS, 1.0)
    other = Keys(KEYS.rows, KEYS.audit, KEYS.codes, b"q" * 32)
    assert pin.state_of(row, True, KEYS) == "set"
    assert pin.state_of(None, False, KEYS) == "missing"
    assert pin.state_of(None, True, KEYS) == "damaged"
    assert pin.state_of(row, True, other) == "damaged"
    for change in ({"n": 2}, {"r": 1}, {"p": 9}, {"salt": "zz"}, {"verifier": "00"}):
        assert pin.state_of(msgspec.structs.replace(row, **change), True, KEYS) == "damaged"


def test_wrong_pins_cost_more_and_more() -> None:
    hands = Hands()
    delays = Delays(hands.clock)
    waits = []
    for _ in range(FREE + 4):
        waits.append(delays.wrong("1:a"))
        hands.pass_by(waits[-1])
    assert waits == [0, 0, 5, 10, 20, 40]
    delays.right("1:a")
    assert delays.wrong("1:a") == 0
    delays.check("2:b")


def test_many_processes_do_not_get_many_tries() -> None:
    hands = Hands()
    delays = Delays(hands.clock)
    delays.right("9:person")
    for number in range(CROWD):
        delays.wrong(f"{number}:x")
    with pytest.raises(WireError) as refused:
        delays.check("77:fresh")
    assert refused.value.retry_after > 500
    delays.check("9:person")
    hands.pass_by(600)
    delays.check("77:fresh")


def test_the_audit_remembers_over_a_restart() -> None:
    delays = Delays(Hands().clock, wrong_lately=50)
    with pytest.raises(WireError):
        delays.check("1:a")


# -- chain -------------------------------------------------------------------------------------

ENTRIES = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), min_size=2, max_size=6)


@given(ENTRIES, st.data())
def test_any_change_breaks_the_chain(texts: list[tuple[str, str]], data: st.DataObject) -> None:
    entries, before = [], ""
    for seq, (event, value) in enumerate(texts, 1):
        entries.append(chain.link(b"key", before, seq, float(seq), event, "s", {"v": value}))
        before = entries[-1].chain
    whole = chain.Check(b"key")
    whole.take(entries)
    assert (whole.problem, whole.entries) == ("", len(entries))
    at = data.draw(st.integers(0, len(entries) - 2))
    kind = data.draw(st.sampled_from(["change", "drop", "swap"]))
    changed = list(entries)
    if kind == "change":
        changed[at] = msgspec.structs.replace(changed[at], event=changed[at].event + "x")
    elif kind == "drop":
        del changed[at]
    else:
        changed[at], changed[at + 1] = changed[at + 1], changed[at]
    check = chain.Check(b"key")
    check.take(changed)
    assert check.problem


# -- policy ------------------------------------------------------------------------------------


def test_the_catalog_is_whole() -> None:
    catalog = scopes._catalog()
    assert len(catalog) >= 80
    for name, entry in catalog.items():
        assert 5 < len(entry.meaning) <= 80, name
        if scopes.reaches_far(name):
            assert entry.tier is Tier.HIGH, name


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("User.Read", Tier.LOW),
        ("user.read", Tier.LOW),
        ("https://graph.microsoft.com/Mail.Send", Tier.HIGH),
        (".default", Tier.HIGH),
        ("https://vault.azure.net/.default", Tier.HIGH),
        ("offline_access", Tier.HIGH),
        ("Something.Read.All", Tier.HIGH),
        ("Something.ReadWrite", Tier.HIGH),
        ("user_impersonation", Tier.HIGH),
        ("Something.Read", Tier.MEDIUM),
    ],
)
def test_tiers(name: str, tier: Tier) -> None:
    assert scopes.describe(name).tier is tier


@given(
    st.lists(st.sampled_from(["User.Read", "Mail.Read", "Mail.Send", "X.Y"]), min_size=1),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_nothing_weakens_a_verdict(names: list[str], new: bool, code: bool, ssh: bool) -> None:
    verdict = policy.judge(tuple(names), new_client=new, shows_code=code, over_ssh=ssh)
    strongest = max(scopes.describe(name).tier.rank for name in names)
    assert verdict.tier.rank == min(2, strongest + new)
    assert verdict.remember[0] is Remember.ONCE
    if verdict.tier is Tier.HIGH:
        assert verdict.remember == (Remember.ONCE,)
        assert verdict.proof is Proof.PIN
    if ssh:
        assert Remember.UNTIL_LOCK not in verdict.remember
    assert policy.proof_here(verdict.proof, injectable=True) is Proof.PIN


def test_codes_are_two_digits_and_stable() -> None:
    codes = {match_code(KEYS, f"r_{number}") for number in range(400)}
    assert all(len(code) == 2 and code.isdigit() and code[0] != "0" for code in codes)
    assert len(codes) > 80
    assert match_code(KEYS, "r_1") == match_code(KEYS, "r_1")


# -- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "identifier", "expected"),
    [
        ("/usr/bin/python3", "", True),
        ("/opt/homebrew/bin/python3.14", "", True),
        ("/usr/local/bin/node", "", True),
        ("/bin/zsh", "", True),
        ("/usr/bin/osascript", "", True),
        ("/usr/bin/nc", "", True),
        ("/Apps/Renamed", "com.apple.python3", True),
        ("/Apps/Renamed", "org.python.python", True),
        ("/usr/local/bin/mcp-notes", "example.contoso.notes", False),
        ("/Apps/pythonista-notes", "example.contoso.pythonista", False),
    ],
)
def test_interpreters(path: str, identifier: str, expected: bool) -> None:
    assert runs_others_code(path, identifier) is expected


def test_injectors() -> None:
    assert injector_of(["zsh", "tmux: server", "launchd"], []) == "tmux"
    assert injector_of(["-zsh", "Code Helper (Plugin)"], []) == "VS Code"
    assert injector_of(["zsh", "Terminal"], ["TMUX", "PATH"]) == "tmux"
    assert injector_of(["zsh", "Terminal"], ["PATH", "TERM"]) == ""


@pytest.mark.parametrize(
    ("status", "team", "anchored", "kind"),
    [
        ("valid", "TEAM", True, "signed:TEAM:"),
        ("valid", "TEAM", False, "code:"),
        ("valid", "", False, "code:"),
        ("adhoc", "", False, "code:"),
        ("unsigned", "", False, "file:"),
        ("broken", "TEAM", True, "process:7:x"),
        ("unverified", "TEAM", True, "process:7:x"),
    ],
)
def test_identities(status: str, team: str, anchored: bool, kind: str) -> None:
    signature = Signature("/a", status, "example.contoso.notes", team, (), "cd" * 20)
    executable = Executable("ab" * 32, signature, anchored)
    identity, bound = identity_of("/usr/local/bin/mcp-notes", executable, "7:x")
    assert identity.startswith(kind)
    assert bound is kind.startswith("process")
    assert identity_of("", executable, "7:x") == ("process:7:x", True)
    nothing = Executable("", signature, anchored)
    assert identity_of("/usr/local/bin/mcp-notes", nothing, "7:x") == ("process:7:x", True)


# -- log ---------------------------------------------------------------------------------------


def test_the_log_is_clean_lines_and_rotates(tmp_path: Path) -> None:
    path = tmp_path / "worker.log"
    log = WorkerLog(path, size=400, files=3, wall=lambda: 5.0)
    log.info("hello \x1b[2J\n", origin="exchange", level="fake", name="a\u202eb")
    first = msgspec.json.decode(path.read_bytes())
    assert (first["at"], first["level"], first["origin"]) == (5.0, "info", "exchange")
    assert "\x1b" not in first["message"]
    assert "\u202e" not in first["name"]
    for number in range(40):
        log.info(f"line {number}")
    log.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "worker.log", "worker.log.1", "worker.log.2"]  # fmt: skip
    assert all(p.stat().st_size <= 400 for p in tmp_path.iterdir())
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in tmp_path.iterdir())


def test_the_log_follows_no_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "worker.log").symlink_to(victim)
    log = WorkerLog(tmp_path / "worker.log")
    log.info("hello")
    log.close()
    assert victim.read_text() == "mine"


# -- folders and sockets -----------------------------------------------------------------------


@pytest.fixture
def short() -> str:
    return tempfile.mkdtemp(prefix="ec-", dir="/tmp")


def test_hostile_folders_are_refused(tmp_path: Path) -> None:
    host = Host(tmp_path, "demo", 501, tmp_path / "home", "studio")
    places = Places.of(host)
    folders.prepare(places)
    for folder in places.folders():
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    places.run_dir.chmod(0o777)
    folders.prepare(places)
    assert stat.S_IMODE(places.run_dir.stat().st_mode) == 0o700
    places.run_dir.rmdir()
    places.run_dir.symlink_to(tmp_path)
    with pytest.raises(folders.UnsafeFolder):
        folders.prepare(places)
    places.run_dir.unlink()
    (tmp_path / "home").chmod(0o777)
    with pytest.raises(folders.UnsafeFolder):
        folders.prepare(places)


def test_a_live_socket_is_never_taken_over(short: str) -> None:
    path = Path(short) / "request.sock"
    first = sockets.bind(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(sockets.AlreadyRunning):
        sockets.bind(path)
    first.close()
    second = sockets.bind(path)  # nobody listens there any more
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(os.fspath(path))
    second.close()
    path.unlink()
    strangers: list[Callable[[], object]] = [
        path.touch,
        lambda: path.symlink_to("/tmp"),
        path.mkdir,
    ]
    for stranger in strangers:
        stranger()
        with pytest.raises(folders.UnsafeFolder):
            sockets.bind(path)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    with pytest.raises(folders.UnsafeFolder, match="103"):
        sockets.bind(Path(short) / ("x" * 104))
    Path(short).rmdir()


def test_one_lock(tmp_path: Path) -> None:
    lock = sockets.Lock(tmp_path / "lock")
    with pytest.raises(sockets.AlreadyRunning):
        sockets.Lock(tmp_path / "lock")
    lock.release()
    sockets.Lock(tmp_path / "lock").release()


# -- database ----------------------------------------------------------------------------------


def opened(path: Path) -> Database:
    database = Database(path)
    database.open().result(5)
    return database


def test_the_database_is_as_it_should_be(tmp_path: Path) -> None:
    database = opened(tmp_path / "state.db")
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "locking_mode": "exclusive",
        "secure_delete": 1,
        "trusted_schema": 0,
    }

    def read(connection: sqlite3.Connection) -> dict[str, object]:
        return {n: connection.execute(f"PRAGMA {n}").fetchone()[0] for n in wanted}

    assert database.submit(read).result(5) == wanted
    with (
        closing(sqlite3.connect(tmp_path / "state.db", timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError),
    ):
        other.execute("SELECT * FROM meta")
    database.close()
    assert stat.S_IMODE((tmp_path / "state.db").stat().st_mode) == 0o600


def test_a_damaged_database_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"this is no database" * 500)
    database = opened(path)
    assert database.moved_aside is not None
    assert database.moved_aside.read_bytes().startswith(b"this is no")
    database.close()


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    opened(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    database = Database(path)
    with pytest.raises(DatabaseError, match="newer"):
        database.open().result(5)
    database.close()


def test_a_link_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "state.db").symlink_to(tmp_path / "other.db")
    database = Database(tmp_path / "state.db")
    with pytest.raises(DatabaseError, match="link"):
        database.open().result(5)
    database.close()

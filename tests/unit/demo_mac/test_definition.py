from __future__ import annotations

import plistlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.demo.mac.launchd.definition import (
    Definition,
    SocketSpec,
    define,
    load,
)
from entraclaw_tui.demo.mac.launchd.reader import DefinitionError

HERE = Path("/x.plist")
LEAST: dict[str, object] = {"Label": "example.contoso.a", "ProgramArguments": ["/bin/true", "x"]}


def made(**more: object) -> Definition:
    return define({**LEAST, **more}, HERE)


def test_the_defaults_are_those_that_launchd_prints() -> None:
    job = made()
    assert (job.throttle, job.exit_timeout, job.sessions) == (10, 5, ("Aqua",))
    assert job.program == "/bin/true"
    assert job.inferred_program
    assert not job.starts_when_loaded


@pytest.mark.parametrize(
    ("keys", "starts"),
    [
        ({"RunAtLoad": True}, True),
        ({"KeepAlive": True}, True),
        ({"KeepAlive": {"SuccessfulExit": False}}, True),
        ({"KeepAlive": {"Crashed": True}}, False),
        ({"KeepAlive": False}, False),
    ],
)
def test_what_starts_when_loaded(keys: dict[str, object], starts: bool) -> None:
    assert made(**keys).starts_when_loaded is starts


def test_modes_are_decimal_as_numbers_and_octal_as_text() -> None:
    assert made(Umask=63).umask == 0o77
    assert made(Umask="077").umask == 0o77


def test_sockets_of_both_kinds() -> None:
    job = made(
        Sockets={
            "Request": {"SockPathName": "/r.sock", "SockPathMode": 384},
            "Listener": [{"SockNodeName": "127.0.0.1", "SockServiceName": 8443}],
        }
    )
    assert job.sockets == (
        SocketSpec("Request", path="/r.sock", mode=0o600),
        SocketSpec("Listener", node="127.0.0.1", port="8443"),
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"Label": ""},
        {"Label": 5},
        {"Label": "a/b"},
        {"ProgramArguments": []},
        {"ProgramArguments": [1]},
        {"ThrottleInterval": "soon"},
        {"ExitTimeOut": -1},
        {"Umask": 99999},
        {"Sockets": []},
        {"EnvironmentVariables": "no"},
        {"RunAtLoad": "yes"},
    ],
)
def test_wrong_types_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(DefinitionError):
        define({**LEAST, **keys}, HERE)


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.plist"
    path.write_bytes(plistlib.dumps(LEAST))
    assert load(path).label == "example.contoso.a"
    path.chmod(0o666)
    with pytest.raises(DefinitionError) as caught:
        load(path)
    assert caught.value.code == 122


@given(st.binary(max_size=200))
def test_rubbish_is_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("p") / "a.plist"
    path.write_bytes(data)
    with pytest.raises(DefinitionError):
        load(path)

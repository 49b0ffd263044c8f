"""A definition file beside what launchd loaded of it."""

from __future__ import annotations

import msgspec

from entraclaw_tui.macos.hidden import Hidden
from entraclaw_tui.macos.job_compare import compare, outdated
from entraclaw_tui.model.job import Compared, Job

JOB = Job(
    "com.example.agent",
    "gui/501",
    arguments=("/opt/python", "a b"),
    stdout_path="/logs/out",
    sockets=("Control", "Request"),
    throttle_seconds=10,
    spawn_type="interactive (4)",
    properties=("runatload",),
    semaphores=(("successful exit", "0"),),
    raw=(("umask", "77"), ("working directory", "/")),
)
FILE: dict[str, object] = {
    "Label": "com.example.agent",
    "ProgramArguments": ["/opt/python", "a b"],
    "StandardOutPath": "/logs/out",
    "Sockets": {"Request": {}, "Control": {}},
    "ThrottleInterval": 10,
    "ProcessType": "Interactive",
    "KeepAlive": {"SuccessfulExit": False},
    "Umask": 0o77,
    "WorkingDirectory": "/",
}


def by_key(
    job: Job = JOB, file: dict[str, object] = FILE, environment: dict[str, Hidden] | None = None
) -> dict[str, Compared]:
    return {one.key: one for one in compare(job, file, environment)}


def test_what_was_loaded_from_the_file_is_the_same() -> None:
    found = by_key()
    assert {one.same for one in found.values()} == {True}
    assert found["ProgramArguments"].loaded == "/opt/python 'a b'"
    assert outdated(JOB, FILE) == ()


def test_a_changed_key_comes_first() -> None:
    found = compare(JOB, FILE | {"Umask": 0o22, "KeepAlive": {"SuccessfulExit": True}})
    assert [one.key for one in found if one.same is False] == ["Umask", "KeepAlive"]
    assert [one.same for one in found[:3]] == [False, False, True]
    assert (found[0].file, found[0].loaded) == ("22", "77")


def test_what_launchd_does_not_tell_is_neither_same_nor_different() -> None:
    found = by_key(file=FILE | {"LegacyTimers": True})
    assert found["LegacyTimers"] == Compared("LegacyTimers", "true", "", None)


def test_keep_alive_as_a_flag() -> None:
    flagged = msgspec.structs.replace(JOB, properties=("keepalive",), semaphores=())
    assert by_key(flagged, FILE | {"KeepAlive": True})["KeepAlive"].same is True
    assert by_key(flagged, FILE | {"KeepAlive": False})["KeepAlive"].same is False


def test_variables_are_compared_and_never_shown() -> None:
    file = FILE | {"EnvironmentVariables": {"A": "1", "TOKEN": "hunter2", "GONE": "x"}}
    loaded = {
        "A": Hidden("1"),
        "TOKEN": Hidden("hunter1"),
        "NEW": Hidden("y"),
        "XPC_SERVICE_NAME": Hidden("com.example.agent"),
    }
    found = by_key(file=file, environment=loaded)
    variables = {k.partition(" ")[2]: one for k, one in found.items() if " " in k}
    assert {name: one.same for name, one in variables.items()} == {
        "A": True,
        "TOKEN": False,
        "GONE": False,
        "NEW": False,
    }
    assert (variables["GONE"].loaded, variables["NEW"].file) == ("", "")
    assert "hunter" not in repr(found)

"""Two definitions against each other."""

from __future__ import annotations

import msgspec

from entraclaw_tui.macos.agent_changes import code_changed, difference
from entraclaw_tui.macos.job_compare import outdated
from entraclaw_tui.model.job import Job

WRITTEN: dict[str, object] = {
    "Label": "com.entraclaw.agent",
    "ProgramArguments": ["/opt/python", "worker"],
    "StandardOutPath": "/logs/out",
    "StandardErrorPath": "/logs/err",
    "ExitTimeOut": 20,
    "ThrottleInterval": 10,
    "ProcessType": "Interactive",
    "Sockets": {"Request": {}, "Control": {}},
}
LOADED = Job(
    "com.entraclaw.agent",
    "gui/501",
    arguments=("/opt/python", "worker"),
    stdout_path="/logs/out",
    stderr_path="/logs/err",
    exit_timeout_seconds=20,
    throttle_seconds=10,
    spawn_type="interactive (4)",
    sockets=("Control", "Request"),
)


def test_the_same_is_the_same() -> None:
    assert outdated(LOADED, WRITTEN) == ()


def test_every_key_that_launchd_shows() -> None:
    assert outdated(LOADED, WRITTEN | {"ProgramArguments": ["/new"]}) == ("ProgramArguments",)
    assert outdated(LOADED, WRITTEN | {"StandardOutPath": "/x"}) == ("StandardOutPath",)
    assert outdated(LOADED, WRITTEN | {"StandardErrorPath": "/x"}) == ("StandardErrorPath",)
    assert outdated(LOADED, WRITTEN | {"ExitTimeOut": 5}) == ("ExitTimeOut",)
    assert outdated(LOADED, WRITTEN | {"ThrottleInterval": 5}) == ("ThrottleInterval",)
    assert outdated(LOADED, WRITTEN | {"ProcessType": "Background"}) == ("ProcessType",)
    assert outdated(LOADED, WRITTEN | {"Sockets": {"Request": {}}}) == ("Sockets",)
    assert outdated(LOADED, {}) != ()


def test_a_throttle_that_grows_by_itself_is_no_change() -> None:
    grown = msgspec.structs.replace(
        LOADED, throttle_seconds=80, properties=("exponential throttling",)
    )
    assert outdated(grown, WRITTEN) == ()


def test_what_launchd_does_not_print_is_not_compared() -> None:
    quiet = msgspec.structs.replace(
        LOADED, throttle_seconds=None, exit_timeout_seconds=None, spawn_type=""
    )
    assert outdated(quiet, WRITTEN) == ()


def test_changed_code() -> None:
    assert not code_changed(LOADED)
    assert code_changed(msgspec.structs.replace(LOADED, last_reason="OS_REASON_CODESIGNING"))
    assert code_changed(msgspec.structs.replace(LOADED, properties=("needs LWCR update",)))


def test_a_diff_shows_what_changes_and_no_foreign_secret() -> None:
    before = WRITTEN | {
        "ExitTimeOut": 5,
        "EnvironmentVariables": {"ENTRACLAW_HOME": "/old", "API_KEY": "hunter2\x1b[2J"},
    }
    after = WRITTEN | {"EnvironmentVariables": {"ENTRACLAW_HOME": "/new"}}
    lines = [line.replace(" ", "") for line in difference(before, after)]
    assert "-<integer>5</integer>" in lines
    assert "+<integer>20</integer>" in lines
    assert "-<string>/old</string>" in lines
    assert "-<key>API_KEY</key>" in lines
    assert "hunter2" not in "".join(lines)


def test_without_an_old_one_the_new_one_is_shown_whole() -> None:
    lines = difference(None, WRITTEN)
    assert (lines[0], lines[-1]) == ("<dict>", "</dict>")
    assert not any("\x1b" in line for line in difference(None, {"Label": "\u202eodd"}))

"""However the demo ends, nothing of it is left: no process, no folder, a terminal as it was."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.e2e.demo.conftest import Terminals
from tests.support.demo import PROGRAM, Headless, until
from tests.support.terminal import Terminal

RESTORED = b"\x1b[?1049l"


def processes_of(terminal: Terminal) -> list[psutil.Process]:
    """Everything that the demo started: the pretend Mac, its jobs, their children."""
    found = psutil.Process(terminal.pid).children(recursive=True)
    assert len(found) > 3, "the pretend Mac should have started its jobs"
    return found


def folder_of(processes: list[psutil.Process]) -> Path:
    """The pretend Mac's folder. A tool that just begins or ends does not name it."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            command = process.cmdline()
            if "--root" in command:
                return Path(command[command.index("--root") + 1])
    raise AssertionError("no process of the demo names its folder")


def all_gone(processes: list[psutil.Process]) -> bool:
    def lives(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return not any(lives(process) for process in processes)


def press(key: str) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.press(key)


def send(number: int) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.signal(number)


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        pytest.param(press("q"), 0, id="q"),
        pytest.param(press("ctrl+c"), 0, id="ctrl-c"),
        pytest.param(send(signal.SIGTERM), 128 + signal.SIGTERM, id="sigterm"),
        pytest.param(send(signal.SIGHUP), 128 + signal.SIGHUP, id="sighup"),
    ],
)
def test_leaving_leaves_nothing(
    terminals: Terminals, leave: Callable[[Terminal], None], code: int
) -> None:
    terminal = terminals([*PROGRAM, "demo"])
    terminal.wait_for("mcp-notes")
    processes = processes_of(terminal)
    folder = folder_of(processes)
    assert folder.is_dir()
    leave(terminal)
    assert terminal.wait_end() == code
    assert RESTORED in terminal.raw
    assert terminal.modes == terminal.before
    until(lambda: all_gone(processes), "the end of every process")
    assert not folder.exists()


@pytest.mark.parametrize("killed", [False, True], ids=["hung up", "killed"])
def test_a_lost_terminal_or_a_kill_leaves_nothing(terminals: Terminals, killed: bool) -> None:
    terminal = terminals([*PROGRAM, "demo"])
    terminal.wait_for("mcp-notes")
    processes = processes_of(terminal)
    folder = folder_of(processes)
    if killed:
        terminal.signal(signal.SIGKILL)
    else:
        terminal.hang_up()
    terminal.wait_end()
    until(lambda: all_gone(processes), "the end of every process")
    until(lambda: not folder.exists(), "the folder's end")


def test_a_named_folder_stays_and_serves_again(folder: Path) -> None:
    for _ in range(2):
        with Headless(folder) as demo:
            assert str(folder) in demo.said
            assert demo.look("status")["worker"]["signed_in"] == "demo@contoso.example"
            pid = demo.worker_pid()
            assert demo.stop() == 0
        assert not psutil.pid_exists(pid)
    assert (folder / "Users/demo/.config/entraclaw/state.db").is_file()


def test_the_worker_outlives_the_panel(headless: Headless, terminals: Terminals) -> None:
    pid = headless.worker_pid()
    panel = terminals([*PROGRAM, "--root", str(headless.root)])
    panel.wait_for(str(pid))
    panel.press("q")
    assert panel.wait_end() == 0
    assert headless.worker_pid() == pid


def test_a_running_mac_is_not_started_twice(headless: Headless) -> None:
    done = headless.command("demo", "--headless", "--dir", str(headless.root))
    assert done.returncode == 64
    assert "already runs" in done.stderr


def test_ctrl_z_gives_the_terminal_back_and_fg_the_panel(
    headless: Headless, terminals: Terminals
) -> None:
    panel = terminals([*PROGRAM, "--root", str(headless.root)])
    panel.wait_for("mcp-notes")
    panel.settle()
    panel.press("ctrl+z")
    process = psutil.Process(panel.pid)
    panel.until(lambda: process.status() == psutil.STATUS_STOPPED, "the stop")
    panel.settle()
    assert RESTORED in panel.raw
    panel.screen.reset()
    panel.signal(signal.SIGCONT)
    panel.until(lambda: process.status() != psutil.STATUS_STOPPED, "the way back")
    panel.wait_for("mcp-notes")
    panel.wait_for("PRETEND MAC")
    panel.press("q")
    assert panel.wait_end() == 0


def test_a_terminal_that_cannot_place_text_is_told_what_works_there(terminals: Terminals) -> None:
    terminal = terminals([*PROGRAM, "demo"], environment={"TERM": "dumb"})
    assert terminal.wait_end() == 64
    assert "--plain" in terminal.text
    assert "--json" in terminal.text


def test_no_variable_of_the_environment_presses_a_key(
    headless: Headless, terminals: Terminals
) -> None:
    panel = terminals(
        [*PROGRAM, "--root", str(headless.root)],
        environment={
            "TEXTUAL_PRESS": "d,q",
            "TEXTUAL_DRIVER": "os:abort",
            "TEXTUAL_SCREENSHOT": "1",
        },
    )
    panel.wait_for("report-bot")
    panel.settle()
    assert all(request["state"] == "pending" for request in headless.look("requests", "--all"))
    panel.press("q")
    assert panel.wait_end() == 0


@pytest.mark.parametrize(("macos", "own"), [("14", "read"), ("27", "listed")])
def test_another_macos_keeps_its_privacy_elsewhere(folder: Path, macos: str, own: str) -> None:
    with Headless(folder, "--macos", macos) as demo:
        assert demo.look("status")["machine"]["macos"].startswith(macos)
        privacy = demo.look("privacy")["value"]
        assert privacy["user_database"] == own
        assert privacy["system_database"] == "read"
        assert privacy["grants"]
        assert "Accessibility" in demo.command("privacy").stdout

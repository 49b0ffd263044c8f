"""`--watch`: repainted on a terminal, appended in a pipe, a document a line as JSON."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pyte
import pytest

from entraclaw_tui.cli import exits, watching
from entraclaw_tui.cli.context import Stop
from entraclaw_tui.cli.main import cli
from entraclaw_tui.cli.watching import Append, Documents, Repaint, printed, screen_for
from entraclaw_tui.demo.mac.build import prepare
from entraclaw_tui.macos.host import Host
from tests.support.terminal import Terminal

COMMAND = [sys.executable, "-I", "-m", "entraclaw_tui"]
LOOKING = ("status", "jobs", "keychain", "privacy", "requests", "grants", "tokens", "audit")


class Window:
    """A terminal of a size that is fed with what was written."""

    def __init__(self, columns: int = 60, rows: int = 8) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("$ entraclaw-tui jobs --watch\r\n")
        self.out = io.StringIO()
        self.written = 0
        self.size = (columns, rows)
        self.repaint = Repaint(self.out, lambda: self.size, lambda: 0.0)

    def show(self, text: str, trouble: str = "") -> list[str]:
        self.repaint.show(text, trouble)
        new = self.out.getvalue()[self.written :]
        self.written = len(self.out.getvalue())
        self.stream.feed(new.replace("\n", "\r\n"))
        return [line.rstrip() for line in self.screen.display]


def test_a_terminal_is_painted_in_place() -> None:
    window = Window()
    first = window.show("a 1\nb 1\n")
    assert first[:3] == ["$ entraclaw-tui jobs --watch", "a 1", "b 1"]
    assert first[3].startswith("-- as of 00:00:00")
    assert window.show("a 2\n")[:4] == ["$ entraclaw-tui jobs --watch", "a 2", first[3], ""]
    assert window.show("", "The worker is not running.\n")[1] == "The worker is not running."


def test_nothing_is_written_without_a_change() -> None:
    window = Window()
    window.show("a 1\n")
    before = window.written
    window.show("a 1\n")
    assert window.written == before


def test_what_does_not_fit_is_counted_and_never_scrolls() -> None:
    window = Window(rows=6)
    for number in range(3):
        lines = window.show("".join(f"{number} {n} {'x' * 200}\n" for n in range(50)))
        assert [line[:3] for line in lines[:3]] == [f"{number} {n}" for n in range(3)]
        assert lines[3] == "... and 47 more lines"
    window.screen.resize(6, 40)
    window.size = (40, 6)
    assert window.show("small\n")[0] == "small"


def test_no_text_reaches_the_terminal_as_a_command() -> None:
    window = Window()
    window.show("a\x1b]52;c;aGk=\x07b\n")
    assert "\x1b]" not in window.out.getvalue()


def test_a_pipe_gets_what_is_new() -> None:
    out, err = io.StringIO(), io.StringIO()
    append = Append(out, err, lambda: 0.0)
    append.show("head\na 1\nb 1\n", "")
    append.show("head\na 1\nb 1\n", "")
    append.show("", "The worker is not running.\n")
    append.show("", "The worker is not running.\n")
    append.show("head\na 1\nb 2\n", "")
    assert out.getvalue() == "head\na 1\nb 1\n00:00:00 b 2\n"
    assert err.getvalue() == "The worker is not running.\n"


def test_json_is_a_document_a_line_on_each_change() -> None:
    out = io.StringIO()
    documents = Documents(out)
    documents.show('{\n "type": "loaded", "value": {"at": 1}, "at": 10\n}\n', "")
    documents.show('{"type": "loaded", "value": {"at": 1}, "at": 12}', "")
    documents.show('{"type": "loaded", "value": {"at": 2}, "at": 14}', "")
    documents.show("", "The worker is not running.\n")
    documents.show("", "The worker is not running.\n")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["type"] for line in lines] == ["loaded", "loaded", "failed"]
    assert lines[1]["at"] == 14
    assert lines[2]["reason"] == "The worker is not running."


async def test_a_look_that_cannot_be_is_told_and_not_the_end() -> None:
    async def refused() -> int:
        click.echo("half")
        raise Stop("The worker is not running.", exits.TRY_AGAIN)

    assert await printed(refused) == ("", "The worker is not running.\n")


def test_json_wins_over_the_terminal() -> None:
    assert isinstance(screen_for(sys.stdout, sys.stderr, as_json=True), Documents)


@pytest.mark.parametrize("name", LOOKING)
def test_every_looking_command_watches(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts}
    assert options >= {"--watch", "--json", "--plain"}


@pytest.fixture
def mac() -> Iterator[Host]:
    host = prepare(None)
    yield host
    shutil.rmtree(host.root)


def test_a_pipe_is_fed_until_ctrl_c_which_is_no_error(mac: Host) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--root", str(mac.root), "keychain", "--watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert first["type"] in ("loaded", "empty", "failed")
    hidden = mac.path("/usr/bin/security")
    hidden.rename(hidden.with_name("security-away"))
    assert json.loads(process.stdout.readline())["type"] == "failed"
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_terminal_shows_it_in_place_until_ctrl_c(mac: Host) -> None:
    terminal = Terminal(
        [*COMMAND, "--root", str(mac.root), "status", "--watch"], columns=80, rows=20
    )
    try:
        terminal.wait_for("a pretend Mac")
        terminal.wait_for("ctrl[+]c ends")
        before = len(terminal.raw)
        socket = Path(mac.home / ".config/entraclaw/run/control.sock")
        assert "not running" in terminal.text
        socket.parent.mkdir(parents=True)
        socket.write_text("")  # somebody has left something there: another sentence
        terminal.wait_gone("has no socket")
        assert terminal.text.count("a pretend Mac") == 1
        assert len(terminal.raw) - before < 2000
        terminal.press("ctrl+c")
        assert terminal.wait_end() == 0
        assert "Traceback" not in terminal.text
    finally:
        terminal.close()


def test_a_reader_that_goes_ends_it(mac: Host) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--root", str(mac.root), "status", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "status\n"
    process.stdout.close()
    try:
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.stderr.close()


def test_looks_are_two_seconds_apart() -> None:
    assert watching.SECONDS == 2.0

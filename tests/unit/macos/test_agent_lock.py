"""One command at a time; whoever comes second hears who was first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from entraclaw_tui.macos.agent_lock import AgentLock, Busy
from entraclaw_tui.macos.agent_steps import Verb
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places

HOLD = """
import sys
from pathlib import Path
from entraclaw_tui.macos.agent_lock import AgentLock
from entraclaw_tui.macos.agent_steps import Verb
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
with AgentLock(Places.of(Host.open(Path(sys.argv[1]))), Verb.RESTART):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_hears_who_holds_it_and_nothing_stays(mac: Host) -> None:
    places = Places.of(mac)
    with AgentLock(places, Verb.INSTALL):
        assert places.agent_lock.stat().st_mode & 0o777 == 0o600
        with pytest.raises(Busy, match=rf"agent install.*\(pid {os.getpid()}\)"):
            AgentLock(places, Verb.STOP).__enter__()
    assert not places.config_dir.exists()
    with AgentLock(places, Verb.STOP):
        pass


def test_a_folder_with_something_in_it_stays(mac: Host) -> None:
    places = Places.of(mac)
    with AgentLock(places, Verb.INSTALL):
        places.config.touch()
    assert list(places.config_dir.iterdir()) == [places.config]


def test_an_uninstallation_may_take_the_lock_with_it(mac: Host) -> None:
    places = Places.of(mac)
    with AgentLock(places, Verb.UNINSTALL):
        places.agent_lock.unlink()
        places.config_dir.rmdir()
        with AgentLock(places, Verb.INSTALL):
            pass
    assert not places.config_dir.exists()


def test_a_killed_command_holds_nothing_any_more(mac: Host) -> None:
    places = Places.of(mac)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(mac.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match=rf"agent restart.*\(pid {first.pid}\)"):
            AgentLock(places, Verb.STOP).__enter__()
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        with AgentLock(places, Verb.STOP):
            assert places.agent_lock.exists()


def test_a_holder_that_left_no_word_is_still_in_the_way(mac: Host) -> None:
    places = Places.of(mac)
    with AgentLock(places, Verb.INSTALL):
        places.agent_lock.write_text("")
        with pytest.raises(Busy, match="Another command"):
            AgentLock(places, Verb.STOP).__enter__()

"""Values of environments: they travel, and never show themselves by accident."""

from __future__ import annotations

import copy
import json
import pickle

import msgspec
import pytest

from entraclaw_tui.macos.hidden import MASK, Hidden, shown
from entraclaw_tui.macos.launchctl_environment import environments

PRINT = """\
gui/501/com.example.a = {
\tinherited environment = {
\t\tAPI_TOKEN => hunter2
\t\tTRICK => a => b
\t\tEMPTY =>
\t}

\tdefault environment = {
\t\tPATH => /usr/bin:/bin
\t}
}
"""


def test_it_prints_nothing_of_itself() -> None:
    value = Hidden("hunter2")
    for text in (repr(value), str(value), f"{value}", f"{value!r:>20}", f"{[value]}"):
        assert "hunter2" not in text
    assert value.reveal() == "hunter2"
    assert value == Hidden("hunter2")
    assert value != "hunter2"
    assert len({value, Hidden("hunter2")}) == 1
    assert not Hidden("")


def test_nothing_writes_it_anywhere() -> None:
    for write in (pickle.dumps, copy.copy, json.dumps, msgspec.json.encode):
        with pytest.raises(TypeError):
            write(Hidden("hunter2"))


def test_environments_of_a_print() -> None:
    found = environments(PRINT)
    assert list(found) == ["inherited environment", "default environment"]
    inherited = found["inherited environment"]
    assert inherited["TRICK"].reveal() == "a => b"
    assert not inherited["EMPTY"]
    assert "hunter2" not in str(found)
    assert environments("") == {}


def test_one_is_shown_by_name() -> None:
    inherited = environments(PRINT)["inherited environment"]
    assert shown(inherited, ()) == {"API_TOKEN": MASK, "TRICK": MASK, "EMPTY": MASK}
    assert shown(inherited, ("TRICK", "OTHER"))["TRICK"] == "a => b"
    assert shown(inherited, ("TRICK",))["API_TOKEN"] == MASK

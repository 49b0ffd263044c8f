"""The job's whole story and its program's signature, by the commands."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.support.demo import until

if TYPE_CHECKING:
    from tests.e2e.scenarios.conftest import Scene

    Begin = Callable[..., Scene]


def story(demo: Scene) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(demo.command("jobs", "--story", "--json").stdout)
    return told


def test_a_crash_loop_is_told_with_its_own_last_words(scene: Begin) -> None:
    demo = scene("crash-loop")
    until(lambda: story(demo)["said"]["type"] == "loaded", "the worker wrote on standard error")
    told = story(demo)
    assert any("--listen" in line for line in told["said"]["value"])
    assert "options that it does not know" in told["words"]["ended"]
    assert "at most every 10 s" in told["words"]["next"]
    assert {one["same"] for one in told["definition"]["value"]["keys"]} == {True, None}
    plain = demo.command("jobs", "--story")
    assert "No such option" in plain.stdout
    assert "started again after a failure (KeepAlive SuccessfulExit false)" in plain.stdout


def test_no_value_of_the_environment_is_printed(scene: Begin) -> None:
    demo = scene("healthy")
    home = str(demo.root / "Users/demo/.config/entraclaw")
    tool = str(demo.root / "bin/launchctl")
    subprocess.run([tool, "setenv", "OTHER_API_KEY", "hunter2"], check=True)
    told = demo.command("jobs", "--story").stdout
    assert "OTHER_API_KEY" in told
    assert "hunter2" not in told
    names = {one["name"]: one for one in story(demo)["environment"]["value"]}
    assert names["ENTRACLAW_HOME"]["size"] == len(home)
    assert names["OTHER_API_KEY"]["kind"] == "inherited environment"
    assert "hunter2" not in demo.command("jobs", "--story", "--json").stdout


def test_another_python_is_found_behind_its_links(scene: Begin) -> None:
    demo = scene("wrong-python")
    program = story(demo)["program"]["value"]
    assert program["python"]["maker"] == "homebrew"
    signed = json.loads(demo.command("signature", "--json").stdout)
    assert signed["status"] == "adhoc"
    assert signed["program"]["real"] == program["real"]
    assert signed["entitlements"]["type"] == "loaded"
    assert signed["assessment"]["value"]["accepted"] is False
    assert signed["stapled"]["value"] is False


def test_a_job_that_is_not_loaded_still_has_its_file(scene: Begin) -> None:
    demo = scene("disabled")
    told = story(demo)
    assert told["job"]["type"] == "empty"
    assert told["definition"]["value"]["there"] is True
    assert told["definition"]["value"]["loaded"] is False
    assert told["program"]["value"]["there"] is True
    unsigned = demo.command("signature", "/nowhere/at/all")
    assert unsigned.returncode == 1

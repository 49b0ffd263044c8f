"""Every other way a job of the pretend launchd starts: clocks, paths, other jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.macos.launchctl_print import parse

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

LABEL = "example.contoso.job"
OTHER = "example.contoso.other"
SLEEP = ("/bin/sleep", "1000")
DONE = ("/bin/sh", "-c", "exit 0")
DRAIN = ("/bin/sh", "-c", 'rm -f "$0"/*')


def ran(mac: Mac, times: int, why: str) -> None:
    mac.until_job(LABEL, lambda job: (job.runs or 0) >= times, why)


def test_keepalive_true_starts_again_after_a_good_end(mac: Mac) -> None:
    mac.load(LABEL, *DONE, KeepAlive=True, ThrottleInterval=1)
    job = mac.until_job(LABEL, lambda job: (job.runs or 0) >= 3, "it starts again")
    assert job.last_exit == "0"
    assert "keepalive" in job.properties


def test_successful_exit_true_starts_again_after_a_good_end_alone(mac: Mac) -> None:
    keep = {"SuccessfulExit": True}
    mac.load(LABEL, *DONE, KeepAlive=keep, ThrottleInterval=1)
    mac.load(OTHER, "/bin/sh", "-c", "exit 3", KeepAlive=keep, ThrottleInterval=1)
    ran(mac, 3, "it starts again")
    job = mac.job(OTHER)
    assert job is not None
    assert (job.state, job.runs, job.last_exit) == ("not running", 1, "3")


def test_a_path_that_is_there_keeps_it_alive(mac: Mac) -> None:
    path = mac.host.root / "trigger"
    mac.load(LABEL, *SLEEP, KeepAlive={"PathState": {str(path): True}})
    assert mac.job(LABEL) is not None
    job = mac.job(LABEL)
    assert job is not None
    assert (job.state, job.runs) == ("not running", 0)
    path.write_text("go")
    job = mac.running(LABEL)
    assert job.immediate_reason == "semaphore"
    path.unlink()
    mac.launchctl("kill", "TERM", f"gui/501/{LABEL}")
    mac.until_job(LABEL, lambda job: job.state == "not running", "it rests")


def test_a_path_that_is_not_there_keeps_it_alive(mac: Mac) -> None:
    path = mac.host.root / "blocker"
    mac.load(LABEL, *SLEEP, KeepAlive={"PathState": {str(path): False}})
    assert mac.running(LABEL).alive


@pytest.mark.parametrize("wanted", [True, False])
def test_another_job_loaded_or_not_keeps_it_alive(mac: Mac, wanted: bool) -> None:
    if not wanted:
        mac.load(OTHER, *SLEEP)
    mac.load(LABEL, *SLEEP, KeepAlive={"OtherJobEnabled": {OTHER: wanted}})
    job = mac.job(LABEL)
    assert job is not None
    assert job.runs == 0
    if wanted:
        mac.load(OTHER, *SLEEP)
    else:
        mac.launchctl("bootout", f"gui/501/{OTHER}")
    assert mac.running(LABEL).immediate_reason == "semaphore"


def test_watch_paths(mac: Mac) -> None:
    path = mac.host.root / "watched"
    mac.load(LABEL, *DONE, WatchPaths=[str(path)], ThrottleInterval=1)
    job = mac.job(LABEL)
    assert job is not None
    assert job.runs == 0
    path.write_text("one")
    ran(mac, 1, "it starts at a change")
    path.write_text("another")
    ran(mac, 2, "it starts at the next change")


def test_a_queue_is_worked_until_it_is_empty(mac: Mac) -> None:
    queue = mac.host.root / "queue"
    queue.mkdir()
    (queue / "one").write_text("")
    mac.load(LABEL, *DRAIN, str(queue), QueueDirectories=[str(queue)], ThrottleInterval=1)
    mac.until(lambda: not list(queue.iterdir()), "the queue is empty")
    ran(mac, 1, "it ran")


def test_calendar_moments(mac: Mac) -> None:
    # Every minute; launchd's clock runs 50 times faster here.
    mac.load(LABEL, *DONE, StartCalendarInterval={}, ThrottleInterval=1)
    ran(mac, 2, "two minutes of launchd's clock passed")
    status, out, _ = mac.launchctl("print", f"gui/501/{LABEL}")
    assert status == 0
    assert "stream = com.apple.launchd.calendarinterval" in out


def test_triggers_are_printed_as_blocks_of_their_own(mac: Mac) -> None:
    mac.load(
        LABEL,
        *SLEEP,
        StartCalendarInterval={"Hour": 3, "Minute": 30},
        WatchPaths=["/private/var/one = {", "/private/var/two"],
        KeepAlive={"PathState": {"/private/nothing": True}, "Crashed": True},
    )
    _, out, _ = mac.launchctl("print", f"gui/501/{LABEL}")
    body = next(parse(out).blocks())
    triggers = body.block("event triggers")
    assert triggers is not None
    assert [block.name for block in triggers.blocks()] == [
        f"{LABEL}.268435456",
        "com.apple.launchd.WatchPaths",
        "com.apple.launchd.PathState",
    ]
    semaphores = body.block("semaphores")
    assert semaphores is not None
    assert dict(semaphores.pairs()) == {"after crash": "1"}
    calendar = triggers.block(f"{LABEL}.268435456")
    assert calendar is not None
    descriptor = calendar.block("descriptor")
    assert descriptor is not None
    assert dict(descriptor.pairs()) == {"Minute": "30", "Hour": "3"}

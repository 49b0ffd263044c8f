"""What is done to the job and by launchd."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

from entraclaw_tui.cli.link import control
from entraclaw_tui.demo.mac.launchd.code import write_pairs
from entraclaw_tui.demo.scenarios import jobs
from entraclaw_tui.ipc.messages import Nothing, WorkerInfo
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.job import Job
from tests.e2e.doctor.row import Row, fresh, row
from tests.support.furnished import TARGET, FurnishedMac
from tests.support.raw_client import RawClient

FOR_EVER = 1_000_000
"""Seconds of throttling: the state stays while it is looked at."""
FAILS = "raise SystemExit(3)"
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True: time.sleep(60)
"""


def disabled(mac: FurnishedMac) -> None:
    mac.launchctl("disable", TARGET)
    mac.later(lambda: mac.launchctl("enable", TARGET))


def boot_out(mac: FurnishedMac) -> None:
    mac.launchctl("bootout", TARGET)
    mac.until(lambda: mac.job() is None, "it is gone")


def reached(what: Callable[[Job], object]) -> Callable[[FurnishedMac], None]:
    def wait(mac: FurnishedMac) -> None:
        mac.until_job(lambda job: not job.alive and what(job), "the state is reached")

    return wait


def failed(mac: FurnishedMac) -> None:
    mac.runs(FAILS, ThrottleInterval=FOR_EVER)


def failed_often(mac: FurnishedMac) -> None:
    failed(mac)
    write_pairs(mac.layout.past_runs, {LABEL: str(jobs.PAST_RUNS)})


def will_not_end(mac: FurnishedMac) -> None:
    mac.runs(DEAF, ExitTimeOut=600, StandardOutPath=str(mac.host.home / "Library/Logs/deaf.log"))


def told_to_end(mac: FurnishedMac) -> None:
    said = mac.host.home / "Library/Logs/deaf.log"
    mac.until(lambda: said.exists() and "ready" in said.read_text(), "it hears no SIGTERM")
    pid = mac.until_job(lambda job: job.alive, "it runs").pid
    assert pid is not None
    mac.later(lambda: os.kill(pid, signal.SIGKILL))
    mac.launchctl("bootout", TARGET)


def fate(reason: str) -> Callable[[FurnishedMac], None]:
    def ends(mac: FurnishedMac) -> None:
        mac.define(ThrottleInterval=FOR_EVER)
        write_pairs(mac.layout.fates, {LABEL: reason})

    return ends


def nobody_at_the_screen(mac: FurnishedMac) -> None:
    mac.layout.no_desktop.touch()


def no_working_folder(mac: FurnishedMac) -> None:
    mac.define(WorkingDirectory=str(mac.host.home / "none"), ThrottleInterval=FOR_EVER)


def other_code(mac: FurnishedMac) -> None:
    mac.define(ThrottleInterval=FOR_EVER)
    jobs.lwcr(mac.host)


def pause(mac: FurnishedMac) -> None:
    async def ask() -> None:
        async with control(mac.host) as connection:
            await connection.call("worker.pause", Nothing(), WorkerInfo)

    asyncio.run(ask())


def small_files(mac: FurnishedMac) -> None:
    """Let launchd allow the worker small files only, as on a disk that is full."""
    mac.define(SoftResourceLimits={"FileSize": 400_000})


def fill(mac: FurnishedMac) -> None:
    """Have something stored until that fails."""
    client = RawClient(str(Places.of(mac.host).request_socket))
    client.hello("filler")
    reason = "x" * 200
    for number in range(10):  # as many as a client may ask a minute
        answer = client.ask(
            "token.request",
            resource="https://graph.microsoft.com",
            scopes=["User.Read"],
            reason=f"{number} {reason}",
        )
        if "error" in answer:
            break
        result = answer["result"]
        assert isinstance(result, dict)
        client.ask("token.cancel", request_id=result["request_id"])
    client.close()
    assert "storage" in str(answer), answer


def stopped(mac: FurnishedMac) -> None:
    pid = mac.until_job(lambda job: job.alive, "it runs").pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    mac.later(lambda: os.kill(pid, signal.SIGCONT))


ROWS: tuple[Row, ...] = (
    row("label-disabled", disabled),
    row("worker-silent", stopped),
    fresh("launchd-silent", lambda mac: None, on=False),
    fresh("job-not-loaded", lambda mac: None, boot_out),
    fresh("job-not-running", lambda mac: mac.runs(""), reached(lambda job: job.last_exit == "0")),
    fresh("job-ending", will_not_end, told_to_end),
    fresh("start-pended", lambda mac: jobs.pended(mac.host), reached(lambda job: job.pended)),
    fresh("exit-config", no_working_folder, reached(lambda job: job.last_exit)),
    fresh("crash-loop", failed_often, reached(lambda job: job.throttled)),
    fresh("start-throttled", failed, reached(lambda job: job.throttled)),
    fresh("program-changed", other_code, reached(lambda job: job.last_reason)),
    fresh("library-missing", fate("OS_REASON_DYLD"), reached(lambda job: job.last_reason)),
    fresh("not-executable", fate("OS_REASON_EXEC"), reached(lambda job: job.last_reason)),
    fresh("killed-by-privacy", fate("OS_REASON_TCC"), reached(lambda job: job.last_reason)),
    fresh(
        "killed-by-guard",
        fate("OS_REASON_ENDPOINTSECURITY"),
        reached(lambda job: job.last_reason),
    ),
    fresh(
        "killed-for-memory",
        fate("JETSAM_REASON_MEMORY_PERPROCESSLIMIT"),
        reached(lambda job: job.last_reason),
    ),
    fresh("login-items-off", lambda mac: jobs.login_items_off(mac.host)),
    fresh("plist-session", nobody_at_the_screen, also=("job-not-loaded",)),
    fresh("worker-paused", lambda mac: None, pause, worker=True),
    fresh("storage-degraded", small_files, fill, worker=True),
)

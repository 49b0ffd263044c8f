"""A launchd job, as launchd describes it."""

from __future__ import annotations

import msgspec


class Job(msgspec.Struct, frozen=True):
    """One service of a launchd domain. A value is None where launchd did not print it.

    Alive means: it has a pid. `state` is launchd's word and may be one we do not know.
    """

    label: str
    domain: str
    state: str = ""
    pid: int | None = None
    path: str = ""
    program: str = ""
    arguments: tuple[str, ...] = ()
    runs: int | None = None
    last_exit: str = ""
    """launchd's text: `0`, `78: EX_CONFIG`, `(never exited)`."""
    last_signal: str = ""
    last_reason: str = ""
    immediate_reason: str = ""
    pended: str = ""
    """Why a spawn waits (`pended nondemand spawn`), empty where none does."""
    throttle_seconds: int | None = None
    exit_timeout_seconds: int | None = None
    stdout_path: str = ""
    stderr_path: str = ""
    spawn_type: str = ""
    properties: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    raw: tuple[tuple[str, str], ...] = ()
    """Every scalar of the top level, verbatim, in the order printed."""
    complete: bool = True
    """False where launchd's answer was cut: what is missing is then unknown."""
    kind: str = ""
    """`LaunchAgent`, `LaunchDaemon`, `XPCService` ...; empty up to macOS 12."""
    exit_code: int | None = None
    """The number of `last exit code`; None where it never exited or a signal ended it."""
    exit_name: str = ""
    """`EX_CONFIG` and the like, or launchd's words: `never exited`, `abandoned`."""
    signal: int | None = None
    spawn_filter: str = ""
    """The one reason for which launchd would start it now (`spawn reason filter`)."""
    job_state: str = ""
    successive_crashes: int | None = None
    run_interval_seconds: int | None = None
    managed_by: str = ""
    semaphores: tuple[tuple[str, str], ...] = ()
    """How launchd shows the conditions of KeepAlive: `successful exit`, `0`."""

    @property
    def alive(self) -> bool:
        """Whether a process exists."""
        return self.pid is not None

    @property
    def throttled(self) -> bool:
        """Whether launchd holds it back, since it failed to start or ran too short."""
        return "penalty box" in self.properties

    @property
    def needs_reload(self) -> bool:
        """Whether launchd still expects the code the job was loaded with (its LWCR)."""
        return "needs LWCR update" in self.properties


class JobRow(msgspec.Struct, frozen=True):
    """One line of a domain's service list."""

    label: str
    pid: int | None = None
    status: str = ""
    """launchd's second column: `-`, an exit code, `-9`, `(ab)` ..."""
    disabled: bool = False


class Domain(msgspec.Struct, frozen=True):
    """A launchd domain and its services."""

    name: str
    kind: str = ""
    session: str = ""
    on_demand_count: int | None = None
    """Not zero: the domain starts nothing that is not asked for."""
    rows: tuple[JobRow, ...] = ()
    complete: bool = True
    """False where the answer was cut before the end of the services."""
    raw: tuple[tuple[str, str], ...] = ()
    """Every scalar of the top level, verbatim, in the order printed."""
    disabled: dict[str, bool] = {}
    """Labels with an override: True is disabled. They need not be loaded."""

    @property
    def on_demand_only(self) -> bool:
        """Whether the domain starts nothing now that is not asked for by name."""
        return bool(self.on_demand_count)


class Usage(msgspec.Struct, frozen=True):
    """What a process uses now."""

    cpu_percent: float
    memory_bytes: int
    started_at: float


class Process(Usage, frozen=True):
    """A job's process, looked at more closely. None: this account may not know."""

    processor_seconds: float = 0.0
    """Time of a processor that it used since it started."""
    status: str = ""
    parent: int | None = None
    threads: int | None = None
    files: int | None = None
    """Open files, sockets and the like."""
    children: int | None = None


class Compared(msgspec.Struct, frozen=True):
    """One key of a job's definition: as the file has it, and as launchd loaded it."""

    key: str
    """As in launchd.plist(5)."""
    file: str
    """Empty where the file does not have the key. Values of variables are hidden."""
    loaded: str
    """Empty where launchd tells none."""
    same: bool | None
    """None: launchd does not tell enough to say."""


class JobDefinition(msgspec.Struct, frozen=True):
    """A job's definition file beside what launchd loaded of it."""

    path: str
    there: bool
    trouble: str = ""
    """Why launchd would refuse the file, empty where it would not."""
    loaded: bool | None = False
    """Whether launchd knows the job; None where it could not be asked."""
    keys: tuple[Compared, ...] = ()
    newer: bool = False
    """Whether the file was changed after the job's process had started."""

    @property
    def differing(self) -> tuple[str, ...]:
        """The keys in which they differ, as far as launchd tells."""
        return tuple(one.key for one in self.keys if one.same is False)


class EnvironmentName(msgspec.Struct, frozen=True):
    """A variable that a job's process gets. Its value may be somebody's secret and is not here."""

    kind: str
    """launchd's name for where it comes from: `inherited environment` is the whole session's."""
    name: str
    size: int
    """Characters that its value has."""

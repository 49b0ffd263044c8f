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

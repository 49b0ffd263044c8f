"""Where everything of ours lies below the user's home."""

from __future__ import annotations

from pathlib import Path

import msgspec

from entraclaw_tui.macos.host import Host

LABEL = "com.entraclaw.agent"
"""The label of the agent's launchd job, and the service of its Keychain items."""

SOCKET_PATH_LIMIT = 103
"""Bytes that a Unix socket's path may have: `sun_path[104]` with its zero (<sys/un.h>, XNU)."""


class Places(msgspec.Struct, frozen=True):
    """The files of one account's agent. Paths can be opened (they include the root)."""

    config_dir: Path
    launch_agents: Path
    login_keychain: Path
    user_tcc: Path
    system_tcc: Path
    launchd_log: Path

    @classmethod
    def of(cls, host: Host) -> Places:
        """Return the places of the host's account."""
        home = host.home
        tcc = "Application Support/com.apple.TCC/TCC.db"
        return cls(
            config_dir=home / ".config" / "entraclaw",
            launch_agents=home / "Library" / "LaunchAgents",
            login_keychain=home / "Library" / "Keychains" / "login.keychain-db",
            user_tcc=home / "Library" / tcc,
            system_tcc=host.path("/Library") / tcc,
            launchd_log=host.path("/private/var/log/com.apple.xpc.launchd/launchd.log"),
        )

    @property
    def config(self) -> Path:
        """The settings: tenant, application, accounts, looks."""
        return self.config_dir / "config.toml"

    @property
    def credential_record(self) -> Path:
        """Which versions of the agents' keys there are; no secret."""
        return self.config_dir / "credentials.json"

    @property
    def certificate_dir(self) -> Path:
        """The certificates to be uploaded to Entra; no secret."""
        return self.config_dir / "certificates"

    @property
    def run_dir(self) -> Path:
        """Where the sockets are; 0700."""
        return self.config_dir / "run"

    @property
    def request_socket(self) -> Path:
        """Where clients ask."""
        return self.run_dir / "request.sock"

    @property
    def control_socket(self) -> Path:
        """Where the panel looks and decides."""
        return self.run_dir / "control.sock"

    @property
    def state_db(self) -> Path:
        """Requests, grants, blocks, policy, audit."""
        return self.config_dir / "state.db"

    @property
    def audit_dir(self) -> Path:
        """The audit, exported line by line."""
        return self.config_dir / "audit"

    @property
    def log_dir(self) -> Path:
        """All logs of ours."""
        return self.config_dir / "logs"

    @property
    def saved_dir(self) -> Path:
        """What a person saved from the panel; 0700, made when it is first needed."""
        return self.config_dir / "saved"

    @property
    def worker_log(self) -> Path:
        """The worker's own log: JSON lines, rotated by the worker."""
        return self.log_dir / "worker.log"

    @property
    def agent_out(self) -> Path:
        """What launchd caught of the job's standard output."""
        return self.log_dir / "agent.out.log"

    @property
    def agent_err(self) -> Path:
        """What launchd caught of the job's standard error."""
        return self.log_dir / "agent.err.log"

    @property
    def plist(self) -> Path:
        """The job's definition."""
        return self.launch_agents / f"{LABEL}.plist"

    @property
    def agent_lock(self) -> Path:
        """Held by the command that drives the job; gone when none does."""
        return self.config_dir / "agent.lock"

    @property
    def install_record(self) -> Path:
        """Which program was installed, by its digests; no secret."""
        return self.config_dir / "installed.json"

    def folders(self) -> tuple[Path, ...]:
        """Return the folders that must exist, 0700, before the job starts."""
        return (self.config_dir, self.run_dir, self.log_dir, self.audit_dir)

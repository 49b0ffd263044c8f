"""Every scenario by its name."""

from __future__ import annotations

from entraclaw_tui.demo.scenarios import jobs, keychains, programs
from entraclaw_tui.demo.scenarios.names import HEALTHY
from entraclaw_tui.demo.scenarios.scenario import Scenario

SCENARIOS = {
    HEALTHY: Scenario(),
    "crash-loop": Scenario(jobs.crash_loop, worker=False, reached="state = spawn scheduled"),
    "ex-config": Scenario(jobs.ex_config, worker=False, reached="last exit code = 78: EX_CONFIG"),
    "disabled": Scenario(jobs.disabled, worker=False),
    "login-items-off": Scenario(jobs.login_items_off, worker=False),
    "pended": Scenario(jobs.pended, worker=False, reached="pended nondemand spawn = "),
    "lwcr": Scenario(jobs.lwcr, worker=False, reached="OS_REASON_CODESIGNING"),
    "locked-keychain": Scenario(keychains.locked),
    "foreign-acl": Scenario(keychains.foreign),
    "stale-grant": Scenario(programs.stale_grant),
    "no-fda": Scenario(programs.no_full_disk_access),
    "tcc-27": Scenario(macos="27"),
    "wrong-python": Scenario(programs.wrong_python),
    "unsigned": Scenario(programs.unsigned),
    "expired-cert": Scenario(keychains.expired),
    "no-desktop": Scenario(jobs.no_desktop, domain="user"),
}

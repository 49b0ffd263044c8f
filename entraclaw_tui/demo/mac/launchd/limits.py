"""SoftResourceLimits and HardResourceLimits of a job (launchd.plist(5))."""

from __future__ import annotations

import resource
from collections.abc import Mapping

_LIMITS = {
    "CPU": ("cpu", resource.RLIMIT_CPU),
    "FileSize": ("filesize", resource.RLIMIT_FSIZE),
    "Data": ("data", resource.RLIMIT_DATA),
    "Stack": ("stack", resource.RLIMIT_STACK),
    "Core": ("core", resource.RLIMIT_CORE),
    "ResidentSetSize": ("rss", resource.RLIMIT_RSS),
    "MemoryLock": ("memlock", resource.RLIMIT_MEMLOCK),
    "NumberOfProcesses": ("maxproc", resource.RLIMIT_NPROC),
    "NumberOfFiles": ("maxfiles", resource.RLIMIT_NOFILE),
}
"""Each key, launchctl's name for it, and the kernel's number."""


def limit(soft: Mapping[str, int], hard: Mapping[str, int]) -> None:
    """Limit this very process. Raises ValueError or OSError for what the kernel refuses."""
    for key in {**soft, **hard}:
        if key in _LIMITS:
            number = _LIMITS[key][1]
            now, most = resource.getrlimit(number)
            resource.setrlimit(number, (soft.get(key, hard.get(key, now)), hard.get(key, most)))


def shown(soft: Mapping[str, int], hard: Mapping[str, int]) -> dict[str, str]:
    """Return the rows of `resource limits` in `launchctl print`."""
    return {
        f"{_LIMITS[key][0]} ({kind})": str(values[key])
        for key in _LIMITS
        for kind, values in (("soft", soft), ("hard", hard))
        if key in values
    }

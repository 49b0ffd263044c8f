"""The releases of macOS that a pretend Mac can be, with their build numbers."""

from __future__ import annotations

RELEASES = {
    "14": ("14.7.1", "23H222"),
    "15": ("15.5", "24F74"),
    "26": ("26.5", "25F71"),
    "27": ("27.0.1", "26A434"),
}
"""Version and build that stand for each major release."""


def version(macos: str) -> str:
    """Return the full version for `26` or `26.5`. Raises ValueError for a release we lack."""
    major = macos.partition(".")[0]
    if major not in RELEASES:
        raise ValueError(f"There is no pretend macOS {macos}; choose one of {', '.join(RELEASES)}.")
    return macos if "." in macos else RELEASES[major][0]


def build(version_: str) -> str:
    """Return the build number that belongs to a version."""
    return RELEASES[version_.partition(".")[0]][1]

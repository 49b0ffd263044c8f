"""Makes the folder that plays a Mac."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from pathlib import Path

import msgspec

from entraclaw_tui.demo.mac import releases
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.host import MARKER, Host, HostError, Marker

TOOLS = {
    "bin/df": "df",
    "bin/launchctl": "launchctl",
    "usr/bin/codesign": "codesign",
    "usr/bin/csrutil": "csrutil",
    "usr/bin/log": "log",
    "usr/bin/open": "open",
    "usr/bin/osascript": "osascript",
    "usr/bin/pbcopy": "pbcopy",
    "usr/bin/pbpaste": "pbpaste",
    "usr/bin/pmset": "pmset",
    "usr/bin/security": "security",
    "usr/bin/sfltool": "sfltool",
    "usr/bin/stapler": "stapler",
    "usr/bin/sw_vers": "sw_vers",
    "usr/bin/tccutil": "tccutil",
    "usr/bin/xattr": "xattr",
    "usr/bin/xcrun": "xcrun",
    "usr/sbin/ioreg": "ioreg",
    "usr/sbin/spctl": "spctl",
}
"""Each stand-in tool's place below the root, and the module of `tools` that plays it."""

_LINKS = {"tmp": "private/tmp", "var": "private/var"}


class BuildError(HostError):
    """There can be no such pretend Mac, or not there. The message is for a person."""


def prepare(
    root: Path | None = None,
    *,
    macos: str = "26",
    scenario: str = "healthy",
    speed: float = 1.0,
) -> Host:
    """Make a pretend Mac at `root` (a new short folder in /tmp where None) and return it.

    A folder that is a pretend Mac already keeps its contents and takes the new settings. Raises
    BuildError for any other folder with something in it, for an unknown release and for a speed
    that is not positive.
    """
    if not speed > 0:
        raise BuildError("The speed must be more than 0.")
    try:
        version = releases.version(macos)
    except ValueError as error:
        raise BuildError(str(error)) from None
    marker = Marker(
        format=1,
        user="demo",
        uid=501,
        home="/Users/demo",
        host="studio",
        macos=version,
        scenario=scenario,
        speed=speed,
    )
    root = _empty_folder(root)
    _write(root / MARKER, msgspec.json.encode(marker), 0o600)
    for folder in Layout(root).folders():
        (root / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = {
        "macos": marker.macos,
        "user": marker.user,
        "uid": marker.uid,
        "home": marker.home,
        "speed": speed,
    }
    lines = "".join(f"{name}={value}\n" for name, value in facts.items())
    _write(Layout(root).facts, lines.encode(), 0o600)
    for name, target in _LINKS.items():
        if not (root / name).is_symlink():
            (root / name).symlink_to(target)
    for place, tool in TOOLS.items():
        _write(root / place, _script(root, tool), 0o700)
    return Host.open(root)


def _empty_folder(root: Path | None) -> Path:
    # The real path, so that what the kernel says of a job's program starts with the root.
    if root is None:
        return Path(tempfile.mkdtemp(prefix="ec-", dir=Path("/tmp").resolve()))  # noqa: S108
    root = root.absolute()
    if root.is_symlink():
        raise BuildError(f"{root} is a link; name the folder itself.")
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (root / MARKER).exists() and any(root.iterdir()):
        raise BuildError(
            f"{root} has something in it and is no pretend Mac. Name an empty or a new folder."
        )
    if root.stat().st_uid != os.getuid():
        raise BuildError(f"{root} belongs to another user.")
    root.chmod(0o700)
    return root.resolve()


def _script(root: Path, tool: str) -> bytes:
    runner = Path(__file__).parent / "tools" / "run.py"
    words = [sys.executable, "-I", "-S", str(runner), tool, str(root)]
    return f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'.encode()


def _write(path: Path, data: bytes, mode: int) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(data)
    fresh.chmod(mode)
    fresh.replace(path)

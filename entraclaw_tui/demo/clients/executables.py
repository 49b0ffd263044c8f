"""Executables of their own: the Python binary under other names.

The kernel then says `.../usr/local/bin/mcp-notes` of the running program, as it would of a real
one. A `pyvenv.cfg` one folder up tells the binary where its standard library is
(docs.python.org/3/library/site.html, "home").
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path


def binary() -> Path:
    """Return the file of the interpreter that really runs, behind virtual environments.

    In a framework build on macOS `bin/python3` is a stub that executes the one inside Python.app,
    so that is the file whose path the kernel reports.
    """
    if sysconfig.get_config_var("PYTHONFRAMEWORK"):
        inside = Path(sys.base_prefix) / "Resources/Python.app/Contents/MacOS/Python"
        if inside.exists():
            return inside
    # `_base_executable` is what venv itself builds on; without one it is `executable`.
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def home() -> Path:
    """Return the folder that `home` of a pyvenv.cfg names: where python itself is installed."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve().parent


def prepare(prefix: Path) -> None:
    """Make `prefix` a place where copies of the binary find their standard library."""
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    version = ".".join(map(str, sys.version_info[:3]))
    (prefix / "pyvenv.cfg").write_text(
        f"home = {home()}\ninclude-system-site-packages = false\nversion = {version}\n",
        encoding="utf-8",
    )
    # A relocatable build looks for its library beside itself (@executable_path/../lib).
    (prefix / "lib").mkdir(exist_ok=True)
    for library in (Path(sys.base_prefix) / "lib").glob("libpython*"):
        beside = prefix / "lib" / library.name
        if not beside.exists():
            beside.symlink_to(library)


def add(prefix: Path, name: str) -> Path:
    """Put the binary into `prefix` under another name, in place of one that is there."""
    target = prefix / "bin" / name
    fresh = target.with_name(f".{name}.new")
    # A copy, never a link: a link of the same file elsewhere would change this one's times, and
    # macOS may report any name of a file that has several.
    shutil.copyfile(binary(), fresh)
    fresh.chmod(0o755)
    fresh.replace(target)
    return target

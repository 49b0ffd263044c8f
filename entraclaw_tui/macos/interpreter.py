"""Which interpreter a Python job really is.

A job names `.../venv/bin/python`; macOS judges the file behind all links, which for a framework
build starts yet another one. Grants and Keychain items hang on that file, and its path holds
the version: an upgrade moves it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.plain_files import open_plain

_NAME = re.compile(r"(?:python|pypy|pythonw)(?:\d+(?:\.\d+)*t?)?", re.IGNORECASE)
_VERSION = re.compile(r"(?:python@?|cpython-|Versions/|/)(\d+\.\d+(?:\.\d+)*)", re.IGNORECASE)
_ENV = "/usr/bin/env"
_SHIM = "/usr/bin/python3"
_MAKERS = (
    ("/Cellar/python", "homebrew"),
    ("/homebrew/", "homebrew"),
    ("/uv/python/", "uv"),
    ("/.pyenv/versions/", "pyenv"),
    ("/Library/Frameworks/Python.framework/", "python.org"),
    ("/CommandLineTools/", "apple"),
    ("/Xcode.app/", "apple"),
    ("/miniconda", "conda"),
    ("/anaconda", "conda"),
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A job's Python, by each of its names."""

    named: str
    """As the job's definition names it."""
    real: str
    """The file behind all links: what macOS signs, grants and remembers."""
    image: str
    """What runs in the end: for a framework build the program inside its Python.app."""
    venv: str = ""
    """The virtual environment's folder, empty where there is none."""
    home: str = ""
    """Where that environment says its Python is (`home` in pyvenv.cfg)."""
    version: str = ""
    maker: str = ""
    """`homebrew`, `uv`, `pyenv`, `python.org`, `apple`, `conda`, or empty."""
    there: bool = True
    """Whether the file exists and may be run."""
    trouble: str = ""

    @property
    def version_in_path(self) -> bool:
        """Whether an upgrade moves it, and so voids what hangs on the path."""
        return bool(_VERSION.search(self.real))


@dataclass(frozen=True, slots=True)
class Program:
    """What a job starts: its file by name, and behind all links."""

    named: str
    """As the definition names it."""
    real: str
    """The file that macOS judges."""
    there: bool
    """Whether it exists and may be run."""
    python: Interpreter | None = None
    """Which Python it is, None where it is none."""


def find_program(host: Host, arguments: Sequence[str]) -> Program | None:
    """Return the program that a job's arguments start, None without any. Blocks for a moment."""
    if not arguments or not arguments[0]:
        return None
    python = find_interpreter(host, arguments)
    if python is not None and python.real:
        return Program(python.named, python.real, python.there, python)
    real = os.path.realpath(on_disk(host, arguments[0]))
    there = os.access(real, os.X_OK) and Path(real).is_file()
    return Program(host.shown(arguments[0]), host.shown(real), there, python)


def is_python(program: str) -> bool:
    """Say whether a program's name is that of a Python interpreter."""
    return _NAME.fullmatch(program.rpartition("/")[2]) is not None


def find_interpreter(host: Host, arguments: Sequence[str]) -> Interpreter | None:
    """Return the interpreter that a job's arguments start; None where it is no Python.

    Paths are those of the Mac. Blocks for some milliseconds; never raises.
    """
    if not arguments:
        return None
    named = arguments[0]
    if named == _ENV:
        found = next((word for word in arguments[1:] if "=" not in word), "")
        if not is_python(found):
            return None
        return Interpreter(
            found, "", "", there=False, trouble="It is looked for in PATH, which launchd sets."
        )
    if not is_python(named):
        named_script = _shebang(on_disk(host, named))
        if not is_python(named_script):
            return None
        named = named_script
    place = on_disk(host, named)
    venv = _venv(place)
    settings = _settings(venv) if venv else {}
    real = os.path.realpath(place)
    shown = host.shown(real)
    return Interpreter(
        named=host.shown(named),
        real=shown,
        image=host.shown(_image(real)),
        venv=host.shown(venv) if venv else "",
        home=settings.get("home", ""),
        version=settings.get("version_info") or settings.get("version") or _version(shown),
        maker=next((maker for sign, maker in _MAKERS if sign in shown), ""),
        there=os.access(real, os.X_OK) and Path(real).is_file(),
        trouble="It only starts the Python of the developer tools." if named == _SHIM else "",
    )


def on_disk(host: Host, path: str) -> Path:
    """Return where a path of the Mac can be opened; a pretend one's may have its root already."""
    if host.pretend and path.startswith(f"{host.root}/"):
        return Path(path)
    place = host.path(path)
    # A pretend Mac runs its jobs with this machine's own interpreter.
    return Path(path) if host.pretend and not place.exists() and Path(path).exists() else place


def _venv(program: Path) -> str:
    folder = program.parent.parent
    return str(folder) if (folder / "pyvenv.cfg").is_file() else ""


def _settings(venv: str) -> dict[str, str]:
    try:
        with open_plain(Path(venv, "pyvenv.cfg")) as file:
            text = file.read(64 * 1024).decode("utf-8", "backslashreplace")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, mark, value in pairs if mark}


def _image(real: str) -> str:
    """Return what a framework's `bin/python3.x` starts (`Resources/Python.app`)."""
    head, mark, tail = real.partition("/Python.framework/Versions/")
    version = tail.partition("/")[0]
    inside = Path(f"{head}{mark}{version}/Resources/Python.app/Contents/MacOS/Python")
    return str(inside) if mark and "/bin/" in tail and inside.is_file() else real


def _version(path: str) -> str:
    found = _VERSION.findall(path)
    return str(max(found, key=len)) if found else ""


def _shebang(script: Path) -> str:
    """Return the interpreter that a script's first line names, empty for none."""
    try:
        with open_plain(script) as file:
            first = file.readline(1024)
    except OSError:
        return ""
    if not first.startswith(b"#!"):
        return ""
    words = first[2:].decode("utf-8", "backslashreplace").split()
    if words[:1] == [_ENV]:
        return ""
    return words[0] if words else ""

"""Which program was installed, by its digests, and whether it is still that one.

Not a secret, and no protection: whoever can change the program can change the record too. It
explains what happened after an upgrade, or after a hand in the files.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

import msgspec

import entraclaw_tui
from entraclaw_tui.macos import digests
from entraclaw_tui.macos.agent_files import replace
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.interpreter import find_interpreter, on_disk
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.plain_files import open_plain

MODE = 0o600
_LIMIT = 64 * 1024


class Part(msgspec.Struct, frozen=True):
    """One of the two things that run: our package, or the interpreter."""

    path: str
    """As the job's definition names it."""
    real: str
    """With all links followed."""
    version: str
    digest: digests.Digest


class InstallRecord(msgspec.Struct, frozen=True):
    """What `agent install` found."""

    at: float
    package: Part
    python: Part
    format: Literal[1] = 1


class Change(msgspec.Struct, frozen=True):
    """One part that is no longer what was recorded."""

    what: Literal["package", "interpreter"]
    before: Part
    real: str
    """Where it is now, links followed."""
    sha256: str
    """What it is now; empty where it cannot be read."""
    version: str = ""
    trouble: str = ""


class Installed(msgspec.Struct, frozen=True):
    """The record, and what changed since."""

    record: InstallRecord
    changes: tuple[Change, ...]


def take(host: Host, python: str) -> InstallRecord:
    """Read the package and the interpreter as they are now. Blocks. Raises OSError."""
    return InstallRecord(time.time(), _package(), _python(host, python))


def write(host: Host, python: str) -> InstallRecord:
    """Take the record and put it into its place, at once or not at all. Raises OSError."""
    record = take(host, python)
    data = msgspec.json.format(msgspec.json.encode(record), indent=2)
    replace(Places.of(host).install_record, data + b"\n", MODE)
    return record


def read(host: Host) -> InstallRecord | None:
    """Return the record, None where there is none that can be read."""
    try:
        with open_plain(Places.of(host).install_record, flags=os.O_NOFOLLOW) as file:
            return msgspec.json.decode(file.read(_LIMIT), type=InstallRecord)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def look(host: Host) -> Installed | None:
    """Return what changed since the installation, None where nothing was recorded.

    Blocks for some milliseconds: contents are read only where a size or a time differs.
    """
    record = read(host)
    if record is None:
        return None
    found = (_change(host, "package", record.package), _change(host, "interpreter", record.python))
    return Installed(record, tuple(change for change in found if change is not None))


def fits(record: InstallRecord, python: str) -> bool:
    """Return whether a record is about the program that would be installed now."""
    now = str(Path(entraclaw_tui.__file__).parent)
    return (record.package.path, record.python.path) == (now, python)


def _package() -> Part:
    path = Path(entraclaw_tui.__file__).parent
    version = entraclaw_tui.__version__
    return Part(str(path), os.path.realpath(path), version, digests.digest(path))


def _python(host: Host, python: str) -> Part:
    place = on_disk(host, python)
    found = find_interpreter(host, (python,))
    real = Path(os.path.realpath(place))
    return Part(python, str(real), found.version if found else "", digests.digest(real))


def _change(host: Host, what: Literal["package", "interpreter"], before: Part) -> Change | None:
    real = Path(os.path.realpath(on_disk(host, before.path)))
    try:
        if str(real) == before.real and digests.stamp(real) == before.digest.stamp:
            return None
        sha256 = digests.digest(real).sha256
    except OSError as error:
        return Change(what, before, str(real), "", trouble=error.strerror or str(error))
    if str(real) == before.real and sha256 == before.digest.sha256:
        return None
    return Change(what, before, str(real), sha256, _version(host, what, before, real))


def _version(host: Host, what: str, before: Part, real: Path) -> str:
    """Return the version that is there now, empty where it is not known."""
    if what == "interpreter":
        found = find_interpreter(host, (before.path,))
        return found.version if found else ""
    own = real == Path(os.path.realpath(Path(entraclaw_tui.__file__).parent))
    return entraclaw_tui.__version__ if own else ""

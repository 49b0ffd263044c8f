"""The definition of the agent's launchd job, and the files that must exist before it starts."""

from __future__ import annotations

import os
import plistlib
import stat
from pathlib import Path

from entraclaw_tui.macos.agent_files import replace
from entraclaw_tui.macos.host import Host, HostError
from entraclaw_tui.macos.places import LABEL, SOCKET_PATH_LIMIT, Places

EXIT_SECONDS = 20
"""How long the worker may take to stop. launchd's own default is 5 s in every real output."""
RESTART_SECONDS = 10
PLIST_MODE = 0o644
"""launchd refuses a definition that others may write (EIO, or 122 told to root)."""

_OURS_ALONE = 0o600
_UMASK = 0o077


class DefinitionError(HostError):
    """The job cannot be defined so. The message is for a person."""


def definition(host: Host, python: str, *, desktop: bool = True) -> dict[str, object]:
    """Return the job as launchd reads it (launchd.plist(5)).

    `python` is the interpreter's absolute path; launchd knows no `~` and no PATH. Without a
    `desktop` login the job may run in sessions of another kind too. Raises DefinitionError.
    """
    if not python.startswith("/"):
        raise DefinitionError(f"The interpreter needs an absolute path, not {python!r}.")
    places = Places.of(host)
    check_sockets(host, places)
    root = ("--root", str(host.root)) if host.pretend else ()
    job: dict[str, object] = {
        "Label": LABEL,
        "ProgramArguments": [python, "-I", "-B", "-m", "entraclaw_tui", *root, "worker"],
        "EnvironmentVariables": {"ENTRACLAW_HOME": str(places.config_dir)},
        "RunAtLoad": True,
        # Started again after a crash, but not after it was told to end.
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": RESTART_SECONDS,
        "ExitTimeOut": EXIT_SECONDS,
        "Umask": _UMASK,
        # Programs and a person wait for each answer: Background would slow CPU and disk down,
        # and with them every request that is committed before it is acknowledged.
        "ProcessType": "Interactive",
        "Sockets": {
            "Request": _socket(places.request_socket),
            "Control": _socket(places.control_socket),
        },
        "StandardOutPath": str(places.agent_out),
        "StandardErrorPath": str(places.agent_err),
    }
    if not desktop:
        job["LimitLoadToSessionType"] = ["Aqua", "Background"]
    return job


def write(host: Host, python: str, *, desktop: bool = True) -> Path:
    """Make our folders and put the definition in its place; return where it is.

    The file is replaced at once or not at all. Raises DefinitionError, or OSError where the disk
    refuses.
    """
    job = definition(host, python, desktop=desktop)
    places = Places.of(host)
    make_folders(places)
    places.launch_agents.mkdir(mode=0o755, parents=True, exist_ok=True)
    replace(places.plist, plistlib.dumps(job), PLIST_MODE)
    return places.plist


def make_folders(places: Places) -> None:
    """Make our folders, for us alone. Raises DefinitionError for one that is not ours."""
    for folder in places.folders():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise DefinitionError(f"{folder} must be a folder of your own, and is not.")
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)


def check_sockets(host: Host, places: Places) -> None:
    """Raise DefinitionError where a socket's path has more bytes than macOS takes."""
    for path in (places.request_socket, places.control_socket):
        size = len(os.fsencode(path))
        if size > SOCKET_PATH_LIMIT:
            raise DefinitionError(
                f"The path of {path.name} has {size} bytes and macOS takes {SOCKET_PATH_LIMIT}: "
                f"{path}. "
                + (
                    "Make the pretend Mac in a shorter folder, such as /tmp/ec-demo."
                    if host.pretend
                    else "Your home folder's path is too long for it."
                )
            )


def _socket(path: Path) -> dict[str, object]:
    return {"SockPathName": str(path), "SockPathMode": _OURS_ALONE}

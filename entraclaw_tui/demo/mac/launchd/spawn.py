"""Starts a job's process with what its definition asks for and nothing else."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable

from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.limits import limit


class SpawnError(Exception):
    """The program could not be executed; launchd calls that EX_CONFIG."""


def spawn(definition: Definition, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the job in a session of its own. Raises SpawnError.

    Its files are opened for appending and made with its umask (launchd-842, job_setup_fd).
    """
    umask = 0o022 if definition.umask is None else definition.umask
    with contextlib.ExitStack() as files:
        try:
            stdin = _open(files, definition.stdin, os.O_RDONLY, umask)
            stdout = _open(files, definition.stdout, os.O_WRONLY | os.O_APPEND, umask)
            stderr = (
                stdout
                if definition.stderr and definition.stderr == definition.stdout
                else _open(files, definition.stderr, os.O_WRONLY | os.O_APPEND, umask)
            )
            return subprocess.Popen(
                definition.arguments,
                executable=definition.program,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=environment,
                cwd=definition.working_directory or "/",
                umask=umask,
                start_new_session=True,
                preexec_fn=_limiting(definition),
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise SpawnError(str(error)) from None


def _limiting(definition: Definition) -> Callable[[], None] | None:
    """Return what the new process does before it becomes the program; launchd has one thread."""
    soft, hard = definition.soft_limits, definition.hard_limits
    return (lambda: limit(soft, hard)) if soft or hard else None


def _open(files: contextlib.ExitStack, path: str, flags: int, umask: int) -> int:
    if not path:
        return subprocess.DEVNULL
    if flags != os.O_RDONLY:
        flags |= os.O_CREAT
    before = os.umask(umask)
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOCTTY, 0o666)
    finally:
        os.umask(before)
    files.callback(os.close, descriptor)
    return descriptor

"""A worker for which the disk is full as long as a test says so; the worker knows nothing of it.

usage: small_disk.py PYTHON -B worker_process.py ROOT [SECONDS]

It runs worker_process.py in this very process. SIGUSR1: no file may be written to any more
(RLIMIT_FSIZE 0: every write fails with EFBIG, through whatever library; sockets go on). SIGUSR2:
they may again. A real full volume would need rights to mount one.
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))


def _let_files_have(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


def main() -> int:
    from tests.support import worker_process

    before, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, lambda *_: _let_files_have(0))
    signal.signal(signal.SIGUSR2, lambda *_: _let_files_have(before))
    _python, _flag, *sys.argv = sys.argv[1:]
    return worker_process.main()


if __name__ == "__main__":
    sys.exit(main())

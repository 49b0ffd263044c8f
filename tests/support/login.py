"""Start a program on a terminal of its own, as a login does, and tell how it ended.

usage: login.py TERMINAL REPORT_FD COMMAND ...

The program's ancestors end here: whoever started this test (an editor, tmux) is not above it.
Writes the program's pid, then its exit status (minus the signal that ended it), a line each.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import termios


def main() -> None:
    terminal, report, *command = sys.argv[1:]
    if os.fork():
        os._exit(0)
    os.setsid()
    descriptor = os.open(terminal, os.O_RDWR)
    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)
    pid = os.fork()
    if pid == 0:
        for stream in range(3):
            os.dup2(descriptor, stream)
        os.closerange(3, 256)
        # A process group of its own in the foreground, as a shell does: it can be stopped.
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(command[0], command)
    # A terminal that is taken away hangs up on us alone: pass it on, as a shell does.
    signal.signal(signal.SIGHUP, lambda number, _: os.kill(pid, number))
    os.close(descriptor)
    for stream in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    os.write(int(report), f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(int(report), f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main()

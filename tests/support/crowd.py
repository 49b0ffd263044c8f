"""Many clients that keep their connections: idle ones, and ones that send a byte a second.

usage: crowd.py SOCKET IDLE DRIPPING EACH

Each process has EACH connections. Whoever is shown out comes again. Prints `there` once all are
begun; a line on standard input ends them all.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time

HELLO = b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"client":{"name":"x"}}}\n'
AGAIN = 1.0
"""Seconds after which one that was shown out comes again, and between two bytes of a drip."""


class Guest:
    """One connection that is kept up."""

    def __init__(self, path: str, dripping: bool) -> None:
        self._path = path
        self._dripping = dripping
        self._socket: socket.socket | None = None
        self._sent = 0

    def step(self) -> None:
        """Come, come again, or send one more byte."""
        if self._socket is None:
            self._come()
            return
        try:
            while select.select([self._socket], [], [], 0)[0]:
                if not self._socket.recv(65536):
                    self._go()
                    return
            if self._dripping:
                self._socket.send(HELLO[self._sent : self._sent + 1])
                self._sent = (self._sent + 1) % (len(HELLO) - 1)
        except OSError:
            self._go()

    def _come(self) -> None:
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(2.0)
        try:
            one.connect(self._path)
            if not self._dripping:
                one.send(HELLO)
        except OSError:
            one.close()
        else:
            self._socket, self._sent = one, 0

    def _go(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def guests(path: str, idle: int, dripping: int) -> None:
    """Be some of the crowd until the parent is gone."""
    mine = [Guest(path, dripping=False) for _ in range(idle)]
    mine += [Guest(path, dripping=True) for _ in range(dripping)]
    parent = os.getppid()
    while os.getppid() == parent:
        for guest in mine:
            guest.step()
        time.sleep(AGAIN)


def main() -> None:
    path, idle, dripping, each = sys.argv[1], *(int(number) for number in sys.argv[2:])
    children = []
    for kind, number in (("idle", idle), ("dripping", dripping)):
        for start in range(0, number, each):
            some = min(each, number - start)
            pid = os.fork()
            if pid == 0:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                guests(path, some if kind == "idle" else 0, some if kind == "dripping" else 0)
                os._exit(0)
            children.append(pid)
    print("there", flush=True)
    sys.stdin.readline()
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()

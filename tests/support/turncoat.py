"""A program that asks and is another one when the person decides.

usage: turncoat.py SOCKET HOW

HOW is `exec` (it becomes /bin/sleep), `hand over` (a child keeps the connection, it goes) or
`pass` (another process gets the connection's descriptor sent, it goes). Prints the request's id;
a line on standard input lets it turn. Whoever keeps the connection lives until it is killed.
"""

from __future__ import annotations

import array
import json
import os
import socket
import sys
import time


def main() -> None:
    path, how = sys.argv[1:]
    keeper, mine = socket.socketpair(socket.AF_UNIX)
    if how == "pass" and os.fork() == 0:
        # Born before the connection: it gets the descriptor by a message alone.
        mine.close()
        _, passed, _, _ = keeper.recvmsg(1, socket.CMSG_LEN(4))
        keep(passed[0][2])
    one = socket.socket(socket.AF_UNIX)
    one.connect(path)
    lines = one.makefile("rw")

    def call(number: int, method: str, **params: object) -> dict[str, dict[str, str]]:
        line = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        lines.write(json.dumps(line) + "\n")
        lines.flush()
        found: dict[str, dict[str, str]] = json.loads(lines.readline())
        return found

    call(1, "hello", protocol=1, client={"name": "turncoat"})
    asked = call(2, "token.request", resource="https://graph.microsoft.com", scopes=["User.Read"])
    print(asked["result"]["request_id"], flush=True)
    sys.stdin.readline()
    os.set_inheritable(one.fileno(), True)
    if how == "exec":
        os.execv("/bin/sleep", ["sleep", "600"])
    if how == "pass":
        rights = array.array("i", [one.fileno()])
        mine.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    elif os.fork() == 0:
        keep(b"")
    os._exit(0)


def keep(_descriptor: bytes) -> None:
    """Hold what was given until somebody ends this process."""
    print("kept", os.getpid(), flush=True)
    time.sleep(600)
    os._exit(0)


if __name__ == "__main__":
    main()

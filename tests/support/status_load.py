"""Asks one question again and again over several connections, and prints how often it was answered.

usage: status_load.py SOCKET CONNECTIONS SECONDS METHOD PARAMS_AS_JSON
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time


def main() -> None:
    path, connections, seconds, method, params = sys.argv[1:]
    call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": json.loads(params)}
    question = json.dumps(call).encode() + b"\n"
    said = {"protocol": 1, "client": {"name": "load", "version": "1.0"}}
    hello = {"jsonrpc": "2.0", "id": 0, "method": "hello", "params": said}
    waiting = selectors.DefaultSelector()
    lines: dict[int, socket.socket] = {}
    for _ in range(int(connections)):
        line = socket.socket(socket.AF_UNIX)
        line.connect(path)
        line.sendall(json.dumps(hello).encode() + b"\n")
        assert b'"result"' in line.recv(65536), "no greeting"
        waiting.register(line, selectors.EVENT_READ)
        lines[line.fileno()] = line
        line.sendall(question)
    answered = refused = 0
    rest: dict[int, bytes] = {}
    until = time.monotonic() + float(seconds)
    start = time.monotonic()
    while time.monotonic() < until:
        for key, _ in waiting.select(1.0):
            line = lines[key.fd]
            data = rest.get(key.fd, b"") + line.recv(65536)
            if not data.endswith(b"\n"):
                rest[key.fd] = data
                continue
            rest[key.fd] = b""
            answered += b'"result"' in data
            refused += b'"result"' not in data
            line.sendall(question)
    print(json.dumps([answered, refused, time.monotonic() - start]), flush=True)


if __name__ == "__main__":
    main()

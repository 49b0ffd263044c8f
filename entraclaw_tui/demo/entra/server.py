"""HTTPS on loopback for the authority: threads that wait, and nothing that ticks."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from entraclaw_tui.demo.entra.directory import folder
from entraclaw_tui.demo.entra.endpoints import Authority, Reply
from entraclaw_tui.macos.host import Host

_PATIENCE = 60.0
"""Seconds that a connection may stay silent."""
_FORM_LIMIT = 128 * 1024
_CONNECTIONS = 64
_HUGE = 4 * 1024 * 1024
_DRIP = 2.0
"""Seconds between two bytes of an answer that drips."""


class Server(socketserver.ThreadingMixIn):
    """The authority behind listening sockets that somebody else has bound."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        where: Path,
        listeners: Sequence[socket.socket],
        authority: Callable[[Path, int], Authority] = Authority,
    ) -> None:
        self.port: int = listeners[0].getsockname()[1]
        self.authority = authority(where, self.port)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(where / "server.pem")
        self._listeners = listeners
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        self.stopping = threading.Event()
        """Set once no more is served."""
        self._wake_read, self._wake_write = os.pipe()

    def serve(self) -> None:
        """Serve until `stop`."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            for listener in self._listeners:
                listener.setblocking(False)
                selector.register(listener, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():  # no time limit: idle costs nothing
                    if not isinstance(key.fileobj, socket.socket):
                        return
                    with contextlib.suppress(OSError):  # the caller has gone already
                        self._take(*key.fileobj.accept())

    def stop(self) -> None:
        """Make `serve` return."""
        self.stopping.set()
        os.write(self._wake_write, b"x")

    def close(self) -> None:
        """Close what `__init__` opened; the listeners belong to the caller."""
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _take(self, connection: socket.socket, address: object) -> None:
        if not self._free.acquire(blocking=False):
            connection.close()
            return
        connection.setblocking(True)
        self.process_request(connection, address)

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        """Shake hands and serve one connection, on its own thread: nobody else waits for it."""
        try:
            request.settimeout(_PATIENCE)
            with self._tls.wrap_socket(request, server_side=True) as secure:
                _Handler(secure, client_address, self)  # type: ignore[arg-type]
        finally:
            self._free.release()

    def shutdown_request(self, request: socket.socket) -> None:
        """Close the connection."""
        request.close()

    def handle_error(self, request: socket.socket, client_address: object) -> None:
        """Keep quiet: a caller that hangs up or distrusts our CA is no trouble of ours."""


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.1, kept alive."""

    protocol_version = "HTTP/1.1"
    server_version = "entraclaw-demo"
    sys_version = ""
    # Without these an answer waits 40 ms for a delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server  # type: ignore[assignment]

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer a POST."""
        length = self.headers.get("Content-Length", "")
        known = length.isascii() and length.isdigit()
        if not known or int(length) > _FORM_LIMIT:
            self.close_connection = True
            if known:  # or the caller, still sending, would never read our answer
                self.rfile.read(min(int(length), 8 * _FORM_LIMIT))
            self._send(413 if length else 411, b"", "text/plain", ())
            return
        self._answer(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; the journal does."""

    def _answer(self, body: bytes) -> None:
        headers = {key.lower(): value for key, value in self.headers.items()}
        reply = self.server.authority.answer(self.command, self.path, headers, body)
        if reply.manner != "whole":
            self.close_connection = True
            self._misbehave(reply)
            return
        self._send(reply.status, reply.body, reply.kind, reply.headers)

    def _misbehave(self, reply: Reply) -> None:
        if reply.manner == "drop":
            return
        if reply.manner == "huge":
            self._send(reply.status, b" " * _HUGE, reply.kind, reply.headers)
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        half = reply.body[: len(reply.body) // 2]
        if reply.manner == "cut":
            self.wfile.write(half)
            self.wfile.flush()
            return
        for byte in reply.body:
            self.wfile.write(bytes((byte,)))
            self.wfile.flush()
            if self.server.stopping.wait(_DRIP):
                return

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Tell the time by the authority's clock."""
        return super().date_time_string(timestamp or self.server.authority.now)

    def _send(
        self, status: int, body: bytes, kind: str, headers: tuple[tuple[str, str], ...]
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store, no-cache")
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve(host: Host, listeners: Sequence[socket.socket]) -> None:
    """Serve the authority of a pretend Mac on the handed-in listening sockets. Blocks."""
    Server(folder(host), listeners).serve()

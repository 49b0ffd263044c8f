"""How the tools and the jobs of a pretend Mac talk to its launchd.

One request a connection: `LENGTH LF` and that many bytes, words joined by NUL. The answer is
`EXIT OUT ERR LF`, then that many bytes for standard output and for standard error. Descriptors
travel with the answer's first byte.
"""

from __future__ import annotations

import _socket

TYPE_CHECKING = False
if TYPE_CHECKING:  # the socket module itself takes longer to import than launchctl runs
    import socket
    from collections.abc import Callable
    from os import PathLike

LIMIT = 65536
"""Bytes that a request may have."""


class WireError(Exception):
    """The launchd is off or does not talk sense."""


class Answer:
    """What launchd answered: an exit status and what goes to the two streams."""

    __slots__ = ("err", "exit", "out")

    def __init__(self, exit: int = 0, out: str = "", err: str = "") -> None:
        self.exit = exit
        self.out = out
        self.err = err

    def encoded(self) -> bytes:
        """Return the answer as bytes of the wire."""
        out, err = (text.encode("utf-8", "surrogateescape") for text in (self.out, self.err))
        return b"%d %d %d\n" % (self.exit, len(out), len(err)) + out + err


def encode(words: list[str]) -> bytes:
    """Return a request as bytes of the wire. A word with a NUL is an error."""
    if any("\0" in word for word in words):
        raise WireError("a word has a NUL in it")
    body = "\0".join(words).encode("utf-8", "surrogateescape")
    return b"%d\n" % len(body) + body


def decode(data: bytes) -> list[str] | None:
    """Return the words of a request, None where bytes are still missing. Raises WireError."""
    head, found, body = data.partition(b"\n")
    if not found:
        if len(head) > 8:
            raise WireError("no length")
        return None
    if not head.isdigit() or int(head) > LIMIT:
        raise WireError("bad length")
    if len(body) < int(head):
        return None
    return body[: int(head)].decode("utf-8", "surrogateescape").split("\0")


def ask(path: str | PathLike[str], words: list[str], deadline: float = 60.0) -> Answer:
    """Ask the launchd that listens at `path`, and return its answer. Raises WireError."""
    connection = _connect(path, words, deadline)
    try:
        return _read(b"", connection.recv)
    except OSError as error:
        raise WireError(f"launchd does not answer: {error}") from None
    finally:
        connection.close()


def ask_for_sockets(
    path: str | PathLike[str], words: list[str], deadline: float = 60.0
) -> list[socket.socket]:
    """Ask for listening sockets and return them. Raises WireError."""
    import socket

    connection = socket.socket(fileno=_connect(path, words, deadline).detach())
    with connection:
        connection.settimeout(deadline)
        try:
            data, descriptors, _, _ = socket.recv_fds(connection, 65536, 16)
            answer = _read(data, connection.recv)
        except OSError as error:
            raise WireError(f"launchd does not answer: {error}") from None
    if answer.exit != 0:
        raise WireError(answer.err.strip() or f"launchd answered {answer.exit}")
    return [socket.socket(fileno=descriptor) for descriptor in descriptors]


def _connect(path: str | PathLike[str], words: list[str], deadline: float) -> _socket.socket:
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.settimeout(deadline)
        connection.connect(str(path))
        connection.sendall(encode(words))
    except OSError as error:
        connection.close()
        raise WireError(f"launchd does not answer: {error}") from None
    return connection


def _read(data: bytes, receive: Callable[[int], bytes]) -> Answer:
    while chunk := receive(65536):
        data += chunk
    head, _, rest = data.partition(b"\n")
    try:
        status, out, err = (int(number) for number in head.split())
    except ValueError:
        raise WireError("launchd ended while it answered") from None
    texts = [
        part.decode("utf-8", "surrogateescape") for part in (rest[:out], rest[out : out + err])
    ]
    return Answer(status, texts[0], texts[1])

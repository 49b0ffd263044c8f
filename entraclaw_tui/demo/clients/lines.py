"""JSON-RPC 2.0 lines over a Unix socket, as any program would write them in an afternoon."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

_LONGEST = 256 * 1024
"""Bytes of one answer."""


class Gone(Exception):
    """Nobody listens, or the other side hung up."""


class Refused(Exception):
    """The worker said no: its stable word, its sentence, and when to ask again."""

    def __init__(self, code: str, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after


class Line:
    """One connection, one call at a time."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._rest = b""
        self._number = 0
        try:
            self._socket.settimeout(15.0)
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise Gone(f"The worker cannot be reached: {error.strerror or error}.") from None

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def call(
        self, method: str, params: Mapping[str, object], patience: float = 15.0
    ) -> dict[str, object]:
        """Call and return the result. Raises Refused, or Gone after `patience` seconds."""
        self._number += 1
        call = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self._socket.settimeout(patience)
        try:
            self._socket.sendall(json.dumps(call, separators=(",", ":")).encode() + b"\n")
            while True:
                answer = json.loads(self._line())
                if isinstance(answer, dict) and answer.get("id") in (self._number, None):
                    return _result(answer)
        except (OSError, ValueError) as error:
            raise Gone(f"The worker went away: {error}.") from None

    def _line(self) -> bytes:
        while b"\n" not in self._rest:
            piece = self._socket.recv(65536)
            if not piece or len(self._rest) > _LONGEST:
                raise Gone("The worker closed the connection.")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line


def _result(answer: dict[str, object]) -> dict[str, object]:
    error = answer.get("error")
    if isinstance(error, dict):
        data = error.get("data")
        data = data if isinstance(data, dict) else {}
        again = data.get("retry_after")
        raise Refused(
            str(data.get("code", "")),
            str(error.get("message", "")),
            float(again) if isinstance(again, (int, float)) else 0.0,
        )
    result = answer.get("result")
    if not isinstance(result, dict):
        raise Gone("The worker sent an answer without a result.")
    return result

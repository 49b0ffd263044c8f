"""Bytes that came in, given out line by line."""

from __future__ import annotations

from entraclaw_tui.ipc.messages import FRAME_LIMIT


class LineBuffer:
    """What one peer has sent and nobody has worked on; it stays bytes until then."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, data: bytes) -> None:
        """Take in bytes."""
        self._bytes += data

    def next(self) -> bytes | None:
        """Take the next whole line out, its line feed included; None where there is none."""
        if not self._bytes:
            return None
        end = self._bytes.find(b"\n", 0, FRAME_LIMIT)
        if end < 0:
            return None
        line = bytes(self._bytes[: end + 1])
        del self._bytes[: end + 1]
        return line

    @property
    def too_long(self) -> bool:
        """Whether the line that comes next is longer than a line may be."""
        return len(self._bytes) >= FRAME_LIMIT and self._bytes.find(b"\n", 0, FRAME_LIMIT) < 0

    @property
    def whole(self) -> bool:
        """Whether a line feed is in it."""
        return b"\n" in self._bytes

    @property
    def begun(self) -> bool:
        """Whether anything is in it."""
        return bool(self._bytes)

    def clear(self) -> None:
        """Forget it all."""
        self._bytes.clear()

"""Messages that many may send and one hears."""

from __future__ import annotations

from textual.message import Message


class StoreChanged(Message):
    """A source said something new. Several in a row become one."""

    def can_replace(self, message: Message) -> bool:
        """Let a later one take the place of one that waits."""
        return isinstance(message, StoreChanged)


class LinkChanged(Message):
    """The worker's view changed. Several in a row become one."""

    def can_replace(self, message: Message) -> bool:
        """Let a later one take the place of one that waits."""
        return isinstance(message, LinkChanged)

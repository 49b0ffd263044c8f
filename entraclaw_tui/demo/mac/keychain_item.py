"""A generic or internet password, all but its secret."""

from __future__ import annotations

COLUMNS = (
    "id, service, account, label, kind, comment, generic, creator_code, type_code, "
    "created, modified, creator, partition, requirement, open, internet"
)
"""What an `Item` is made of, in order."""


class Item:
    """A password without its secret."""

    __slots__ = (
        "account",
        "comment",
        "created",
        "creator",
        "creator_code",
        "generic",
        "id",
        "internet",
        "kind",
        "label",
        "modified",
        "open",
        "partition",
        "requirement",
        "service",
        "type_code",
    )

    def __init__(self, row: tuple[object, ...]) -> None:
        names = [name.strip() for name in COLUMNS.split(",")]
        self.id: int
        self.service: bytes
        self.account: bytes
        self.label: bytes
        self.kind: bytes | None
        self.comment: bytes | None
        self.generic: bytes | None
        self.creator_code: str | None
        """Four characters, or None."""
        self.type_code: str | None
        self.created: int
        """Seconds since 1970."""
        self.modified: int
        self.creator: str
        """The program that made it: the one that may read it without a dialog."""
        self.partition: str
        """Its partition list: `apple-tool:`, `teamid:...`, `cdhash:...`, `unsigned:`."""
        self.requirement: str
        """The creator's designated requirement as it was then, or empty."""
        self.open: bool
        """Whether every program may read it."""
        self.internet: bytes
        """Of an internet password: server, domain, protocol, type, port, path, a NUL between."""
        for name, value in zip(names, row, strict=True):
            setattr(self, name, bool(value) if name == "open" else value)

    @property
    def partitions(self) -> list[str]:
        """The partition list, one by one."""
        return [one.strip() for one in self.partition.split(",")]

    def readable_by(self, program: str) -> bool:
        """Return whether a program gets the secret without a dialog."""
        return self.open or program == self.creator

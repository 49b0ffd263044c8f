"""`launchctl print` as a tree, read by the depth of its TABs and never by its braces.

Apple says that this output is no interface (launchctl(1)). What stays the same from 10.15 to 27:
one TAB a level, `key = value` or `key => value`, a block opened by `... {` or `... [` and closed
by `}` or `]` at its opener's depth. Arguments and environment values are printed raw, so an
argument may be a brace, look like a key, or hold line breaks; such blocks are read verbatim.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

_VERBATIM = frozenset(
    {
        "arguments",
        "environment",
        "inherited environment",
        "default environment",
        "global environment",
        "controller-supplied environment",
    }
)
"""Blocks whose lines come from a job's definition as they are, line breaks included."""

_OPENERS = (" = {", " => {", " => [", " = [")
_FOREST = -1
"""Depth of what stands outside every block."""


class Block(msgspec.Struct, eq=False):
    """One block, or the whole output: its lines without indentation, and its inner blocks."""

    name: str
    depth: int
    """TABs before the line that opened it."""
    items: list[str | Block] = msgspec.field(default_factory=list)
    ended: bool = False
    """Whether the output went on behind it. If not, what is missing here is unknown."""

    def block(self, name: str) -> Block | None:
        """Return the first inner block with exactly this name."""
        return next((inner for inner in self.blocks() if inner.name == name), None)

    def blocks(self) -> Iterator[Block]:
        """Yield the inner blocks in the order printed."""
        return (item for item in self.items if isinstance(item, Block))

    def lines(self) -> list[str]:
        """Return the lines of this level: arguments, service rows, bare words.

        One that did not stand at this level's own depth begins with a TAB.
        """
        return [item for item in self.items if isinstance(item, str)]

    def scalars(self) -> Iterator[tuple[str, str]]:
        """Yield `key = value` lines; a value may be empty."""
        for line in self.lines():
            key, mark, value = line.partition(" = ")
            if line.startswith("\t"):
                continue
            if mark and " =>" not in key:
                yield key, value
            elif not mark and line.endswith(" ="):
                yield line[:-2], ""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield `key => value` lines, split at the first arrow, keys without their quotes."""
        for line in self.lines():
            key, mark, value = line.partition(" => ")
            if line.startswith("\t"):
                continue
            if mark:
                yield _unquoted(key), value
            elif line.endswith(" =>"):
                yield _unquoted(line[:-3]), ""


def parse(text: str) -> Block:
    """Return what `launchctl print` or `print-disabled` printed; never raises.

    A last line without its line break was cut, and so is dropped: half a pid is a wrong pid.
    """
    lines = text.split("\n")
    last = lines.pop()
    if last.strip() in ("}", "]"):
        lines.append(last)
    return _Reader(lines).read()


class _Reader:
    """One pass over the lines with a stack of open blocks."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._forest = Block("", _FOREST)
        self._stack = [self._forest]
        # The last raw block, the level it stands in, and where that went on: see _stray().
        self._raw: tuple[Block, Block, int] | None = None

    def read(self) -> Block:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            text = line.lstrip("\t")
            depth = len(line) - len(text)
            at += 1
            if not text.strip():
                continue
            if text in ("}", "]") and self._close(depth):
                continue
            self._leave(depth, text)
            if text.endswith(_OPENERS) and self._opens(at, depth):
                block = Block(_unquoted(text.rpartition(" =")[0]), depth)
                self._stack[-1].items.append(block)
                if block.name in _VERBATIM:
                    at = self._verbatim(block, at)
                else:
                    self._stack.append(block)
            elif text not in ("}", "]"):
                level = self._stack[-1]
                own = depth == level.depth + 1 or level is self._forest
                level.items.append(text if own else f"\t{text}")
        self._forest.ended = len(self._stack) == 1
        return self._forest

    def _close(self, depth: int) -> bool:
        """End the block that was opened at this depth; say whether there was one."""
        if not any(block.depth == depth for block in self._stack):
            self._stray(depth)
            return False
        while (block := self._stack.pop()).depth > depth:
            block.ended = True
        block.ended = True
        return True

    def _leave(self, depth: int, text: str) -> None:
        """End the blocks that lie deeper than a line: their closing brace was misprinted.

        Text without any TAB inside a block is the rest of a value with a line break in it, or
        was indented by other means; it ends nothing.
        """
        if depth == 0 and not text.endswith(_OPENERS):
            return
        while len(self._stack) > 1 and self._stack[-1].depth >= depth:
            self._stack.pop().ended = depth > 0

    def _opens(self, at: int, depth: int) -> bool:
        """Say whether the line before `at` opens a block: a deeper line or its end follows."""
        while at < len(self._lines):
            line = self._lines[at]
            text = line.lstrip("\t")
            at += 1
            if text.strip():
                below = len(line) - len(text)
                return below > depth or (below == depth and text in ("}", "]")) or below == 0
        return True

    def _verbatim(self, block: Block, at: int) -> int:
        """Read a block of raw lines; return where the lines behind it start."""
        indent = "\t" * (block.depth + 1)
        end = "\t" * block.depth + "}"
        while at < len(self._lines):
            line = self._lines[at]
            at += 1
            if line == end and self._continues(at, block.depth):
                block.ended = True
                level = self._stack[-1]
                self._raw = (block, level, len(level.items))
                return at
            _append(block, line, indent)
        return at

    def _continues(self, at: int, depth: int) -> bool:
        """Say whether what follows an end of raw lines looks like the level above them."""
        if at >= len(self._lines):
            return True
        line = self._lines[at]
        return not line or len(line) - len(line.lstrip("\t")) <= depth

    def _stray(self, depth: int) -> None:
        """Mend a level that an argument pretended to have ended.

        An end without a block says that the raw block before was not over: what was read since
        was its text and not launchd's. It goes back there, so an argument cannot invent a pid.
        """
        if self._raw is None:
            return
        raw, level, start = self._raw
        if raw.depth == depth and level is self._stack[-1]:
            for item in level.items[start:]:
                raw.items.extend(_flattened(item))
            del level.items[start:]


def _append(block: Block, line: str, indent: str) -> None:
    """Add a raw line: a new entry at the block's own depth, else more of the entry before."""
    entry = line.removeprefix(indent)
    fresh = line.startswith(indent) and (block.name == "arguments" or " =>" in entry)
    if fresh or not block.items:
        block.items.append(entry)
    else:
        block.items[-1] = f"{block.items[-1]}\n{line}"


def _flattened(item: str | Block) -> list[str]:
    if isinstance(item, str):
        return [item]
    return [item.name, *(line for inner in item.items for line in _flattened(inner))]


def _unquoted(name: str) -> str:
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name

"""A saved output of launchctl as people send it: pasted, indented, with foreign line ends.

Depth is told by TABs; a mail or a web page turns them into blanks. They are put back here, so
that the parsers read a capture as they read the tool.
"""

from __future__ import annotations

import textwrap


def tidied(text: str) -> str:
    """Return a capture with plain line feeds and one TAB a level; a good one comes back as is."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if any(line.startswith("\t") for line in lines) and not _all_indented(lines):
        return text
    text = textwrap.dedent(text) if _all_indented(lines) else text
    lines = text.split("\n")
    if any(line.startswith("\t") for line in lines):
        return text
    unit = min(filter(None, map(_blanks, lines)), default=0)
    return "\n".join(_with_tabs(line, unit) for line in lines) if unit else text


def _all_indented(lines: list[str]) -> bool:
    """Say whether a block's first line stands indented, which launchctl never prints."""
    first = next((line for line in lines if line.strip()), "")
    if not first.startswith((" ", "\t")) or not first.endswith(" = {"):
        return False
    # `print-disabled` indents all that it prints, and its blocks by one TAB.
    return not first.strip().startswith("disabled services")


def _blanks(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else 0


def _with_tabs(line: str, unit: int) -> str:
    depth = _blanks(line) // unit
    return "\t" * depth + line[depth * unit :]

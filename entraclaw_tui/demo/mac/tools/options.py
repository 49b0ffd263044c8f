"""Options in the manner of getopt(3), without the time that importing it takes."""

from __future__ import annotations


class UsageError(Exception):
    """The command line is none of this tool's."""


class Words:
    """A command's options in the manner of getopt(3), and what follows them."""

    def __init__(self, arguments: list[str], flags: str, valued: str) -> None:
        self.flags: set[str] = set()
        self.values: dict[str, str] = {}
        rest = list(arguments)
        while rest and rest[0].startswith("-") and rest[0] != "-":
            letters = rest.pop(0)[1:]
            if letters == "-":
                break
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter in valued and (letters or rest):
                    self.values[letter] = letters or rest.pop(0)
                    letters = ""
                elif letter in flags or letter in valued:
                    # A valued option at the very end, as in `-w`: its value is asked for.
                    self.flags.add(letter)
                else:
                    raise UsageError
        self.rest = rest

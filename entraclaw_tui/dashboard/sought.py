"""What a pane is filtered by: free text, and words about one field such as `tier:high`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec


class Word(msgspec.Struct, frozen=True):
    """One word about a field: a row has it where its field holds the text."""

    field: str
    text: str
    inverse: bool = False


class Sought(msgspec.Struct, frozen=True):
    """A filter as it was meant. Without text and words every row passes."""

    text: str = ""
    inverse: bool = False
    words: tuple[Word, ...] = ()

    def passes(self, told: str, field: Callable[[str], str]) -> bool:
        """Return whether a row passes: `told` is its text, `field` tells one field of it.

        Several words about one field mean any of them; words about different fields all of them.
        """
        if self.text and (self.text in told.casefold()) is self.inverse:
            return False
        for name in dict.fromkeys(word.field for word in self.words):
            about = [word for word in self.words if word.field == name]
            value = field(name).casefold()
            if any(word.inverse and word.text in value for word in about):
                return False
            wanted = [word.text for word in about if not word.inverse]
            if wanted and not any(text in value for text in wanted):
                return False
        return True


def parse(typed: str, fields: Collection[str] = ()) -> Sought:
    """Return what was typed as a filter. A word about no known field is free text.

    `!` before the free text, or before a word, turns it around. A word without a value yet
    (`tier:`) filters nothing: it is being typed.
    """
    words: list[Word] = []
    rest: list[str] = []
    for part in typed.split(" "):
        name, colon, value = part.removeprefix("!").partition(":")
        if colon and name.casefold() in fields:
            if value:
                words.append(Word(name.casefold(), value.casefold(), part.startswith("!")))
        else:
            rest.append(part)
    text = " ".join(rest).casefold()
    if len(rest) <= typed.count(" "):
        text = text.strip()  # the blanks beside a word are none of the text
    inverse = text.startswith("!")
    return Sought(text.removeprefix("!"), inverse, tuple(words))


def example(fields: Sequence[tuple[str, str]]) -> str:
    """Return how words about fields are typed: `tier:high client:mail`."""
    return " ".join(f"{name}:{value}" for name, value in fields)

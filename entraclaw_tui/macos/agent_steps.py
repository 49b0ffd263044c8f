"""What the driver of the agent's job will do, and what became of it: data that can be shown."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Verb(StrEnum):
    """What a person asked for."""

    INSTALL = "install"
    UNINSTALL = "uninstall"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    ENABLE = "enable"
    DISABLE = "disable"


class Kind(StrEnum):
    """What one step does."""

    WRITE = "write"
    """Put the definition in its place."""
    RECORD = "record"
    """Write down the digests of the program."""
    REMOVE = "remove"
    """Delete the definition."""
    BOOTOUT = "bootout"
    GONE = "gone"
    """Wait until launchd has forgotten the job and its process has ended."""
    ENABLE = "enable"
    DISABLE = "disable"
    OVERRIDE = "override"
    """Read back whether the label is disabled."""
    BOOTSTRAP = "bootstrap"
    KICKSTART = "kickstart"
    NUDGE = "nudge"
    """Kickstart a job that was loaded and did not start by itself."""
    RUNNING = "running"
    """Wait until the job runs and goes on running."""
    DELETE_ITEM = "delete-item"
    """Delete one Keychain item."""
    DELETE_FOLDER = "delete-folder"
    """Delete our settings, records and logs."""


class Step(msgspec.Struct, frozen=True):
    """One thing to do. `command` is the exact command, empty where no tool is needed."""

    kind: Kind
    words: str
    why: str
    command: tuple[str, ...] = ()
    reversible: bool = True
    domain: str = ""
    path: str = ""
    """The file or folder that it is about, as a path that can be opened."""
    pid: int | None = None
    """The process that must be gone."""
    disabled: bool = False
    """What OVERRIDE expects to read."""
    difference: tuple[str, ...] = ()
    """What WRITE will put there, line by line, against what is there."""
    seconds: float = 0.0
    """How long it may take; 0 where it takes no time to speak of."""


class Plan(msgspec.Struct, frozen=True):
    """All that one command will do, in order. Without steps there is nothing to do."""

    verb: Verb
    domain: str
    domain_words: str
    steps: tuple[Step, ...]
    sentence: str
    """What is true once it is done, or already where there are no steps."""
    looked: tuple[tuple[str, ...], ...] = ()
    """The commands that were run to see what is there."""
    refused: str = ""
    """Why it cannot be done, empty where it can."""
    hint: str = ""
    """The next step for a person, after a refusal or a warning."""
    warning: str = ""
    python: str = ""
    """The interpreter of the definition that will be written."""
    desktop: bool = True


class Result(StrEnum):
    """How a step ended."""

    DONE = "done"
    NOT_NEEDED = "not needed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Done(msgspec.Struct, frozen=True):
    """What became of one step."""

    step: int
    """Its place in the plan, counted from 1."""
    kind: Kind
    result: Result
    said: str
    hint: str = ""
    seconds: float = 0.0


class Outcome(msgspec.Struct, frozen=True):
    """What became of a plan."""

    exit: int
    """0 fine, 1 done but with a warning, 2 failed, 75 try again, 130 interrupted."""
    sentence: str
    hint: str = ""
    done: tuple[Done, ...] = ()
    left: int = 0
    """How many steps were not begun."""

"""What the values of `launchctl print` are: numbers, flags, statuses, names with a number.

The keys are those that launchd prints at the top of a service or of a domain, from 10.15 to 27.
A value that is not of its key's form, or whose key we do not know, stays the text it is.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from typing import TypeAlias

Typed: TypeAlias = int | bool | str | list[str] | dict[str, int | str | None] | None
"""A value as JSON can hold it. None: launchd printed that there is none."""

NEVER_EXITED = "(never exited)"

_MEMORY = re.compile(r"jetsam memory limit \((?:active|inactive)(?:, (?:soft|hard))?\)")
_AMOUNT = re.compile(r"(\d{1,18}) (?:s|ms|seconds|MB)")
_NAMED = re.compile(r"(.*?) ?\((\d{1,9})\)")
_OWNED = re.compile(r"(.*)\[(\d{1,10})\]")
_EXIT = re.compile(r"(-?\d{1,10})(?:: (\S.*))?")
_SIGNAL = re.compile(r"(.+): (\d{1,3})")


def number(text: str | None) -> int | None:
    """Return the number that a value begins with, or None."""
    if text is None:
        return None
    digits = text.partition(" ")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def exit_status(text: str) -> tuple[int | None, str]:
    """Return the number and the name of a `last exit code`: `78: EX_CONFIG` is 78, EX_CONFIG.

    Words in brackets, such as `(never exited)`, are a name without a number.
    """
    if found := _EXIT.fullmatch(text):
        return int(found[1]), found[2] or ""
    return None, text[1:-1] if text[:1] == "(" and text[-1:] == ")" else ""


def signal_number(text: str) -> int | None:
    """Return the number of a `last terminating signal`: `Killed: 9` is 9."""
    found = _SIGNAL.fullmatch(text)
    return int(found[2]) if found else None


def signal_name(value: int) -> str:
    """Return a signal's name on this system, `SIGKILL`, or its number in words."""
    try:
        return signal.Signals(value).name
    except ValueError:
        return f"signal {value}"


def known(key: str) -> bool:
    """Say whether this is a key that launchd is known to print."""
    return key in _FORMS or _MEMORY.fullmatch(key) is not None


def typed(key: str, text: str) -> Typed:
    """Return a value in the form of its key; one that has another form stays text."""
    form = _FORMS.get(key)
    if form is None:
        return _limit(text) if _MEMORY.fullmatch(key) else text
    return form(text)


def _text(text: str) -> Typed:
    return text


def _integer(text: str) -> Typed:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 19 else text


def _truth(text: str) -> Typed:
    return {"0": False, "1": True}.get(text, text)


def _octal(text: str) -> Typed:
    return int(text, 8) if re.fullmatch(r"[0-7]{1,6}", text) else text


def _hex(text: str) -> Typed:
    return int(text, 16) if re.fullmatch(r"0x[0-9a-fA-F]{1,16}", text) else text


def _amount(text: str) -> Typed:
    found = _AMOUNT.fullmatch(text)
    return int(found[1]) if found else _integer(text)


def _limit(text: str) -> Typed:
    return None if text == "(unlimited)" else _amount(text)


def _named(text: str) -> Typed:
    found = _NAMED.fullmatch(text)
    return {"name": found[1], "number": int(found[2])} if found else {"name": text, "number": None}


def _owned(text: str) -> Typed:
    found = _OWNED.fullmatch(text)
    return {"name": found[1].strip(), "number": int(found[2])} if found else text


def _status(text: str) -> Typed:
    code, name = exit_status(text)
    return text if code is None and not name else {"code": code, "name": name}


def _signal(text: str) -> Typed:
    found = _SIGNAL.fullmatch(text)
    return {"name": found[1], "number": int(found[2])} if found else text


def _flags(text: str) -> Typed:
    return [flag for flag in text.strip().split(" | ") if flag]


def _each(form: Callable[[str], Typed], keys: str) -> dict[str, Callable[[str], Typed]]:
    """Return a table that gives every line of `keys` the same form."""
    return dict.fromkeys((key.strip() for key in keys.strip().split("\n")), form)


_FORMS: dict[str, Callable[[str], Typed]] = {
    **_each(
        _integer,
        """
        active count
        copy count
        runs
        pid
        forks
        execs
        nice
        asid
        successive crashes
        handle
        service count
        active service count
        on-demand count
        external activation count
        in-progress bootstraps
        creator euid
        uniqueid
        jetsam priority
        jetsam thread limit
        jetsam soft port limit
        jetsam hard port limit
        jetsam soft file descriptor limit
        jetsam hard file descriptor limit
        jetsam address limit
        resolved uid
        resolved gid
        exponential throttling grace limit
        persona set at
        trial factor reloads
        pending global attachments
        """,
    ),
    **_each(
        _truth,
        """
        initialized
        trampolined
        started suspended
        proxy started suspended
        uses proxy
        excessive crashing
        allowed to execute
        multiple instances
        extension alive
        retain only
        """,
    ),
    # Seconds, but for `bringup time`, which counts milliseconds.
    **_each(
        _amount,
        """
        minimum runtime
        base minimum runtime
        exit timeout
        run interval
        bringup time
        maximum allowed shutdown time
        voluntary exit timeout
        launch watchdog timeout
        """,
    ),
    **_each(
        _text,
        """
        original
        path
        type
        managed_by
        state
        bundle id
        extension point
        controller
        program
        program identifier
        parent bundle identifier
        parent bundle version
        BTM uuid
        working directory
        stdin path
        stdout path
        stderr path
        container id
        sandbox profile
        subsystem root
        username
        group
        immediate reason
        pended spawn
        pended nondemand spawn
        spawn reason filter
        last exit reason
        last jetsam exit details
        jetsamproperties category
        cpumon
        job state
        checked allocations
        checked allocations reason
        conclave
        originator
        session
        endpoint destination
        auxiliary bootstrapper
        dext checkin port
        persist to boot modes
        persistent resource coalition
        """,
    ),
    **_each(_hex, "death port\nsanitizer flags\nchecked allocations flags"),
    **_each(_named, "spawn type\nspawn role"),
    **_each(_owned, "creator\ndomain"),
    "umask": _octal,
    "last exit code": _status,
    "last terminating signal": _signal,
    "properties": _flags,
}

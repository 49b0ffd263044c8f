"""launchctl: says what it is asked to the launchd and passes its answer on."""

from __future__ import annotations

import os
import sys
import time

from entraclaw_tui.demo.mac import wire
from entraclaw_tui.demo.mac.launchd_target import parse
from entraclaw_tui.demo.mac.lean import LAUNCHD_SOCKET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_USAGES = {
    "blame": "<service-target>",
    "bootout": "<domain-target> [service-path1, service-path2, ...] | <service-target>",
    "bootstrap": "<domain-target> [service-path, service-path2, ...]",
    "disable": "<service-target>",
    "dumpstate": "",
    "enable": "<service-target>",
    "error": "<error-code>",
    "getenv": "<key>",
    "kickstart": "[-k] [-p] <service-target>",
    "kill": "<signal-number|signal-name> <service-target>",
    "list": "[service-name]",
    "load": "[-wF] [-S sessiontype] [-D domain] <service-path>",
    "managername": "",
    "manageruid": "",
    "print": "<domain-target> | <service-target>",
    "print-disabled": "<domain-target>",
    "procinfo": "<pid>",
    "remove": "<service-name>",
    "setenv": "<key> <value>",
    "start": "<service-name>",
    "stop": "<service-name>",
    "unload": "[-wF] [-S sessiontype] [-D domain] <service-path>",
    "unsetenv": "<key>",
}

_PLACES = {
    "kill": 1,
    "dumpstate": None,
    "error": None,
    "getenv": None,
    "list": None,
    "load": None,
    "managername": None,
    "manageruid": None,
    "procinfo": None,
    "remove": None,
    "setenv": None,
    "start": None,
    "stop": None,
    "unload": None,
    "unsetenv": None,
}
"""Where the target stands among the words, None where there is none; else it comes first."""


def main(mac: Folder, arguments: list[str]) -> int:
    """Run one subcommand."""
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        names = "\n".join(f"\t{name}" for name in _USAGES)
        out = sys.stdout if arguments else sys.stderr
        out.write("Usage: launchctl <subcommand> ... | help [subcommand]\n\nSubcommands:\n")
        out.write(names + "\n")
        return 0 if arguments else 64
    verb, words = arguments[0], arguments[1:]
    if verb not in _USAGES:
        sys.stderr.write(f"Unrecognized subcommand: {verb}\n")
        sys.stderr.write("Usage: launchctl <subcommand> ... | help [subcommand]\n")
        return 64
    flags: list[str] = []
    if verb == "kickstart":
        flags, words = _flags(words)
    # Not in the manual, and a target that is none up to macOS 15.
    waits = verb == "bootout" and words[:1] == ["--wait"] and int(mac.fact("macos")[:2]) >= 26
    words = words[1:] if waits else words
    complaint = _complaint(verb, words)
    if complaint is not None:
        sys.stderr.write(complaint + _usage(verb))
        return 64
    if verb == "procinfo":
        # The account of a pretend Mac is an ordinary one.
        sys.stderr.write("This subcommand requires root privileges: procinfo\n")
        return 1
    if verb in ("load", "unload"):
        words = [word if word.startswith("-") else os.path.abspath(word) for word in words]  # noqa: PTH100
    elif verb in ("bootstrap", "bootout"):
        words = words[:1] + [os.path.abspath(path) for path in words[1:]]  # noqa: PTH100
    try:
        answer = wire.ask(mac.at(LAUNCHD_SOCKET), [verb, *words, *flags])
        if waits and answer.exit == 0:
            _wait_until_gone(mac, words[0])
    except wire.WireError as error:
        sys.stderr.write(f"launchctl: {error}\n")
        return 5
    sys.stderr.write(answer.err)
    if verb == "kickstart":
        if "-p" in flags and answer.out:
            before = "service spawned with pid: " if sys.stdout.isatty() else ""
            sys.stdout.write(f"{before}{answer.out}\n")
    else:
        sys.stdout.write(answer.out)
    return answer.exit


def _wait_until_gone(mac: Folder, target: str) -> None:
    """Stand until launchd does not know the service any more."""
    while wire.ask(mac.at(LAUNCHD_SOCKET), ["print", target]).exit == 0:
        time.sleep(0.02)


def _flags(words: list[str]) -> tuple[list[str], list[str]]:
    flags: list[str] = []
    while words and words[0].startswith("-"):
        flags += ["-" + letter for letter in words[0][1:]]
        words = words[1:]
    return flags, words


def _complaint(verb: str, words: list[str]) -> str | None:
    """Return what is wrong with the words, None where nothing is."""
    least = {
        **{"bootstrap": 2, "kill": 2, "setenv": 2},
        **{"dumpstate": 0, "list": 0, "managername": 0, "manageruid": 0},
    }
    if len(words) < least.get(verb, 1):
        return ""
    place = _PLACES.get(verb, 0)
    if place is None:
        return None
    parsed = parse(words[place])
    if parsed is None and words[place].startswith("-"):
        return "Unrecognized target specifier.\n"
    if parsed is None:
        guess = words[place].rpartition("/")[2]
        return f"Unrecognized target specifier, did you mean gui/<uid>/{guess}\n"
    if verb in ("blame", "kickstart", "kill", "enable", "disable") and not parsed[1]:
        return "Unrecognized target specifier.\n"
    return None


def _usage(verb: str) -> str:
    return (
        f"Usage: launchctl {verb} {_USAGES[verb]}".rstrip() + "\n"
        "<service-target> takes a form of <domain-target>/<service-id>.\n"
        "Please refer to `man launchctl` for explanation of the <domain-target> specifiers.\n"
    )

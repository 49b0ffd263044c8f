"""What launchd answers to launchctl: exact texts, streams and exit codes of macOS 26."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.demo.mac import launchd_target
from entraclaw_tui.demo.mac.launchd import legacy, print_pid
from entraclaw_tui.demo.mac.launchd.domain import ERRORS, Domain, LaunchError
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.job import Job
from entraclaw_tui.demo.mac.launchd.print_domain import (
    list_service,
    list_services,
    print_disabled,
    print_domain,
)
from entraclaw_tui.demo.mac.launchd.print_service import print_service
from entraclaw_tui.demo.mac.wire import Answer

_HINT = "Try re-running the command as root for richer errors.\n"

# Who is not root hears 5 for most refusals; these are told as they are.
_SPOKEN = frozenset({1, 3, 36, 125, 134})


class Refused(Exception):
    """The answer is a failure."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.answer = Answer(code, err=text)


class Commands:
    """launchctl's verbs over the domains of one launchd."""

    def __init__(self, domains: dict[str, Domain], ground: Ground, login: str) -> None:
        self._domains = domains
        self._ground = ground
        self._login = login
        """The domain of the caller's session."""

    def answer(self, words: list[str], pid: int) -> Answer:
        """Carry out a command of the process `pid` and say what happened."""
        verbs: dict[str, Callable[[list[str], int], Answer]] = {
            "bootout": self._bootout,
            "bootstrap": self._bootstrap,
            "disable": self._override,
            "enable": self._override,
            "getenv": self._getenv,
            "kickstart": self._kickstart,
            "kill": self._kill,
            "list": self._list,
            "blame": self._blame,
            "dumpstate": self._dumpstate,
            "error": _error,
            "managername": lambda words, pid: Answer(out=f"{self._session.session}\n"),
            "manageruid": lambda words, pid: Answer(out=f"{self._ground.host.uid}\n"),
            "print": self._print,
            "print-disabled": self._print_disabled,
            "setenv": self._setenv,
            "unsetenv": self._setenv,
            "-on-demand": self._on_demand,
        }
        old = {
            "load": legacy.load,
            "remove": legacy.remove,
            "start": legacy.start,
            "stop": legacy.stop,
            "unload": legacy.unload,
        }
        try:
            if words[0] in old:
                return old[words[0]](self._session, words, f"launchctl[{pid}]")
            return verbs[words[0]](words, pid)
        except Refused as refused:
            return refused.answer
        except (KeyError, IndexError):
            return Answer(64, err="Bad request.\n")

    @property
    def _session(self) -> Domain:
        return self._domains[self._login]

    def _domain(self, name: str) -> Domain:
        if name not in self._domains:
            kind, _, number = name.partition("/")
            described = {"gui": "user gui: ", "user": "uid: "}.get(kind, f"{kind}: ") + number
            raise Refused(112, f"Could not find domain for {described}\n")
        return self._domains[name]

    def _target(self, text: str) -> tuple[Domain, str]:
        parsed = launchd_target.parse(text)
        if parsed is None:
            raise Refused(64, "Unrecognized target specifier.\n")
        return self._domain(parsed[0]), parsed[1]

    def _job(self, text: str, before: str = "") -> Job:
        domain, label = self._target(text)
        try:
            return domain.job(label)
        except LaunchError:
            missing = f'Could not find service "{label}" in domain for {domain.described}\n'
            raise Refused(113, before + missing) from None

    def _print(self, words: list[str], pid: int) -> Answer:
        process = words[1].removeprefix("pid/")
        if process != words[1] and process.isdecimal() and print_pid.alive(int(process)):
            return Answer(out=self._process(int(process), pid))
        domain, label = self._target(words[1])
        if not label:
            return Answer(out=print_domain(domain, self._ground))
        return Answer(out=print_service(self._job(words[1], "Bad request.\n"), self._ground))

    def _process(self, pid: int, looker: int) -> str:
        jobs = [job for domain in self._domains.values() for job in domain.jobs.values()]
        unique = next(self._ground.coalitions)
        root = print_pid.root_of(pid, jobs)
        return print_pid.print_pid(pid, root, looker, self._ground.host.uid, unique)

    def _print_disabled(self, words: list[str], _: int) -> Answer:
        return Answer(out=print_disabled(self._target(words[1])[0], self._ground))

    def _list(self, words: list[str], _: int) -> Answer:
        domain = self._session
        if len(words) == 1:
            return Answer(out=list_services(domain))
        if words[1] not in domain.jobs:
            return Answer(113, err=f'Could not find service "{words[1]}" in domain for port\n')
        return Answer(out=list_service(domain.jobs[words[1]], domain.session))

    def _blame(self, words: list[str], _: int) -> Answer:
        job = self._job(words[1], "Bad request.\n")
        if job.pid is None:
            raise Refused(3, "No process to signal.\n")
        return Answer(out=f"{job.reason}\n")

    def _dumpstate(self, words: list[str], _: int) -> Answer:
        parts = []
        for domain in self._domains.values():
            parts.append(print_domain(domain, self._ground))
            parts += [print_service(job, self._ground) for job in domain.jobs.values()]
        return Answer(out="".join(parts))

    def _bootstrap(self, words: list[str], pid: int) -> Answer:
        if words[1] == f"gui/{self._ground.host.uid}" and words[1] not in self._domains:
            # What a program over SSH hears where nobody is logged in at the screen.
            raise Refused(125, f"Bootstrap failed: {LaunchError(125)}\n")
        domain, _ = self._target(words[1])
        self._mutable(domain, "Bootstrap failed")
        for path in words[2:]:
            try:
                domain.bootstrap(Path(path), f"launchctl[{pid}]")
            except LaunchError as error:
                raise _spoken("Bootstrap failed", error) from None
        return Answer()

    def _bootout(self, words: list[str], pid: int) -> Answer:
        domain, label = self._target(words[1])
        self._mutable(domain, "Boot-out failed")
        labels = [label] if label else []
        for path in words[2:]:
            found = domain.labels_of(Path(path))
            if not found:
                raise _spoken("Boot-out failed", LaunchError(5))
            labels += found
        if not label and not words[2:]:
            labels = list(domain.jobs)
        for one in labels:
            try:
                domain.bootout(one, f"launchctl[{pid}]")
            except LaunchError as error:
                raise _spoken("Boot-out failed", error) from None
        return Answer()

    def _kickstart(self, words: list[str], _: int) -> Answer:
        job = self._job(words[1])
        if job.leaving:
            return Answer(37)
        domain, label = self._target(words[1])
        self._mutable(domain, f'Could not kickstart service "{label}"')
        before = job.pid
        started = job.kickstart(kill="-k" in words[2:])
        # What is being killed is not the process that was asked for.
        pid = "" if started and job.pid == before else f"{job.pid or ''}"
        return Answer(0 if started else 37, out=pid)

    def _kill(self, words: list[str], _: int) -> Answer:
        number = _signal(words[1])
        job = self._job(words[2])
        if not job.send(number):
            raise Refused(3, "No process to signal.\n")
        return Answer()

    def _override(self, words: list[str], _: int) -> Answer:
        domain, label = self._target(words[1])
        if not label:
            raise Refused(64, "Unrecognized target specifier.\n")
        self._mutable(domain, f"Could not {words[0]} service")
        domain.overrides.say(label, words[0] == "disable")
        return Answer()

    def _getenv(self, words: list[str], _: int) -> Answer:
        value = self._ground.environment.get(words[1])
        return Answer(0 if value is not None else 1, out="" if value is None else f"{value}\n")

    def _setenv(self, words: list[str], _: int) -> Answer:
        if words[0] == "setenv":
            self._ground.environment[words[1]] = words[2]
        else:
            self._ground.environment.pop(words[1], None)
        return Answer()

    def _on_demand(self, words: list[str], _: int) -> Answer:
        self._ground.on_demand = words[1] == "1"
        if not self._ground.on_demand:
            self._ground.deaf = frozenset()
            for domain in self._domains.values():
                for job in list(domain.jobs.values()):
                    job.release()
        return Answer()

    def _mutable(self, domain: Domain, what: str) -> None:
        if domain.kind == "system":
            raise Refused(1, f"{what}: {LaunchError(1)}\n")


def _spoken(what: str, error: LaunchError) -> Refused:
    if error.code in _SPOKEN:
        return Refused(error.code, f"{what}: {error}\n")
    return Refused(5, f"{what}: {LaunchError(5)}\n{_HINT}")


def _error(words: list[str], _: int) -> Answer:
    number = int(words[1]) if words[1].isdigit() else -1
    return Answer(out=f"{words[1]}: {ERRORS.get(number, 'unknown error code')}\n")


def _signal(word: str) -> int:
    name = word.upper()
    try:
        if name.isdigit():
            return int(signal.Signals(int(name)))
        return int(signal.Signals["SIG" + name.removeprefix("SIG")])
    except (KeyError, ValueError):
        raise Refused(64, f"Unknown signal: {word}\n") from None

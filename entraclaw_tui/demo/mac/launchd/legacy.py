"""launchctl's verbs from before macOS 10.10, as they still answer."""

from __future__ import annotations

import contextlib
from pathlib import Path

from entraclaw_tui.demo.mac.launchd.definition import load as define_from
from entraclaw_tui.demo.mac.launchd.domain import Domain, LaunchError
from entraclaw_tui.demo.mac.launchd.reader import DefinitionError
from entraclaw_tui.demo.mac.wire import Answer


def load(domain: Domain, words: list[str], by: str) -> Answer:
    """Load files into the caller's session; what fails is told, and the exit status is 0."""
    told = ""
    for path in _paths(words):
        if "-w" in words:
            _enable(domain, path)
        try:
            domain.bootstrap(Path(path), by)
        except LaunchError:
            told += _failed("Load", "bootstrap")
    return Answer(err=told)


def unload(domain: Domain, words: list[str], by: str) -> Answer:
    """Take the jobs of files out of the caller's session."""
    for path in _paths(words):
        labels = domain.labels_of(Path(path))
        if not labels:
            return Answer(5, err=_failed("Unload", "bootout"))
        for label in labels:
            if "-w" in words:
                domain.overrides.say(label, True)
            if not domain.jobs[label].leaving:
                domain.bootout(label, by)
    return Answer()


def start(domain: Domain, words: list[str], _: str) -> Answer:
    """Start a job by its label alone; nothing is said, whatever happens."""
    job = domain.jobs.get(words[1])
    if job is None:
        return Answer(3)
    job.kickstart(kill=False)
    return Answer()


def stop(domain: Domain, words: list[str], _: str) -> Answer:
    """End a job's process; KeepAlive may start it again."""
    job = domain.jobs.get(words[1])
    if job is None:
        return Answer(3)
    job.stop()
    return Answer()


def remove(domain: Domain, words: list[str], by: str) -> Answer:
    """Take a job out by its label."""
    if words[1] not in domain.jobs:
        return Answer(3)
    if not domain.jobs[words[1]].leaving:
        domain.bootout(words[1], by)
    return Answer()


def _paths(words: list[str]) -> list[str]:
    return [word for word in words[1:] if not word.startswith("-")]


def _enable(domain: Domain, path: str) -> None:
    with contextlib.suppress(DefinitionError):
        definition = define_from(Path(path))
        if domain.overrides.disabled(definition.label, definition.disabled):
            domain.overrides.say(definition.label, False)


def _failed(what: str, instead: str) -> str:
    return (
        f"{what} failed: 5: Input/output error\n"
        f"Try running `launchctl {instead}` as root for richer errors.\n"
    )

"""How the agent's process ended, where launchd gives a reason of the system's."""

from __future__ import annotations

from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.doctor.job import NAMED_REASONS, loaded, seen
from entraclaw_tui.model.finding import Finding, Severity

DYLD, EXEC, PRIVACY, GUARDED, MEMORY = NAMED_REASONS


def library_missing(evidence: Evidence) -> Iterator[Finding]:
    """The loader found no library that the program needs."""
    yield from _ended(
        evidence,
        (DYLD,),
        "library-missing",
        "A library of the agent's program could not be loaded.",
        "This happens when Python was upgraded or moved and its old libraries went.",
    )


def not_executable(evidence: Evidence) -> Iterator[Finding]:
    """The kernel refused to run the file."""
    yield from _ended(
        evidence,
        (EXEC,),
        "not-executable",
        "macOS could not run the agent's program.",
        "The file is no program for this Mac: of another processor, a script without its "
        "interpreter, or damaged.",
    )


def killed_by_privacy(evidence: Evidence) -> Iterator[Finding]:
    """TCC ended the process."""
    yield from _ended(
        evidence,
        (PRIVACY,),
        "killed-by-privacy",
        "macOS ended the agent for reaching something private.",
        "A program without a usage text is ended at once where others would be asked about.",
    )


def killed_by_guard(evidence: Evidence) -> Iterator[Finding]:
    """Security software of the company ended the process."""
    yield from _ended(
        evidence,
        (GUARDED,),
        "killed-by-guard",
        "Security software on this Mac ended the agent.",
        "A product with Endpoint Security forbids the program; its own log says why.",
        "Ask whoever runs that product to allow the agent's program.",
    )


def killed_for_memory(evidence: Evidence) -> Iterator[Finding]:
    """The kernel took the memory back."""
    yield from _ended(
        evidence,
        (MEMORY,),
        "killed-for-memory",
        "macOS ended the agent because memory ran short.",
        "launchd starts it again; pending requests are kept, tokens in memory are not.",
        "Quit what uses much memory, or restart the Mac.",
    )


def _ended(
    evidence: Evidence,
    reasons: tuple[str, ...],
    id_: str,
    sentence: str,
    why: str,
    words: str = "",
) -> Iterator[Finding]:
    job = loaded(evidence)
    if job is None or not job.last_reason.startswith(reasons):
        return
    yield Finding(
        id_,
        Severity.WARNING if job.alive else Severity.ERROR,
        sentence,
        seen(job),
        why,
        repairs.by_hand(words) if words else repairs.INSTALL,
        about="job",
    )

"""What the worker says of itself, where it runs and somebody asked it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.doctor.job import STOPPING, loaded
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.keychain import Program
from entraclaw_tui.model.source import Loaded


def silent(evidence: Evidence) -> Iterator[Finding]:
    """launchd says that it runs, and it does not answer."""
    job, word = loaded(evidence), evidence.worker
    if word is not None and not word.answered and job is not None and job.alive:
        # Sockets that are gone have a finding of their own, and so has its end.
        if evidence.around.sockets_missing or job.state in STOPPING:
            return
        yield Finding(
            "worker-silent",
            Severity.ERROR,
            "The agent runs and does not answer.",
            (f"pid {job.pid}, state = {job.state}", word.reason or "no answer"),
            "It starts just now, or waits: often for an answer to a Keychain question at the Mac's "
            "screen. Its log tells what it did last.",
            repairs.RESTART,
            about="job",
        )


def waits(evidence: Evidence) -> Iterator[Finding]:
    """It answers, and its start or its first look at the key hangs."""
    word = evidence.worker
    if word is not None and word.waits_for:
        yield Finding(
            "worker-waits",
            Severity.WARNING,
            "The agent waits for the Keychain."
            if word.waits_for == "keychain"
            else "The agent still opens its database.",
            (word.note or f"the worker says: waits for {word.waits_for}",),
            "Until then it can say how it is, and refuses or holds back what needs its keys.",
            repairs.by_hand(
                "Answer the question at the Mac's screen, if it shows one."
                if word.waits_for == "keychain"
                else "Wait; where it stays so, look at the disk."
            ),
            about="keychain" if word.waits_for == "keychain" else "files",
        )


def keychain_refused(evidence: Evidence) -> Iterator[Finding]:
    """The Keychain does not give the worker its own items."""
    word = evidence.worker
    # Items that are known to belong to another program have a finding of their own.
    if word is None or word.keychain != "unavailable" or any(items_foreign(evidence)):
        return
    items = evidence.keychain.value.items if isinstance(evidence.keychain, Loaded) else ()
    ours = tuple(i.account for i in items if i.service == LABEL and i.account.startswith("key:"))
    yield Finding(
        "keychain-refused",
        Severity.ERROR,
        "The agent does not get at its own Keychain items.",
        (word.note or "the worker says: keychain unavailable", f"it runs {evidence.program}"),
        "An item opens by itself only for the program that made it; for another Python macOS asks "
        "at the screen and waits, or refuses at once (-25293, -25244).",
        repairs.by_hand(
            "Run the agent with the Python that made them, allow it at the Mac's screen, or delete "
            "the items and set the agent up again."
        ),
        about="keychain",
        things=ours,
    )


def storage_degraded(evidence: Evidence) -> Iterator[Finding]:
    """The worker cannot write."""
    word = evidence.worker
    if word is not None and word.storage == "degraded":
        yield Finding(
            "storage-degraded",
            Severity.ERROR,
            "The agent cannot write its records.",
            (word.note or "the worker says: storage degraded",),
            "What is decided now is not kept over a restart, so it allows nothing new.",
            repairs.by_hand("Look at the disk's space and at the rights of the agent's folder."),
            about="files",
        )


def paused(evidence: Evidence) -> Iterator[Finding]:
    """Somebody paused the worker."""
    word = evidence.worker
    if word is not None and word.paused:
        yield Finding(
            "worker-paused",
            Severity.WARNING,
            "The agent is paused.",
            ("the worker says: paused",),
            "It refuses every request until somebody lets it go on.",
            repairs.by_hand("Unlock your session in the panel, and end the agent's pause there."),
            about="job",
        )


def items_foreign(evidence: Evidence) -> Iterator[Finding]:
    """The list of an item's readers, where it is known, leaves the agent's program out."""
    if not isinstance(evidence.keychain, Loaded) or not evidence.program:
        return
    found = [
        item
        for item in evidence.keychain.value.items
        if item.service == LABEL
        and item.access is not None
        and item.access.told
        and not item.access.anyone
        and not any(_is_ours(program, evidence) for program in item.access.programs)
    ]
    if found:
        readers = sorted(
            {
                f"{program.path} ({program.state})" if program.state else program.path
                for item in found
                if item.access
                for program in item.access.programs
            }
        )
        yield Finding(
            "items-foreign",
            Severity.ERROR,
            "Keychain items of the agent belong to another program.",
            (
                *(f"{item.account}" for item in found[:6]),
                f"readable by {', '.join(readers) or 'nobody without a question'}",
                f"the job runs {evidence.program}",
            ),
            "macOS asks at the screen before another program may read them, and over SSH nobody "
            "can answer.",
            repairs.by_hand("Run the agent with the Python that made them, or set it up again."),
            about="keychain",
            things=tuple(item.account for item in found),
        )


def entitlements_missing(evidence: Evidence) -> Iterator[Finding]:
    """The hardened runtime keeps Python from loading modules of others."""
    around, signature = evidence.around, evidence.signature
    if not signature.hardened or around.entitlements is None:
        return
    if _LIBRARIES in around.entitlements:
        return
    yield Finding(
        "runtime-entitlements",
        Severity.WARNING,
        "The agent's Python has the hardened runtime and may load no modules of others.",
        (f"flags: {', '.join(signature.flags) or 'runtime'}", f"no {_LIBRARIES}"),
        "Extension modules that another team signed, or nobody, are refused at their import.",
        repairs.by_hand("Use a Python that was signed with this entitlement, as python.org's is."),
        about="job",
    )


_LIBRARIES = "com.apple.security.cs.disable-library-validation"


def _is_ours(reader: Program, evidence: Evidence) -> bool:
    """Whether a program of an item's list is the one that the job runs, and not an older build.

    A Python framework starts one binary and becomes another one (`Resources/Python.app`): both
    are the same version of the same framework.
    """
    if reader.state in ("changed", "gone"):
        return False
    path = reader.path.removeprefix(evidence.around.root)
    framework, named = _FRAMEWORK.match(path), _FRAMEWORK.match(evidence.program)
    return (
        path == evidence.program
        or (framework is not None and named is not None and framework[0] == named[0])
        or bool(reader.requirement and reader.requirement == evidence.signature.requirement)
    )


_FRAMEWORK = re.compile(r".*/Python3?\.framework/Versions/[^/]+/")

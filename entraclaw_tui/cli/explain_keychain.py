"""Saved outputs of security. Comments and generic bytes of items are never shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from entraclaw_tui.cli.explain_report import Capture, Report, Unreadable, fields, worst_first
from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.keychain_access import parse_access, words
from entraclaw_tui.macos.keychain_dump import parse_dump
from entraclaw_tui.macos.keyring_errors import parse_error
from entraclaw_tui.macos.security_texts import (
    parse_identities,
    parse_identity_count,
    parse_keychains,
    parse_refusal,
)
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.keychain import Access, Keychain

_SECRET = re.compile(rb"^(?:password: .+|(?:raw )?data:\s*\n.+)$", re.MULTILINE)
_SHOWN = 5


def dump(capture: Capture) -> Report:
    """`security dump-keychain`, with or without `-a`; `find-generic-password` as well."""
    data = capture.data.replace(b"\r\n", b"\n")
    if b"attributes:" in data and not re.search(rb"^keychain: ", data, re.MULTILINE):
        # The first line was left out when it was copied.
        data = b"keychain: \n" + data
    found = parse_dump(data)
    if not found.items:
        return _otherwise(capture)
    items = [
        {**fields(item), "readers": "" if item.access is None else words(item.access)}
        for item in found.items
    ]
    typed: dict[str, object] = {"path": found.path, "count": len(items), "items": items}
    return Report(capture.kind, typed, {}, worst_first(_of_dump(capture.data, found)))


def refusal(capture: Capture) -> Report:
    """What security, or the keyring library, wrote of a failure."""
    status = parse_error(capture.text)
    said = parse_refusal(capture.text)
    if status is None and said is None:
        raise Unreadable(f"This does not look like an output of the kind {capture.kind}.")
    if status is None and said is not None:
        status = osstatus.named(said.words, said.code)
    typed: dict[str, object] = {
        "status": status.code if status else None,
        "name": status.name if status else "",
        "said": said.words if said else "",
        "function": said.function if said else "",
        "means": status.words if status else "",
        "next_step": status.hint if status else "",
    }
    sentence = (status.words if status else "") or (said.words if said else "")
    finding = Finding(
        "keychain-refused",
        Severity.ERROR,
        sentence,
        (said.words,) if said else (),
        "security ends with the lowest byte of this number.",
        Repair(status.hint) if status and status.hint else None,
    )
    return Report(capture.kind, typed, {}, (finding,))


def _otherwise(capture: Capture) -> Report:
    """Explain what is no dump: a list of keychains, identities, or a refusal."""
    text = capture.text
    identities, count = parse_identities(text), parse_identity_count(text)
    if identities or count is not None:
        listed = [identity._asdict() for identity in identities]
        return Report(capture.kind, {"count": count, "identities": listed}, {})
    if keychains := parse_keychains(text):
        return Report(capture.kind, {"keychains": keychains}, {})
    if parse_refusal(text) or parse_error(text):
        return refusal(capture)
    access = parse_access(text)
    if access.told or access.partitions:
        typed: dict[str, object] = {**fields(access), "readers": words(access)}
        return Report(capture.kind, typed, {}, tuple(_lost(_programs(access, ""))))
    if not text.strip():
        # What the tool prints for a keychain file that does not exist.
        return Report(capture.kind, {"path": "", "count": 0, "items": []}, {})
    raise Unreadable(f"This does not look like an output of the kind {capture.kind}.")


def _of_dump(data: bytes, found: Keychain) -> Iterator[Finding]:
    seen = Counter((i.kind, i.service, i.account) for i in found.items if i.service or i.account)
    twice = tuple(f"{n} x {s} / {a}" for (_, s, a), n in seen.items() if n > 1)
    if twice:
        yield Finding(
            "items-twice",
            Severity.WARNING,
            "Some items are there twice.",
            twice[:_SHOWN],
            "They lie in different keychains, and which one is read is chance.",
            Repair("Delete the older ones in Keychain Access."),
        )
    yield from _lost(
        line
        for item in found.items
        if item.access is not None
        for line in _programs(item.access, f"{item.service} / {item.account}: ")
    )
    if _SECRET.search(data):
        yield Finding(
            "capture-holds-secrets",
            Severity.WARNING,
            "This capture holds a secret.",
            (),
            "It was made with `-d`, `-g` or `-w`. The secret is not shown here.",
            Repair("Delete the file; do not send it to anybody."),
        )


def _programs(access: Access, head: str) -> Iterator[str]:
    """Yield the listed programs that are no longer what they were."""
    for program in access.programs:
        if program.state in ("changed", "gone"):
            yield f"{head}{program.path} ({program.state})"


def _lost(lines: Iterable[str]) -> Iterator[Finding]:
    seen = tuple(lines)
    if seen:
        yield Finding(
            "items-foreign",
            Severity.WARNING,
            "Some items belong to programs that were replaced or are gone.",
            seen[:_SHOWN],
            "The program that stands there now is asked about, or refused without a question.",
            Repair("Delete them with `security delete-generic-password`, then sign in again."),
        )

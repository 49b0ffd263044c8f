"""Saved outputs of codesign, csreq and spctl."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

import msgspec

from entraclaw_tui.cli.explain_report import (
    Capture,
    Report,
    Unreadable,
    as_raw,
    fields,
    worst_first,
)
from entraclaw_tui.macos.assessment import (
    parse_assessment,
    parse_stapler,
    parse_verify,
)
from entraclaw_tui.macos.csreq import RequirementError, decompile
from entraclaw_tui.macos.entitlements import HARDENED_PYTHON, Entitlement, parse_entitlements
from entraclaw_tui.macos.signature import codesign_fields, parse_codesign
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.privacy import Signature

_MAGIC = bytes.fromhex("fade0c00")
_CDHASH = re.compile(r'cdhash H"')
_PYTHON = re.compile(r"python", re.IGNORECASE)


def codesign(capture: Capture) -> Report:
    """`codesign -dvvv`, `-d -r-`, `-d --entitlements -`, `--verify`; also spctl and stapler."""
    text = capture.text
    found = parse_codesign(text)
    entitled = parse_entitlements(capture.data) if capture.data.strip() else None
    verified = parse_verify(text)
    raw = codesign_fields(text)
    told = (found.identifier, found.requirement, found.path, found.cdhash, found.flags)
    if not any(told) and verified is None and entitled is None:
        return assessment(capture)
    if verified is not None and verified.valid and found.status == "unverified":
        found = msgspec.structs.replace(found, status="valid")
    if verified is not None and verified.valid is False and found.status == "unverified":
        found = msgspec.structs.replace(found, status="broken")
    typed: dict[str, object] = {
        **fields(found),
        "hardened": found.hardened,
        "entitlements": entitled,
        "verified": None if verified is None else verified._asdict(),
    }
    return Report(capture.kind, typed, as_raw(raw), worst_first(_of_signature(found, entitled)))


def requirement(capture: Capture) -> Report:
    """A compiled requirement: its bytes, or these as hex or base64."""
    blob = _blob(capture.data)
    try:
        text = decompile(blob)
    except RequirementError as error:
        raise Unreadable(f"This is no requirement that can be read: {error}.") from None
    findings = [_bound(text)] if _CDHASH.search(text) else []
    typed: dict[str, object] = {"requirement": text, "bytes": len(blob)}
    return Report(capture.kind, typed, {"hex": blob.hex()}, tuple(findings))


def assessment(capture: Capture) -> Report:
    """`spctl -a -vv`, or `stapler validate`."""
    found = parse_assessment(capture.text)
    stapled = parse_stapler(capture.text)
    if found is None and stapled is None:
        raise Unreadable(f"This does not look like an output of the kind {capture.kind}.")
    typed: dict[str, object] = {"stapled": stapled}
    findings = []
    if found is not None:
        typed |= {**found._asdict(), "notarized": found.notarized, "fault": found.fault}
        if found.fault:
            findings.append(
                Finding(
                    "gatekeeper-refused",
                    Severity.WARNING,
                    "Gatekeeper does not accept this program.",
                    tuple(f for f in (found.source, found.reason, found.origin) if f),
                    "It is asked for programs that came by download (quarantine).",
                    Repair("Get a notarized build, or allow it in Privacy & Security."),
                )
            )
    return Report(capture.kind, typed, {}, tuple(findings))


def _of_signature(found: Signature, entitled: dict[str, Entitlement] | None) -> Iterator[Finding]:
    if found.status == "broken":
        yield Finding(
            "signature-broken",
            Severity.ERROR,
            "The signature does not hold.",
            tuple(filter(None, (found.path, found.identifier))),
            "The program or a file of it was changed after it was signed; macOS may end it.",
            Repair("Install the program again."),
        )
    elif found.status == "unsigned":
        yield Finding(
            "program-unsigned",
            Severity.WARNING,
            "The program is not signed.",
            tuple(filter(None, (found.path,))),
            "Grants and Keychain items cannot be tied to it safely.",
            Repair("Sign it: `codesign -s - PROGRAM`."),
        )
    elif found.status == "adhoc" or _CDHASH.search(found.requirement):
        yield _bound(found.requirement or f"flags: {', '.join(found.flags)}")
    if (
        entitled is not None
        and found.hardened
        and _PYTHON.search(found.path + found.identifier)
        and not entitled.get(HARDENED_PYTHON[-1])
    ):
        yield Finding(
            "python-hardened",
            Severity.WARNING,
            "This Python has the hardened runtime without the entitlement for foreign modules.",
            (f"missing: {HARDENED_PYTHON[-1]}",),
            "It cannot load extension modules that another team has signed, or nobody.",
            Repair("Use another build of Python."),
        )


def _bound(text: str) -> Finding:
    return Finding(
        "bound-to-build",
        Severity.WARNING,
        "What is granted to this code ends with its next build.",
        (text,),
        "Its identity is the hash of this one build; an upgrade makes it another program.",
        Repair("Sign it with a certificate, so that its identity stays."),
    )


def _blob(data: bytes) -> bytes:
    if data.startswith(_MAGIC):
        return data
    text = data.strip()
    if found := re.fullmatch(rb"[Xx]'([0-9a-fA-F\s]*)'", text):
        text = found[1]
    text = re.sub(rb"\s+", b"", text.removeprefix(b"0x"))
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        pass
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(
            "This is no requirement: neither its bytes, nor hex, nor base64."
        ) from None

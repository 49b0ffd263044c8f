"""Code signatures as `codesign` words them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.assessment import Assessment
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.signature import (
    codesign_fields,
    parse_codesign,
    read_assessment,
    read_entitlements,
    read_signature,
)
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import Failed

Tool = Callable[[str, str], Path]

CODESIGN = "/usr/bin/codesign"
HASH = "5cbb7a1c4e87b7eff92f1119f4817c56c91edd43"
SIGNED = f"""\
Executable=/usr/local/bin/notes
Identifier=com.example.notes
Format=Mach-O thin (arm64)
CodeDirectory v=20500 size=1821 flags=0x10200(kill,runtime) hashes=46+7 location=embedded
Hash type=sha256 size=32
CandidateCDHash sha256={HASH}
CDHash={HASH}
Signature size=8990
Authority=Developer ID Application: Contoso (ABCDE12345)
Authority=Developer ID Certification Authority
Authority=Apple Root CA
Timestamp=Oct 28, 2025 at 8:44:08 PM
Info.plist=not bound
TeamIdentifier=ABCDE12345
Internal requirements count=1 size=288
designated => identifier "com.example.notes" and anchor apple generic
"""
ADHOC = f"""\
Executable=/opt/python/bin/python3.12
Identifier=-
CodeDirectory v=20400 size=520 flags=0x20002(adhoc,linker-signed) hashes=13+0 location=embedded
CDHash={HASH}
Signature=adhoc
TeamIdentifier=not set
# designated => cdhash H"{HASH}"
"""
UNSIGNED = "/usr/local/bin/plain: code object is not signed at all\n"


def test_a_signature_by_an_authority() -> None:
    assert parse_codesign(SIGNED) == Signature(
        path="/usr/local/bin/notes",
        status="unverified",
        identifier="com.example.notes",
        team="ABCDE12345",
        authority=(
            "Developer ID Application: Contoso (ABCDE12345)",
            "Developer ID Certification Authority",
            "Apple Root CA",
        ),
        cdhash=HASH,
        flags=("kill", "runtime"),
        requirement='identifier "com.example.notes" and anchor apple generic',
        format="Mach-O thin (arm64)",
    )


def test_an_ad_hoc_signature() -> None:
    found = parse_codesign(ADHOC, "/opt/python/bin/python3")
    assert (found.path, found.status, found.team) == ("/opt/python/bin/python3", "adhoc", "")
    assert found.requirement == f'cdhash H"{HASH}"'
    assert found.flags == ("adhoc", "linker-signed")


def test_no_signature_and_broken_ones() -> None:
    assert parse_codesign(UNSIGNED).status == "unsigned"
    for words in (
        "x: invalid signature (code or signature have been modified)",
        "x: a sealed resource is missing or invalid\nfile modified: y",
        "x: internal error in Code Signing subsystem",
    ):
        assert parse_codesign(words).status == "broken"
    assert parse_codesign("CodeDirectory v=1 flags=0x0(none) hashes=1").flags == ()
    assert parse_codesign("").status == "unverified"


def test_indented_output_is_read_too() -> None:
    pasted = "".join(f"    {line}\n" for line in SIGNED.splitlines())
    assert parse_codesign(pasted) == parse_codesign(SIGNED)


@given(st.text())
def test_text_never_makes_a_signature_valid(text: str) -> None:
    assert parse_codesign(text).status != "valid"


def script(shown: str, verified: int, shown_exit: int = 0) -> str:
    *details, requirement = shown.splitlines()
    listed = "\n".join(details)
    return (
        f'case "$1" in --verify) exit {verified};; esac\n'
        f"cat >&2 <<'X'\n{listed}\nX\ncat <<'X'\n{requirement}\nX\nexit {shown_exit}"
    )


async def test_only_a_verified_signature_is_valid(mac: Host, tool: Tool) -> None:
    tool(CODESIGN, script(SIGNED, 0))
    assert (await read_signature(mac, "/usr/local/bin/notes")).status == "valid"
    assert (await read_signature(mac, "/x", verify=False)).status == "unverified"
    tool(CODESIGN, script(SIGNED, 1))
    found = await read_signature(mac, Path("/usr/local/bin/notes"))
    assert (found.status, found.identifier) == ("broken", "com.example.notes")


async def test_other_kinds(mac: Host, tool: Tool) -> None:
    tool(CODESIGN, script(ADHOC, 0))
    assert (await read_signature(mac, "/x")).status == "adhoc"
    tool(CODESIGN, f"echo '{UNSIGNED.strip()}' >&2; exit 1")
    assert (await read_signature(mac, "/x")).status == "unsigned"
    tool(CODESIGN, "echo '/x: No such file or directory' >&2; exit 1")
    assert await read_signature(mac, "/x") == Signature("/x", "unverified")


async def test_trouble_is_no_exception(mac: Host) -> None:
    assert await read_signature(mac, "/x") == Signature("/x", "unverified")


def test_ticket_and_runtime() -> None:
    found = parse_codesign(SIGNED + "Notarization Ticket=stapled\nRuntime Version=15.2.0\n")
    assert (found.ticket, found.runtime, found.hardened) == ("stapled", "15.2.0", True)
    assert not parse_codesign("Identifier=x\n").hardened


def test_every_line_is_kept_as_printed() -> None:
    fields = codesign_fields(SIGNED)
    assert ("Identifier", "com.example.notes") in fields
    assert [value for key, value in fields if key == "Authority"][-1] == "Apple Root CA"
    assert not any("designated" in key for key, _ in fields)


async def test_entitlements_and_gatekeeper(mac: Host, tool: Callable[[str, str], Path]) -> None:
    assert isinstance(await read_entitlements(mac, "/x"), Failed)
    tool("/usr/bin/codesign", r"printf '[Dict]\n\t[Key] a\n\t[Value]\n\t\t[Bool] true\n'")
    assert await read_entitlements(mac, "/x") == {"a": True}
    tool("/usr/bin/codesign", 'echo "/x: code object is not signed at all" >&2; exit 1')
    assert await read_entitlements(mac, "/x") == {}
    assert isinstance(await read_assessment(mac, "/x"), Failed)
    tool("/usr/sbin/spctl", 'printf "/x: accepted\nsource=Notarized Developer ID\n" >&2')
    found = await read_assessment(mac, "/x")
    assert isinstance(found, Assessment)
    assert found.notarized

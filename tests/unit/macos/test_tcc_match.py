"""A privacy row beside the program that runs now."""

from __future__ import annotations

import msgspec
import pytest

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.interpreter import Program
from entraclaw_tui.macos.tcc_match import Code, Match, compared_with, match
from entraclaw_tui.model.privacy import PrivacyGrant, Signature

NEW = "/opt/homebrew/Cellar/python@3.14/3.14.6/bin/python3.14"
OLD = "/opt/homebrew/Cellar/python@3.14/3.14.5/bin/python3.14"
HASH, OTHER = "a" * 40, "6" * 40
JOB = Program("/opt/venv/bin/python", NEW, True)
ADHOC = Signature(NEW, "adhoc", "python3.14", cdhash=HASH, requirement=f'cdhash H"{HASH}"')


def row(client: str = NEW, requirement: str = "", **changes: object) -> PrivacyGrant:
    whole = PrivacyGrant(
        "kTCCServiceSystemPolicyAllFiles",
        "Full Disk Access",
        client,
        client.startswith("/"),
        "granted",
        "",
        None,
        "system",
        requirement=requirement,
    )
    return msgspec.structs.replace(whole, **changes)


def told(mac: Host, grant: PrivacyGrant, met: bool | None = None, code: Signature = ADHOC) -> Match:
    path = compared_with(mac, grant, JOB)
    return match(mac, grant, JOB, Code(path, True, code, met))


def test_the_same_code_fits(mac: Host) -> None:
    found = told(mac, row(requirement=f'cdhash H"{HASH.upper()}"'), met=True)
    assert (found.fits, found.of_job, found.program) == (True, True, NEW)
    assert {(check.what, check.fits) for check in found.checks} == {
        ("path", True),
        ("build", True),
        ("requirement", True),
    }


def test_another_build_at_the_same_path(mac: Host) -> None:
    found = told(mac, row(requirement=f'cdhash H"{OTHER}"'), met=False)
    assert found.fits is False
    assert "another build" in found.words
    (build,) = (check for check in found.checks if check.what == "build")
    assert (build.fits, build.granted, build.now) == (False, OTHER, HASH)


def test_the_version_before_an_upgrade(mac: Host) -> None:
    found = told(mac, row(OLD))
    assert (found.fits, found.of_job) == (False, True)
    assert "python@3.14" not in found.words
    assert "3.14.5/bin/python3.14" in found.words
    assert "3.14.6/bin/python3.14" in found.words


def test_a_maker_that_changed(mac: Host) -> None:
    text = 'identifier "org.python.python" and certificate leaf[subject.OU] = BMM5U3QVKW'
    now = Signature(NEW, "valid", "org.python.python", team="A1B2C3D4E5")
    found = told(mac, row(requirement=text), met=False, code=now)
    assert [(c.what, c.fits) for c in found.checks] == [
        ("path", True),
        ("identifier", True),
        ("team", False),
        ("requirement", False),
    ]
    assert "another maker" in found.words


def test_apples_own_is_not_apples_generic(mac: Host) -> None:
    apple = Signature(NEW, "valid", "com.apple.x", authority=("Software Signing", "Apple Root CA"))
    for text, expected in (("anchor apple", [True]), ("anchor apple generic", [])):
        found = told(mac, row(requirement=text), met=True, code=apple)
        assert [c.fits for c in found.checks if c.what == "signer"] == expected


def test_a_path_alone(mac: Host) -> None:
    found = told(mac, row())
    assert found.fits is True
    assert "path alone" in found.words


@pytest.mark.parametrize(
    "text", ["not decoded: a lightweight requirement", f'cdhash H"{OTHER}" or anchor apple']
)
def test_what_cannot_be_told_is_not_said_to_fit(mac: Host, text: str) -> None:
    assert told(mac, row(requirement=text)).fits is None


def test_what_the_list_tells_is_not_said_to_fit(mac: Host) -> None:
    found = told(mac, row(listed=True))
    assert found.fits is None
    assert "not told" in found.words


def test_without_codesign_the_parts_still_tell(mac: Host) -> None:
    assert told(mac, row(requirement=f'cdhash H"{OTHER}"')).fits is False
    unread = Signature(NEW, "unverified")
    assert told(mac, row(requirement=f'cdhash H"{OTHER}"'), code=unread).fits is None


def test_another_program_is_compared_with_its_own_file(mac: Host) -> None:
    ssh = "/usr/libexec/sshd-keygen-wrapper"
    assert compared_with(mac, row(ssh), JOB) == ssh
    gone = match(mac, row(ssh), JOB, Code(ssh, False, Signature(ssh, "unverified")))
    assert (gone.fits, gone.of_job) == (False, False)
    assert "not there any more" in gone.words


def test_an_app_is_not_guessed(mac: Host) -> None:
    grant = row("com.apple.Terminal")
    found = match(mac, grant, JOB, Code("", False, ADHOC))
    assert found.fits is None
    assert "bundle identifier" in found.words

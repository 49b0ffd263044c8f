"""The tools that tell of downloads, of the system's protection and of the disk."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from entraclaw_tui.demo.mac.lean import FREE_SPACE, SIP_OFF

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

MARK = "com.apple.quarantine"
VALUE = "0083;68b6a0f2;Safari;"


def run(mac: Mac, tool: str, *words: str) -> tuple[int, str, str]:
    ran = mac.tool(tool, *words)
    return ran.returncode, ran.stdout.decode(), ran.stderr.decode()


def xattr(mac: Mac, *words: str) -> tuple[int, str, str]:
    return run(mac, "usr/bin/xattr", *words)


def files(mac: Mac) -> tuple[str, str]:
    paths = [mac.host.home / name for name in ("one.zip", "two words.zip")]
    for path in paths:
        path.touch()
    return str(paths[0]), str(paths[1])


def test_a_download_keeps_its_mark_until_somebody_takes_it(off: Mac) -> None:
    one, two = files(off)
    missing = (1, "", f"xattr: {one}: No such xattr: {MARK}\n")
    assert xattr(off, "-p", MARK, one) == missing
    assert xattr(off, one) == (0, "", "")
    assert xattr(off, "-w", MARK, VALUE, one) == (0, "", "")
    assert xattr(off, "-w", "user.note", "b", one) == (0, "", "")
    assert xattr(off, "-p", MARK, one) == (0, f"{VALUE}\n", "")
    assert xattr(off, one) == (0, f"{MARK}\nuser.note\n", "")
    assert xattr(off, "-l", one) == (0, f"{MARK}: {VALUE}\nuser.note: b\n", "")
    assert xattr(off, one, two) == (0, f"{one}: {MARK}\n{one}: user.note\n", "")
    assert xattr(off, "-d", MARK, one) == (0, "", "")
    assert xattr(off, "-d", MARK, one) == missing
    assert xattr(off, "-c", one) == (0, "", "")
    assert xattr(off, one) == (0, "", "")


def test_a_file_that_is_not_there_does_not_stop_the_next(off: Mac) -> None:
    one, _ = files(off)
    xattr(off, "-w", MARK, VALUE, one)
    gone = str(Path(one).with_name("gone"))
    status, out, err = xattr(off, "-p", MARK, gone, one)
    assert (status, out) == (1, f"{one}: {VALUE}\n")
    assert err == f"xattr: [Errno 2] No such file or directory: '{gone}'\n"
    assert xattr(off, "-p")[0] == 64


def test_bytes_in_hexadecimal(off: Mac) -> None:
    one, _ = files(off)
    assert xattr(off, "-wx", "user.bytes", "00FF10", one) == (0, "", "")
    assert xattr(off, "-px", "user.bytes", one) == (0, "00 FF 10\n", "")


def test_the_system_s_protection_changes_in_recovery_alone(off: Mac) -> None:
    told = "System Integrity Protection status: enabled.\n"
    assert run(off, "usr/bin/csrutil", "status") == (0, told, "")
    status, out, err = run(off, "usr/bin/csrutil", "disable")
    assert (status, out) == (1, "")
    assert "Recovery" in err
    (off.host.root / SIP_OFF).touch()
    assert run(off, "usr/bin/csrutil", "status")[1] == told.replace("enabled", "disabled")


def test_a_shell_reads_what_the_disk_has_left(off: Mac) -> None:
    (off.host.root / FREE_SPACE).write_text("5000000")
    script = f"'{off.host.root}/bin/df' -kP \"$HOME\" | awk 'NR == 2 {{print $4}}'"
    ran = subprocess.run(
        ["/bin/sh", "-c", script],
        capture_output=True,
        text=True,
        env={"HOME": str(off.host.home), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    assert ran.stdout == f"{5_000_000 // 1024}\n"
    assert run(off, "bin/df", "-kP", "/nowhere-at-all")[0] == 1

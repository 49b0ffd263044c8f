"""Repairs of our own hands: which are taken, in which order, and how far they reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.mending import automatic, carry_out
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.finding import Finding, Repair, Severity


@pytest.fixture
def host(tmp_path: Path) -> Host:
    home = tmp_path / "home"
    home.mkdir()
    return Host(Path("/"), "demo", 501, home, "studio", None)


async def nobody(_: tuple[str, ...]) -> str:
    raise AssertionError("our own program was run")


def finding(repair: Repair | None, id: str = "x") -> Finding:
    return Finding(id, Severity.ERROR, "It is wrong.", ("seen",), "Because.", repair)


def test_each_command_once_and_files_before_the_job() -> None:
    mode = repairs.chmod("Close it.", "go-rwx", "/x")
    listed = [
        finding(repairs.START, "a"),
        finding(mode),
        finding(repairs.START, "b"),
        finding(repairs.INSTALL),
        finding(repairs.by_hand("Look.")),
        finding(repairs.settings("kTCCServiceCamera", "Allow it.")),
        finding(None),
    ]
    assert automatic(listed) == [mode, repairs.START]


async def test_modes_change_and_nothing_else(host: Host) -> None:
    file = host.home / "state.db"
    file.write_text("x")
    file.chmod(0o666)
    assert await carry_out(host, repairs.chmod("", "go-rwx", str(file)), nobody) == ""
    assert file.stat().st_mode & 0o777 == 0o600
    assert await carry_out(host, repairs.chmod("", "0644", str(file)), nobody) == ""
    assert file.stat().st_mode & 0o777 == 0o644
    folder = host.home / "logs"
    folder.mkdir(mode=0o500)
    assert await carry_out(host, repairs.chmod("", "u+rwx", str(folder)), nobody) == ""
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_folders_are_made_for_us_alone(host: Host) -> None:
    wanted = host.home / "a" / "b"
    assert await carry_out(host, repairs.make_folders(str(wanted)), nobody) == ""
    assert wanted.stat().st_mode & 0o777 == 0o700


async def test_nothing_outside_of_the_home_and_nothing_through_a_link(
    host: Host, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x")
    outside.chmod(0o644)
    link = host.home / "link"
    link.symlink_to(outside)
    for path in (outside, link, host.home / ".." / "outside", host.home / "none"):
        assert await carry_out(host, repairs.chmod("", "go-rwx", str(path)), nobody)
    assert outside.stat().st_mode & 0o777 == 0o644
    assert await carry_out(host, repairs.make_folders(str(tmp_path / "new")), nobody)
    assert not (tmp_path / "new").exists()


async def test_what_wants_a_person_or_is_no_tool_is_left(host: Host) -> None:
    assert "person" in await carry_out(host, repairs.INSTALL, nobody)
    odd = Repair("Do it.", ("/bin/rm", "-rf", "/"), reversible=True, needs_person=False)
    assert "no tool" in await carry_out(host, odd, nobody)


async def test_our_own_program_gets_its_words(host: Host) -> None:
    ran: list[tuple[str, ...]] = []

    async def own(words: tuple[str, ...]) -> str:
        ran.append(words)
        return "It did not work."

    assert await carry_out(host, repairs.RESTART, own) == "It did not work."
    assert ran == [("agent", "restart", "--yes")]

"""The older view of launchd's jobs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.launchctl_list import parse_list, parse_list_job, wait_status
from entraclaw_tui.model.job import JobRow


def test_rows() -> None:
    text = "PID\tStatus\tLabel\n355\t0\tcom.example.a\n-\t-9\tcom.example.b\n-\t78\tname of c\n"
    assert parse_list(text) == (
        JobRow("com.example.a", 355, "0"),
        JobRow("com.example.b", None, "-9"),
        JobRow("name of c", None, "78"),
    )


def test_one_job_without_its_inner_dictionaries() -> None:
    text = (
        "{\n"
        '\t"Label" = "com.example.a";\n'
        '\t"MachServices" = {\n'
        '\t\t"PID" = mach-port-object;\n'
        "\t};\n"
        '\t"LastExitStatus" = 19968;\n'
        '\t"ProgramArguments" = (\n'
        '\t\t"/usr/local/bin/a";\n'
        "\t);\n"
        "};\n"
    )
    assert parse_list_job(text) == {"Label": "com.example.a", "LastExitStatus": "19968"}


def test_the_raw_status_is_told_in_words() -> None:
    assert wait_status(0) == "exit status 0"
    assert wait_status(19968) == "exit status 78"
    assert wait_status(15) == "ended by SIGTERM"
    assert wait_status(126) == "ended by signal 126"


@given(st.text())
def test_no_text_breaks_them(text: str) -> None:
    assert all(row.pid is None or row.pid > 0 for row in parse_list(text))
    parse_list_job(text)


@given(st.integers(-(2**40), 2**40))
def test_every_status_has_words(raw: int) -> None:
    assert wait_status(raw)

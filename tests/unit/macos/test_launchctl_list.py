"""The older view of launchd's jobs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.launchctl_list import (
    ListedJob,
    parse_list,
    parse_list_job,
    parse_listed,
    wait_status,
)
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


LISTED = """\
{
\t"StandardOutPath" = "/tmp/a b.log";
\t"LimitLoadToSessionType" = "Aqua";
\t"MachServices" = {
\t\t"com.example.port" = mach-port-object;
\t\t"PID" = 9;
\t};
\t"Label" = "com.example.a";
\t"OnDemand" = true;
\t"LastExitStatus" = 19968;
\t"PID" = 855;
\t"Program" = "/usr/local/bin/a";
\t"ProgramArguments" = (
\t\t"/usr/local/bin/a";
\t\t"--pid = 1";
\t);
};
"""


def test_one_job_typed() -> None:
    job = parse_listed(LISTED)
    assert job == ListedJob(
        label="com.example.a",
        pid=855,
        wait_status=19968,
        exit_code=78,
        program="/usr/local/bin/a",
        arguments=("/usr/local/bin/a", "--pid = 1"),
        stdout_path="/tmp/a b.log",
        session="Aqua",
        on_demand=True,
        raw=job.raw if job else (),
    )
    assert ("Label", '"com.example.a"') in job.raw
    assert dict(job.raw)["PID"] == "855"


def test_one_that_a_signal_ended_and_one_that_was_cut() -> None:
    job = parse_listed('{\n\t"Label" = "a";\n\t"LastExitStatus" = 15;\n};\n')
    assert job is not None
    assert (job.signal, job.exit_code, job.pid, job.complete) == (15, None, None, True)
    cut = parse_listed(LISTED[:-3])
    assert cut is not None
    assert not cut.complete
    assert parse_listed("PID\tStatus\tLabel\n") is None


@given(st.one_of(st.text(), st.integers(0, len(LISTED)).map(lambda end: LISTED[:end])))
def test_no_text_invents_a_process(text: str) -> None:
    job = parse_listed(text)
    assert job is None or job.pid in (None, 855) or '"PID"' in text

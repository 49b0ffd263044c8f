"""Jobs and domains from launchctl's words, and what its refusals become."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.jobs import (
    choose_domain,
    parse_disabled,
    parse_domain,
    parse_login_items,
    parse_service,
    read_disabled,
    read_domain,
    read_job,
)
from entraclaw_tui.model.job import Job, JobRow
from entraclaw_tui.model.source import Empty, Failed, Loaded

Tool = Callable[[str, str], Path]

RUNNING = """\
gui/501/com.example.notes = {
\tactive count = 3
\tpath = /Users/demo/Library/LaunchAgents/com.example.notes.plist
\ttype = LaunchAgent
\tstate = running

\tprogram = /usr/local/bin/notes
\targuments = {
\t\t/usr/local/bin/notes
\t\t--state = stopped
\t}

\tstdout path = /tmp/notes.out
\tstderr path = /tmp/notes.err
\tinherited environment = {
\t\tSSH_AUTH_SOCK => /var/run/com.apple.launchd.abc/Listeners
\t}

\tenvironment = {
\t\tOSLogRateLimit => 64
\t\tXPC_SERVICE_NAME => com.example.notes
\t}

\tdomain = gui/501 [100016]
\tasid = 100016
\tminimum runtime = 10
\texit timeout = 20
\truns = 2
\tpid = 4711
\timmediate reason = semaphore
\tlast terminating signal = Killed: 9

\tsemaphores = {
\t\tsuccessful exit => 0
\t}

\tsockets = {
\t\t"Request" = {
\t\t\ttype = stream
\t\t\tpath = /Users/demo/.config/entraclaw/run/request.sock

\t\t\tsockets = {
\t\t\t\t8 (bytes to read)
\t\t\t}

\t\t\tactive = 1
\t\t}
\t\t"Control" = {
\t\t\ttype = stream
\t\t}
\t}

\tresource coalition = {
\t\tID = 900
\t\tstate = active
\t}

\tspawn type = interactive (4)
\tjetsam memory limit (active, soft) = 50 MB
\tproperties = runatload | inferred program | managed LWCR
}
"""

RESTING = """\
gui/501/com.example.nightly = {
\tactive count = 0
\tstate = not running
\tprogram = /usr/local/bin/nightly
\tdomain = gui/501 [100016]
\truns = 0
\tlast exit code = (never exited)
\tpended nondemand spawn = speculative

\tresource coalition = {
\t\tstate = active
\t\tpid = 12
\t}

\tproperties = runatload
}
"""

OLD = """\
com.example.old = {
\tactive count = 1
\tpath = /Library/LaunchAgents/com.example.old.plist
\tstate = running
\tprogram = /usr/local/bin/old
\tdomain = com.apple.xpc.launchd.user.domain.501.100009.Aqua
\truns = 1
\tpid = 88
\tlast exit code = 78: EX_CONFIG
\tevent channels = {
\t}
\tspawn type = daemon
\tproperties = {
\t\tpartial import = 0
\t\tkeepalive = 1
\t\trunatload = 1
\t}
}
"""

DOMAIN = """\
gui/501 = {
\ttype = login
\thandle = 100016
\tservice count = 4
\ton-demand count = 1
\tcreator = loginwindow[536]
\tsession = Aqua
\tsecurity context = {
\t\tuid = 501
\t\tasid = 100016
\t}

\tservices = {
\t\t     887      - \tcom.example.notes
\t\t       0     78 \tcom.example.bad
\t\t       0     -9 \tcom.example.killed
\t\t    1234   (jt) \tcom.example.name with blanks
\t}

\tattractive services = {
\t\tcom.example.other
\t}

\tdisabled services = {
\t\t"com.example.bad" => disabled
\t\t"com.example.notes" => enabled
\t}

\tproperties = gui | gui login
}
"""

DISABLED = """
\tdisabled services = {
\t\t"com.example.bad" => disabled
\t\t"com.example.odd" => sometimes
\t\t"com.example.notes" => enabled
\t}

\tlogin item associations = {
\t\t"com.example.helper" => disabled
\t}
"""


def test_a_running_job() -> None:
    job = parse_service(RUNNING)
    assert job.complete
    assert job.alive
    raw = dict(job.raw)
    assert raw["jetsam memory limit (active, soft)"] == "50 MB"
    assert raw["domain"] == "gui/501 [100016]"
    assert "ID" not in raw
    assert job == Job(
        label="com.example.notes",
        domain="gui/501",
        state="running",
        pid=4711,
        path="/Users/demo/Library/LaunchAgents/com.example.notes.plist",
        program="/usr/local/bin/notes",
        arguments=("/usr/local/bin/notes", "--state = stopped"),
        runs=2,
        last_signal="Killed: 9",
        immediate_reason="semaphore",
        throttle_seconds=10,
        exit_timeout_seconds=20,
        stdout_path="/tmp/notes.out",
        stderr_path="/tmp/notes.err",
        spawn_type="interactive (4)",
        properties=("runatload", "inferred program", "managed LWCR"),
        sockets=("Request", "Control"),
        raw=job.raw,
        kind="LaunchAgent",
        signal=9,
        semaphores=(("successful exit", "0"),),
    )


def test_alive_means_a_pid_at_the_top() -> None:
    job = parse_service(RESTING)
    assert not job.alive
    assert job.state == "not running"
    assert job.pended == "speculative"
    assert job.last_exit == "(never exited)"
    assert job.runs == 0


def test_the_form_of_ten_years_ago() -> None:
    job = parse_service(OLD)
    assert job.label == "com.example.old"
    assert job.domain == "com.apple.xpc.launchd.user.domain.501.100009.Aqua"
    assert job.pid == 88
    assert job.last_exit == "78: EX_CONFIG"
    assert job.properties == ("keepalive", "runatload")


def test_a_program_named_by_bundle() -> None:
    text = "system/x = {\n\tprogram identifier = Contents/x (mode: 2)\n\truns = 1\n}\n"
    assert parse_service(text).program == "Contents/x (mode: 2)"


def test_a_pid_that_stands_where_launchd_prints_none_is_not_believed() -> None:
    assert parse_service("gui/501/x = {\n\tpid = 5\n\truns = 1\n}\n").pid is None
    assert parse_service("gui/501/x = {\n\truns = 1\n\tpid = 5\n\tpid = 6\n}\n").pid is None
    for odd in ("0", "-5", "five", "9" * 30, "\u0667"):
        assert parse_service(f"gui/501/x = {{\n\truns = 1\n\tpid = {odd}\n}}\n").pid is None


def test_a_domain() -> None:
    domain = parse_domain(DOMAIN)
    assert (domain.name, domain.kind, domain.session) == ("gui/501", "login", "Aqua")
    assert domain.on_demand_count == 1
    assert domain.complete
    assert domain.rows == (
        JobRow("com.example.notes", 887, "-"),
        JobRow("com.example.bad", None, "78", disabled=True),
        JobRow("com.example.killed", None, "-9"),
        JobRow("com.example.name with blanks", 1234, "(jt)"),
    )


def test_a_domain_cut_in_its_services_is_not_complete() -> None:
    assert not parse_domain(DOMAIN[: DOMAIN.index("killed")]).complete
    assert parse_domain(DOMAIN[: DOMAIN.index("attractive")]).complete


def test_overrides_in_both_spellings() -> None:
    assert parse_disabled(DISABLED) == {"com.example.bad": True, "com.example.notes": False}
    old = 'disabled services = {\n\t"a" => true\n\t"b" => false\n}\n'
    assert parse_disabled(old) == {"a": True, "b": False}
    assert parse_disabled("") == {}


@given(st.integers(0, len(RUNNING)))
def test_a_cut_answer_never_invents_a_pid(end: int) -> None:
    job = parse_service(RUNNING[:end])
    assert job.pid in (None, 4711)
    # Only the last line break may be missing from a whole answer.
    assert job.complete == (end >= len(RUNNING) - 1)


@given(st.text(max_size=200))
def test_what_is_no_answer_has_no_pid(text: str) -> None:
    job = parse_service(text)
    assert job.pid is None
    assert parse_domain(text).rows == ()
    parse_disabled(text)


@given(st.lists(st.text(max_size=30), max_size=5))
def test_a_definition_cannot_invent_a_pid(arguments: list[str]) -> None:
    """Neither by braces nor by line breaks and whole lines of launchd's own."""
    forged = [argument + "\n\t}\n\n\truns = 9\n\tpid = 4242" for argument in arguments]
    block = "".join(f"\t\t{argument}\n" for argument in (*arguments, *forged))
    text = f"gui/501/x = {{\n\targuments = {{\n{block}\t}}\n\n\truns = 1\n}}\n"
    assert parse_service(text).pid is None


async def test_a_job_is_read(mac: Host, tool: Tool) -> None:
    tool(
        "/bin/launchctl",
        f"[ \"$1 $2\" = 'print gui/501/com.example.notes' ] && cat <<'X'\n{RUNNING}X",
    )
    source = await read_job(mac, "com.example.notes")
    assert isinstance(source, Loaded)
    assert source.value.pid == 4711


async def test_without_a_desktop_the_users_own_domain_is_looked_at(mac: Host, tool: Tool) -> None:
    text = RUNNING.replace("gui/501", "user/501")
    tool(
        "/bin/launchctl",
        'case "$2" in gui/*) echo "Could not find domain for user gui: 501" >&2; exit 112;; esac\n'
        f"cat <<'X'\n{text}X",
    )
    source = await read_job(mac, "com.example.notes")
    assert isinstance(source, Loaded)
    assert source.value.domain == "user/501"
    assert await choose_domain(mac) == "user/501"


async def test_an_unknown_job_is_nothing_and_no_failure(mac: Host, tool: Tool) -> None:
    tool("/bin/launchctl", "echo 'Bad request.' >&2; exit 113")
    source = await read_job(mac, "com.example.notes")
    assert isinstance(source, Empty)
    assert source.reason.startswith("launchd does not know this job")
    assert await choose_domain(mac) == "gui/501"
    named = await read_job(mac, "com.example.notes", "system")
    assert named == Empty("launchd does not know this job (looked in system).")


async def test_refusals_are_explained(mac: Host, tool: Tool) -> None:
    tool("/bin/launchctl", "exit 125")
    refused = await read_job(mac, "com.example.notes")
    assert isinstance(refused, Failed)
    assert "domain" in refused.reason
    assert refused.hint
    tool("/bin/launchctl", "exit 112")
    nobody = await read_job(mac, "com.example.notes")
    assert isinstance(nobody, Failed)
    assert "no desktop login" in nobody.reason
    tool("/bin/launchctl", "echo strange things >&2; exit 77")
    odd = await read_job(mac, "com.example.notes")
    assert odd == Failed("launchctl said: strange things", "Try again in a moment.")
    domain = await read_domain(mac)
    assert isinstance(domain, Failed)
    assert isinstance(await read_disabled(mac), Failed)


async def test_no_answer_is_a_failure(mac: Host, tool: Tool) -> None:
    assert isinstance(await read_job(mac, "x"), Failed)
    assert isinstance(await read_domain(mac), Failed)
    tool("/bin/launchctl", "printf '<eof>'")
    assert isinstance(await read_job(mac, "x"), Failed)
    assert isinstance(await read_domain(mac), Failed)
    tool("/bin/launchctl", "printf 'gui/501/x = {\\n\\truns = 1\\n'")
    assert isinstance(await read_job(mac, "x"), Failed)


async def test_a_domain_is_read(mac: Host, tool: Tool) -> None:
    tool(
        "/bin/launchctl",
        f"case \"$1 $2\" in 'print gui/501') cat <<'X'\n{DOMAIN}X\n;;\n"
        f"'print-disabled gui/501') cat <<'X'\n{DISABLED}X\n;; *) exit 113;; esac",
    )
    source = await read_domain(mac)
    assert isinstance(source, Loaded)
    assert len(source.value.rows) == 4
    assert await read_disabled(mac) == {"com.example.bad": True, "com.example.notes": False}


async def test_a_domain_without_jobs_is_empty(mac: Host, tool: Tool) -> None:
    tool("/bin/launchctl", "printf 'user/501 = {\\n\\tservices = {\\n\\t}\\n}\\n'")
    assert await read_domain(mac, "user/501") == Empty("user/501 has no jobs.")


def test_ends_are_typed_beside_the_words() -> None:
    head = "gui/501/a = {\n\tstate = spawn scheduled\n\truns = 4\n"
    job = parse_service(
        head + "\tlast exit code = 78: EX_CONFIG\n\tjob state = spawn failed\n"
        "\tproperties = penalty box | needs LWCR update\n}\n"
    )
    assert (job.exit_code, job.exit_name, job.signal) == (78, "EX_CONFIG", None)
    assert job.last_exit == "78: EX_CONFIG"
    assert job.throttled
    assert job.needs_reload
    assert job.job_state == "spawn failed"
    never = parse_service(head + "\tlast exit code = (never exited)\n}\n")
    assert (never.exit_code, never.exit_name) == (None, "never exited")
    waiting = parse_service(
        head + "\trun interval = 3600 seconds\n\tspawn reason filter = launch job demand\n"
        "\tsuccessive crashes = 3\n\tmanaged_by = com.apple.runningboard\n}\n"
    )
    assert waiting.run_interval_seconds == 3600
    assert waiting.spawn_filter == "launch job demand"
    assert waiting.successive_crashes == 3
    assert waiting.managed_by == "com.apple.runningboard"


def test_a_domain_keeps_its_own_lines_and_overrides() -> None:
    domain = parse_domain(DOMAIN)
    assert domain.on_demand_only
    assert ("creator", "loginwindow[536]") in domain.raw
    assert domain.disabled == {"com.example.bad": True, "com.example.notes": False}


def test_login_items_are_apart() -> None:
    assert parse_login_items(DISABLED) == {"com.example.helper": True}
    assert parse_login_items("") == {}


SOUP = st.lists(
    st.sampled_from(
        (
            "gui/501/a = {",
            "\tstate = running",
            "\tpid",
            "\tpid = ",
            "\tpid = -1",
            "\tpid = x",
            "\truns = 1",
            "\t\tpid = 4711",
            "\targuments = {",
            "\tsockets = {",
            "\t\t}",
            "\t}",
            "}",
            "",
        )
    ),
    max_size=25,
)


@given(SOUP)
def test_no_order_of_lines_without_a_pid_at_the_top_is_alive(lines: list[str]) -> None:
    # Liveness is one thing alone: a pid at the top, behind what launchd prints before it.
    assert not parse_service("\n".join(lines) + "\n").alive

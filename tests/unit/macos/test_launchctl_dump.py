"""A dump of launchd's whole state, and captures as people paste them."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.jobs import parse_domain, parse_service
from entraclaw_tui.macos.launchctl_capture import tidied
from entraclaw_tui.macos.launchctl_dump import parse_dumpstate
from entraclaw_tui.model.job import Domain, Job

DOMAIN = "gui/501 = {\n\ttype = login\n\ton-demand count = 1\n\n\tservices = {\n"
ROWS = "\t\t     887      - \tcom.example.a\n\t\t       0     78 \tcom.example.b\n\t}\n}\n"
ALIVE = (
    "gui/501/com.example.a = {\n\tstate = running\n\targuments = {\n\t\t/bin/a\n\t\t}\n\t}\n\n"
    "\tenvironment = {\n\t\tA => b\n\t}\n\n\truns = 1\n\tpid = 887\n\n"
    '\tsockets = {\n\t\t"Request" = {\n\t\t\tpath = /tmp/s\n\t\t}\n\t}\n}\n'
)
DEAD = (
    "gui/501/com.example.b = {\n\tstate = spawn scheduled\n\truns = 9\n"
    "\tlast exit code = 78: EX_CONFIG\n\tproperties = penalty box | needs LWCR update\n}\n"
)
DUMP = DOMAIN + ROWS + ALIVE + DEAD


def test_a_dump_is_read_block_by_block() -> None:
    domain, alive, dead = parse_dumpstate(io.StringIO(DUMP))
    assert isinstance(domain, Domain)
    assert (domain.name, domain.on_demand_only, len(domain.rows)) == ("gui/501", True, 2)
    assert dict(domain.raw) == {"type": "login", "on-demand count": "1"}
    assert isinstance(alive, Job)
    assert (alive.label, alive.pid, alive.complete) == ("com.example.a", 887, True)
    assert isinstance(dead, Job)
    assert (dead.exit_code, dead.exit_name, dead.alive) == (78, "EX_CONFIG", False)
    assert dead.throttled
    assert dead.needs_reload


def test_nothing_is_read_before_it_is_asked_for() -> None:
    file = io.StringIO(DUMP)
    blocks = parse_dumpstate(file)
    next(blocks)
    assert file.tell() < len(DUMP) / 2


def test_blanks_for_tabs_are_mended() -> None:
    pasted = ALIVE.replace("\t", "    ")
    assert parse_service(pasted).pid is None
    assert parse_service(tidied(pasted)) == parse_service(ALIVE)
    indented = "".join(f"  {line}\n" for line in pasted.splitlines())
    assert parse_service(tidied(indented)) == parse_service(ALIVE)
    assert parse_domain(tidied((DOMAIN + ROWS).replace("\t", "  "))) == parse_domain(DOMAIN + ROWS)


def test_line_ends_of_windows_are_mended() -> None:
    assert parse_service(tidied(ALIVE.replace("\n", "\r\n"))) == parse_service(ALIVE)


def test_a_good_capture_is_left_alone() -> None:
    disabled = '\n\tdisabled services = {\n\t\t"a" => disabled\n\t}\n'
    for text in (DUMP, ALIVE, disabled, "", "}\n", "one line"):
        assert tidied(text) == text


PIECES = st.sampled_from(
    ["\t", "    ", "{", "}", " = ", " => ", "pid = 7", "runs = 1", "arguments = {", "\n", "\r\n"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_taken(text: str) -> None:
    for found in parse_dumpstate(io.StringIO(text)):
        assert isinstance(found, Job | Domain)
    parse_service(tidied(text))


@given(st.integers(0, len(DUMP)))
def test_a_cut_dump_invents_no_life(end: int) -> None:
    for found in parse_dumpstate(io.StringIO(DUMP[:end])):
        if isinstance(found, Job):
            assert found.pid in (None, 887)
            assert found.label != "com.example.b" or found.pid is None
            assert not found.complete or found.label in ("com.example.a", "com.example.b")

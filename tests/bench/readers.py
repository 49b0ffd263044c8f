"""How long it takes to read what a busy Mac prints: inputs made here, from the grammar."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from entraclaw_tui.macos.jobs import parse_domain
from entraclaw_tui.macos.keychain import parse_dump

SERVICES = 500
ITEMS = 5_000
ROUNDS = 15


def domain(services: int = SERVICES) -> str:
    """Return a `launchctl print gui/501` with so many services, as macOS 26 lays it out."""
    rows = [
        f"\t\t{(300 + n) if n % 3 else 0:8d} {'-' if n % 3 else -(n % 9):>6}"
        f" \tcom.example.service.{n}"
        for n in range(services)
    ]
    endpoints = [
        f"\t\t{16 * n + 3:#8x}    M   {'AD'[n % 2]}   com.example.endpoint.{n}" for n in range(900)
    ]
    disabled = [
        f'\t\t"com.example.service.{n}" => {"dis" if n % 2 else "en"}abled' for n in range(90)
    ]
    return "\n".join(
        [
            "gui/501 = {",
            "\ttype = login",
            "\thandle = 100016",
            "\tactive count = 611",
            f"\tservice count = {services}",
            "\tactive service count = 211",
            "\tmaximum allowed shutdown time = 65 s",
            "\tservice stats = {",
            "\t\tcom.apple.launchd.service-stats-default (4096 records)",
            "\t}",
            "\ton-demand count = 0",
            "\tcreator = loginwindow[536]",
            "\tcreator euid = 0",
            "\tsession = Aqua",
            "\tsecurity context = {",
            "\t\tuid = 501",
            "\t\tasid = 100016",
            "\t}",
            "",
            "\tbringup time = 64 ms",
            "\tenvironment = {",
            "\t\tSSH_AUTH_SOCK => /var/run/com.apple.launchd.abc/Listeners",
            "\t}",
            "",
            "\tservices = {",
            *rows,
            "\t}",
            "",
            "\tunmanaged processes = {",
            "\t}",
            "",
            "\tendpoints = {",
            *endpoints,
            "\t}",
            "",
            "\tdisabled services = {",
            *disabled,
            "\t}",
            "",
            "\tproperties = gui | gui login",
            "}",
            "",
        ]
    )


def dump(items: int = ITEMS) -> bytes:
    """Return a `security dump-keychain` with so many generic passwords."""
    return b"".join(_item(number) for number in range(items))


def _item(number: int) -> bytes:
    name = f"com.example.service.{number % 97}"
    stamp = f"2026{number % 12 + 1:02d}{number % 28 + 1:02d}1006{number % 60:02d}Z"
    date = f'0x{stamp.encode().hex().upper()}00  "{stamp}\\000"'
    comment = '0x6C696E650A  "line\\012"' if number % 5 == 0 else "<NULL>"
    return f"""\
keychain: "/Users/demo/Library/Keychains/login.keychain-db"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="{name}"
    0x00000008 <blob>=<NULL>
    "acct"<blob>="account {number}"
    "cdat"<timedate>={date}
    "crtr"<uint32>={'"aapl"' if number % 2 else "<NULL>"}
    "cusi"<sint32>=<NULL>
    "desc"<blob>="application password"
    "gena"<blob>=<NULL>
    "icmt"<blob>={comment}
    "invi"<sint32>=<NULL>
    "mdat"<timedate>={date}
    "nega"<sint32>=<NULL>
    "prot"<blob>=<NULL>
    "scrp"<sint32>=<NULL>
    "svce"<blob>="{name}"
    "type"<uint32>=<NULL>
""".encode()


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of some rounds, in milliseconds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def readers(row: Callable[[str, str, str], None]) -> None:
    """Measure and print one row a figure."""
    text, data = domain(), dump()
    row(
        f"a domain of {SERVICES} services, parsed",
        f"{median_ms(lambda: parse_domain(text)):.1f} ms",
        "15 ms",
    )
    row(
        f"{ITEMS} Keychain items, all kept, parsed",
        f"{median_ms(lambda: parse_dump(data)):.1f} ms",
        "60 ms",
    )

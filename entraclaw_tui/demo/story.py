"""What a newcomer finds on the pretend Mac: an agent at work since some weeks, and its world.

Everything is put where the real programs would have put it: items into the Keychain, rows into the
privacy databases, settings and the job's plist into the home.
"""

from __future__ import annotations

import socket
import sys
import time
import tomllib
from pathlib import Path

from entraclaw_tui.demo import clients
from entraclaw_tui.demo.clients.installing import programs
from entraclaw_tui.demo.entra import job as entra_job
from entraclaw_tui.demo.entra import state as entra_state
from entraclaw_tui.demo.mac import signatures, tcc
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.lean import Folder
from entraclaw_tui.demo.past import remember
from entraclaw_tui.demo.scenarios.names import HEALTHY
from entraclaw_tui.demo.scenarios.table import SCENARIOS
from entraclaw_tui.macos import agent_plist
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places

AGENT = "research-bot"
_TEAM = "C0NT0S0EXM"
_DAY = 86_400.0
_PYTHON_MAY = (
    "com.apple.security.automation.apple-events",
    "com.apple.security.cs.allow-dyld-environment-variables",
    "com.apple.security.cs.allow-jit",
    "com.apple.security.cs.allow-unsigned-executable-memory",
    "com.apple.security.cs.disable-library-validation",
)
"""What an interpreter under the hardened runtime needs to load other people's modules."""


def furnish(host: Host, *, pin: str) -> dict[int, socket.socket]:
    """Furnish a pretend Mac, or find it furnished; return the listening sockets by their port.

    The authority's port is held from here on, so that nobody else can take it before its job runs.
    """
    places = Places.of(host)
    agent_plist.make_folders(places)
    if not entra_state.exists(host):
        listener = _listen(0)
        _furnish(host, places, listener.getsockname()[1], pin)
    else:
        listener = _listen(_port(places))
        _settle(host, places, listener.getsockname()[1])
    SCENARIOS[scenario_of(host)].change(host)
    return {listener.getsockname()[1]: listener}


def scenario_of(host: Host) -> str:
    """Return the scenario that a pretend Mac plays."""
    return host.marker.scenario if host.marker else HEALTHY


def _furnish(host: Host, places: Places, port: int, pin: str) -> None:
    _sign(host)
    provisioned = entra_state.create(host, agent=AGENT)
    keychain = PretendKeychain(places.login_keychain)
    keychain.create()
    for account, value in provisioned.keychain_items().items():
        _keep(host, keychain, account, value)
    _other_items(keychain)
    provisioned.config(port).save(places.config)
    tcc.create(host)
    _privacy(host)
    clients.install(host)
    _sign_clients(host)
    remember(host, PretendKeyring(places.login_keychain), pin=pin)
    _jobs(host, port)


def _settle(host: Host, places: Places, port: int) -> None:
    """Let a Mac that was furnished before use the port that is free today."""
    if port != _port(places):
        text = places.config.read_text(encoding="utf-8")
        places.config.write_text(
            text.replace(f"localhost:{_port(places)}", f"localhost:{port}"), encoding="utf-8"
        )
    clients.install(host)
    _jobs(host, port)


def _jobs(host: Host, port: int) -> None:
    agent_plist.write(host, sys.executable)
    entra_job.install(host, sys.executable, port)


def _sign(host: Host) -> None:
    python = Path(sys.executable).resolve()
    signatures.register(
        host,
        python,
        identifier="org.python.python",
        team="BMM5U3QVKW",
        authority=(
            "Developer ID Application: Python Software Foundation (BMM5U3QVKW)",
            "Developer ID Certification Authority",
            "Apple Root CA",
        ),
        entitlements=_PYTHON_MAY,
    )


def _sign_clients(host: Host) -> None:
    """Sign the programs that ask: two by a company, one ad hoc, and the newcomer not at all."""
    for program in programs(host):
        name = program.story.name
        if name == "report-bot":
            continue
        signatures.register(
            host,
            program.executable,
            identifier=program.story.label,
            team="" if name == "mcp-notes" else _TEAM,
        )


def _keep(host: Host, keychain: PretendKeychain, account: str, value: str) -> None:
    """Store a secret of the agent's as its worker would have, three weeks ago."""
    python = str(Path(sys.executable).resolve())
    mac = Folder(str(host.root))
    signature = signatures.find(mac, python)
    keychain.add(
        LABEL,
        account,
        value.encode(),
        creator=python,
        partition=signatures.partition(mac, python),
        requirement=signature.requirement if signature else "",
        created=time.time() - 21 * _DAY,
        modified=time.time() - (0.5 if account.startswith("session:") else 21) * _DAY,
    )


def _other_items(keychain: PretendKeychain) -> None:
    """Items of other programs: the panel counts them and shows none."""
    now = time.time()
    for service, account, days in (
        ("Safari Forms AutoFill", "Safari", 400),
        ("com.apple.assistant", "demo", 380),
        ("Contoso Mail", "demo@contoso.example", 90),
        ("https://git.contoso.example", "demo", 30),
    ):
        keychain.add(
            service,
            account,
            b"not a secret",
            creator="/usr/bin/security",
            created=now - days * _DAY,
            modified=now - days * _DAY / 2,
        )


def _privacy(host: Host) -> None:
    python = str(Path(sys.executable).resolve())
    now = time.time()
    mail = "com.apple.mail"
    rows: list[tuple[str, str, bool, str, float]] = [
        ("kTCCServiceSystemPolicyAllFiles", python, True, "", 40),
        ("kTCCServiceAccessibility", "com.apple.Terminal", False, "", 200),
        ("kTCCServiceScreenCapture", python, False, "", 39),
        ("kTCCServiceAppleEvents", python, True, mail, 40),
        ("kTCCServiceSystemPolicyDocumentsFolder", python, True, "", 40),
        ("kTCCServiceAddressBook", "example.contoso.mail-helper", True, "", 12),
    ]
    for service, client, allowed, target, days in rows:
        tcc.add_row(
            host, service, client, allowed=allowed, target=target, changed_at=now - days * _DAY
        )


def _port(places: Places) -> int:
    authority = str(tomllib.loads(places.config.read_text(encoding="utf-8"))["entra"]["authority"])
    return int(authority.rpartition(":")[2])


def _listen(port: int) -> socket.socket:
    """Listen on loopback, at `port` if it is free and anywhere else if not."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener

"""C17: no secret leaves its place, through exchanges, crashes and the wordiest logging."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.demo.entra.directory import GRAPH, folder
from entraclaw_tui.demo.entra.fault_names import FAULTS
from entraclaw_tui.demo.entra.faults import Faults
from entraclaw_tui.demo.entra.state import UPN
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.worker.exchange import ExchangeError, Wish
from tests.support.authority import live_authority
from tests.support.demo import PIN, PROGRAM, Headless
from tests.support.fault_table import Rows
from tests.support.raw_client import RawClient
from tests.support.terminal import Terminal

CANARY = "CANARY-user-assertion-9f31c7"
_PIECE = 24
"""Characters of a secret that are looked for: part of one is a leak too."""


def pieces(secret: str) -> Iterator[bytes]:
    """Give parts of a secret that nothing else has: from its middle and from its end."""
    text = "".join(secret.split())
    yield text[len(text) // 2 :][:_PIECE].encode()
    yield text[-_PIECE:].encode()


def leaks(secrets: set[str], places: dict[str, bytes]) -> list[str]:
    """Return where a secret was found, never which."""
    wanted = {piece for secret in secrets for piece in pieces(secret)}
    run = re.compile(rb"[A-Za-z0-9_.+/=-]{%d,}" % _PIECE)
    return [
        name
        for name, data in places.items()
        if any(
            text[at : at + _PIECE] in wanted
            for text in run.findall(data)
            for at in range(len(text) - _PIECE + 1)
        )
    ]


def test_the_search_finds_what_it_should() -> None:
    secret = "the-secret-of-this-test-and-of-no-other-place"
    assert leaks({secret}, {"log": b"x" + secret[-_PIECE:].encode(), "db": b"nothing"}) == ["log"]


async def test_the_wordiest_logging_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    def note(level: str, message: str, fields: object) -> None:
        said.append(f"{level} {message} {fields}")

    with live_authority() as live:
        secrets = {live.provisioned.private_key, live.provisioned.refresh_token, CANARY}
        exchange = live.exchange(note)
        for flow, scopes in (
            ("obo", ("User.Read",)),
            ("agent_obo", ("User.Read",)),
            ("agent_user", ("Mail.Read",)),
            ("app", (".default",)),
        ):
            account = UPN if "obo" in flow else ""
            token = await exchange.obtain(Wish(flow, "research-bot", "", account, GRAPH, scopes))
            secrets.add(token.access_token)
        for name in ("consent", "step-up", "cut", "no-json", "certificate-unknown", "500"):
            Faults(folder(live.host)).push(FAULTS[name])
            with pytest.raises(ExchangeError) as refused:
                await exchange.obtain(Wish("obo", "research-bot", "", UPN, GRAPH, ("Mail.Read",)))
            Faults(folder(live.host)).clear()
            chain: BaseException | None = refused.value
            while chain is not None:
                said.append(f"{chain!r} {chain.args!r}")
                chain = chain.__cause__ or (
                    None if chain.__suppress_context__ else chain.__context__
                )
        with pytest.raises(ExchangeError):
            await exchange.obtain(
                Wish("obo", "research-bot", "", UPN, GRAPH, ("User.Read",), CANARY)
            )
        secrets |= {
            str(json.loads(v).get("refresh_token") or v) for v in live.keyring.items.values()
        }
        exchange.close()
    told = {"log records": caplog.text.encode(), "own notes": "\n".join(said).encode()}
    assert len(caplog.records) > 20
    assert leaks(secrets, told) == []


CHALLENGES = 5
"""Exchanges that a claims challenge wants; more than ten a minute are refused."""


class Leaving:
    """A client whose every ask is a new exchange: a person throws its grant's token away."""

    def __init__(self, demo: Headless) -> None:
        self.demo = demo
        self.secrets: set[str] = set()
        self.client = self._connect(demo.request_socket, "canary")
        asked = self.client.result("token.request", resource=GRAPH, scopes=["User.Read"])
        person = Terminal(
            [
                sys.executable,
                str(Path(__file__).parents[1] / "support" / "allower.py"),
                demo.control_socket,
                str(asked["request_id"]),
                PIN,
                PIN,
                "1h",
            ]
        )
        person.wait_for("decided: (approved|exchanging|ready)")
        assert person.wait_end() == 0
        person.close()
        self.collect(str(asked["request_id"]))
        self.person, self.thrown = self._person(), 0

    def _connect(self, path: str, name: str) -> RawClient:
        deadline = time.monotonic() + 30
        while True:
            try:
                client = RawClient(path)
                client.hello(name)
                return client
            except (OSError, AssertionError):
                assert time.monotonic() < deadline, "the worker did not come back"
                time.sleep(0.02)

    def _person(self) -> Terminal:
        renewer = str(Path(__file__).parents[1] / "support" / "renewer.py")
        person = Terminal([sys.executable, renewer, self.demo.control_socket, PIN])
        person.wait_for("unlocked")
        return person

    def exchange(self, number: int) -> None:
        more = {}
        if number < CHALLENGES:
            more["claims"] = json.dumps({"access_token": {"n": {"value": str(number)}}})
        else:
            self.thrown += 1
            self.person.press("\n")
            self.person.wait_for(rf"thrown away: {self.thrown}\.")
        asked = self.client.result("token.request", resource=GRAPH, scopes=["User.Read"], **more)
        self.collect(str(asked["request_id"]))

    def collect(self, request_id: str) -> None:
        found = self.client.result("token.await", request_id=request_id, wait_ms=20_000)
        assert found["state"] == "ready", found
        token = self.client.result("token.collect", request_id=request_id)
        self.secrets.add(str(token["access_token"]))

    def ask_with_an_assertion(self) -> None:
        self.client.result(
            "token.request",
            resource=GRAPH,
            scopes=["Mail.Read"],
            user_assertion=CANARY,
            reason="with a token of the user's",
        )

    def crash(self, how: signal.Signals) -> None:
        """End the worker the hard way, and find its successor."""
        old = self.demo.worker_pid()
        ending = psutil.Process(old)
        os.kill(old, how)
        psutil.wait_procs([ending], timeout=10)
        self.close()
        self.client = self._connect(self.demo.request_socket, "canary")
        self.person, self.thrown = self._person(), 0

    def close(self) -> None:
        """Go away."""
        self.client.close()
        self.person.close()


def of_all_processes(root: Path) -> dict[str, bytes]:
    """Return arguments and environment of every process of this pretend Mac."""
    found = {}
    for process in psutil.process_iter(["cmdline"]):
        if str(root) in " ".join(process.info["cmdline"] or ()):
            for name in ("cmdline", "environ"):
                path = Path(f"/proc/{process.pid}/{name}")
                with contextlib.suppress(OSError):  # it has ended meanwhile
                    found[f"{name} of {process.pid}"] = path.read_bytes()
    return found


def of_all_files(root: Path) -> dict[str, bytes]:
    """Return every file, but the Keychain and what is Entra's own."""
    own = (root / "private/var/db/entra", root / "Users/demo/Library/Keychains")
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink() and not any(path.is_relative_to(o) for o in own)
    }


@pytest.mark.parametrize(
    ("exchanges", "crashes"),
    [
        pytest.param(40, 2, id="short"),
        pytest.param(10_000, 50, id="long", marks=pytest.mark.fault),
    ],
)
def test_no_secret_is_left_behind(folder: Path, exchanges: int, crashes: int, table: Rows) -> None:
    with ExitStack() as kept, Headless(folder, "--speed", "20") as demo:
        panel = kept.enter_context(closing(Terminal([*PROGRAM, "--root", str(demo.root)])))
        client = Leaving(demo)
        client.ask_with_an_assertion()
        for number in range(exchanges):
            client.exchange(number)
            if number % (exchanges // crashes) == exchanges // crashes - 1:
                hows = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)
                client.crash(hows[number // (exchanges // crashes) % 3])
                panel.pump()
        host = Host.open(demo.root)
        keyring = PretendKeyring(Places.of(host).login_keychain)
        items = [
            keyring.get_password(LABEL, item["account"])
            for item in demo.look("keychain")["value"]["items"]
            if str(item["account"]).startswith(("key:", "session:", "token:"))
        ]
        secrets = client.secrets | {CANARY}
        for text in items:
            fields = json.loads(text or "{}")
            secrets |= {
                str(fields[name])
                for name in ("private_key", "refresh_token", "access_token")
                if name in fields
            }
        assert len(secrets) > exchanges
        limits = Path(f"/proc/{demo.worker_pid()}/limits")
        if limits.exists():
            core = next(line for line in limits.read_text().splitlines() if "core" in line)
            assert core.split()[4:6] == ["0", "0"], "a core would hold what memory holds"
        places = of_all_files(demo.root) | of_all_processes(demo.root)
        assert any("state.db" in name for name in places)
        assert any("worker.log" in name for name in places)
        panel.pump()
        places |= {"the panel's terminal": bytes(panel.raw), "the demo's words": demo.said.encode()}
        client.close()
        found = leaks(secrets, places)
    table("C17 secrets looked for", len(secrets), f"> {exchanges}")
    table("C17 places with one, of all looked at", f"{len(found)} of {len(places)}", "0")
    assert found == []

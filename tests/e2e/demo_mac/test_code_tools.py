"""The stand-ins for code signing, Gatekeeper, login items and privacy, from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac import build, signatures, tcc
from entraclaw_tui.demo.mac.launchd.code import write_pairs
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.login_items import parse_dumpbtm
from entraclaw_tui.macos.signature import read_assessment, read_entitlements
from entraclaw_tui.macos.tcc_list import client_state, list_clients
from entraclaw_tui.model.source import Empty, Failed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.demo_mac.conftest import Mac

JIT = "com.apple.security.cs.allow-jit"
SPCTL = "usr/sbin/spctl"


def program(mac: Mac, name: str = "agent", **how: object) -> Path:
    path = mac.host.root / "usr/local/bin" / name
    path.write_bytes(b"x" * 100)
    if how:
        signatures.register(mac.host, path, identifier="com.example.agent", **how)  # type: ignore[arg-type]
    return path


async def test_entitlements_in_both_forms(off: Mac) -> None:
    path = program(off, team="C0NT0S0EXM", entitlements=[JIT])
    shown = off.tool("usr/bin/codesign", "-d", "--entitlements", "-", str(path))
    assert shown.stdout.decode() == f"[Dict]\n\t[Key] {JIT}\n\t[Value]\n\t\t[Bool] true\n"
    assert shown.stderr.decode() == f"Executable={path}\n"
    assert await read_entitlements(off.host, path) == {JIT: True}
    xml = off.tool("usr/bin/codesign", "-d", "--entitlements", "-", "--xml", str(path))
    assert xml.stdout.startswith(b"<?xml")
    plain = program(off, "plain", team="C0NT0S0EXM")
    assert off.tool("usr/bin/codesign", "-d", "--entitlements", "-", str(plain)).stdout == b""
    assert await read_entitlements(off.host, plain) == {}


async def test_gatekeeper(off: Mac) -> None:
    signed = program(off, "signed", team="C0NT0S0EXM")
    ran = off.tool(SPCTL, "-a", "-vv", str(signed))
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (
        3,
        b"",
        f"{signed}: rejected (the code is valid but does not seem to be an app)\n"
        "origin=Developer ID Application: Contoso Example (C0NT0S0EXM)\n",
    )
    found = await read_assessment(off.host, signed)
    assert not isinstance(found, Failed)
    assert not found.fault
    bare = program(off, "bare")
    ran = off.tool(SPCTL, "-a", "-vv", str(bare))
    assert (ran.returncode, ran.stderr.decode()) == (
        3,
        f"{bare}: rejected\nsource=no usable signature\n",
    )
    adhoc = program(off, "adhoc", flags="0x2(adhoc)")
    assert off.tool(SPCTL, "-a", "-v", "-t", "exec", str(adhoc)).stderr.decode() == (
        f"{adhoc}: rejected\n"
    )
    app = off.host.root / "Notes.app"
    app.write_bytes(b"x")
    signatures.register(off.host, app, identifier="com.example.notes", team="C0NT0S0EXM")
    ran = off.tool(SPCTL, "--assess", "--verbose", str(app))
    assert (ran.returncode, ran.stderr.decode()) == (
        0,
        f"{app}: accepted\nsource=Notarized Developer ID\n",
    )
    ran = off.tool("usr/bin/xcrun", "stapler", "validate", str(app))
    assert (ran.returncode, ran.stdout.decode()) == (
        0,
        f"Processing: {app}\nThe validate action worked!\n",
    )
    ran = off.tool("usr/bin/stapler", "validate", str(signed))
    assert (ran.returncode, ran.stdout.decode()) == (
        65,
        f"Processing: {signed}\nsigned does not have a ticket stapled to it.\n",
    )
    signed.write_bytes(b"changed")
    assert b"invalid signature (code or signature have been modified)" in (
        off.tool(SPCTL, "-a", "-vv", str(signed)).stderr
    )


def test_login_items(off: Mac) -> None:
    off.write("example.contoso.on", "/bin/sleep", "1000")
    path = off.write("example.contoso.off", "/bin/sleep", "1000")
    write_pairs(Layout(off.host.root).login_items, {"example.contoso.off": "off"})
    ran = off.tool("usr/bin/sfltool", "dumpbtm")
    assert ran.returncode == 0
    found = {item.label: item for item in parse_dumpbtm(ran.stdout.decode()) if item.uid == 501}
    assert set(found) == {"example.contoso.on", "example.contoso.off"}
    assert not found["example.contoso.on"].switched_off
    switched = found["example.contoso.off"]
    assert switched.switched_off
    assert (switched.kind, switched.url) == ("legacy agent", f"file://{path}")
    assert switched.executable == "/bin/sleep"


async def test_macos_27_lists_what_it_hides(off: Mac) -> None:
    host = build.prepare(off.host.root, macos="27")
    tcc.create(host)
    tcc.add_row(host, "kTCCServiceCamera", "com.example.app")
    tcc.add_row(host, "kTCCServiceCamera", "/usr/local/bin/agent", allowed=False)
    assert not tcc.user_database(host).exists()
    assert await list_clients(host, "kTCCServiceCamera") == (
        "/usr/local/bin/agent",
        "com.example.app",
    )
    assert await client_state(host, "kTCCServiceCamera", "com.example.app") == "allowed"
    assert await client_state(host, "kTCCServiceCamera", "/usr/local/bin/agent") == "denied"
    assert await list_clients(host, "kTCCServiceMicrophone") == ()
    assert off.tool("usr/bin/tccutil", "reset", "Camera", "com.example.app").returncode == 0
    assert await list_clients(host, "kTCCServiceCamera") == ("/usr/local/bin/agent",)


async def test_before_27_there_is_no_list(off: Mac) -> None:
    tcc.create(off.host)
    assert isinstance(await list_clients(off.host, "kTCCServiceCamera"), Empty)


@pytest.mark.parametrize("client", ["", "com.example.app"])
def test_a_reset_of_everything(off: Mac, client: str) -> None:
    tcc.create(off.host)
    tcc.add_row(off.host, "kTCCServiceCamera", "com.example.app")
    ran = off.tool("usr/bin/tccutil", "reset", "All", *filter(None, [client]))
    said = "All approval status for com.example.app" if client else "All"
    assert (ran.returncode, ran.stdout.decode()) == (0, f"Successfully reset {said}\n")


def test_a_service_that_is_none(off: Mac) -> None:
    ran = off.tool("usr/bin/tccutil", "reset", "Nonsense")
    assert (ran.returncode, ran.stderr) == (70, b"tccutil: Failed to reset Nonsense\n")

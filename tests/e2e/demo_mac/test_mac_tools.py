"""The stand-in tools, from outside."""

from __future__ import annotations

import json
import plistlib
from typing import TYPE_CHECKING

from entraclaw_tui.demo.mac import screen, signatures, tcc
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.macos.keychain import read_keychain
from entraclaw_tui.macos.privacy import read_privacy
from entraclaw_tui.macos.signature import read_signature
from entraclaw_tui.macos.system import read_machine, screen_locked
from entraclaw_tui.model.source import Loaded

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

SECURITY = "usr/bin/security"
CODESIGN = "usr/bin/codesign"


def login_keychain(mac: Mac) -> PretendKeychain:
    made = PretendKeychain(mac.host.home / "Library/Keychains/login.keychain-db")
    made.create()
    return made


def security(mac: Mac, *words: str) -> tuple[int, bytes, bytes]:
    ran = mac.tool(SECURITY, *words)
    return ran.returncode, ran.stdout, ran.stderr


def test_add_find_delete(off: Mac) -> None:
    keychain = login_keychain(off)
    item = ("-s", "example", "-a", "me")
    assert security(off, "add-generic-password", *item, "-w", "hello") == (0, b"", b"")
    assert security(off, "add-generic-password", *item, "-w", "again") == (
        45,
        b"",
        b"security: SecKeychainItemCreateFromContent (<default>): "
        b"The specified item already exists in the keychain.\n",
    )
    assert security(off, "add-generic-password", "-U", *item, "-w", "ok") == (0, b"", b"")
    assert security(off, "find-generic-password", *item, "-w") == (0, b"ok\n", b"")
    status, out, err = security(off, "find-generic-password", *item, "-g")
    assert (status, err) == (0, b'password: "ok"\n')
    assert out.startswith(
        f'keychain: "{keychain.path}"\nversion: 512\nclass: "genp"\nattributes:\n'
        '    0x00000007 <blob>="example"\n    0x00000008 <blob>=<NULL>\n'.encode()
    )
    deleted = security(off, "delete-generic-password", *item)
    assert deleted == (0, out, b"password has been deleted.\n")
    assert security(off, "find-generic-password", *item) == (
        44,
        b"",
        b"security: SecKeychainSearchCopyNext: "
        b"The specified item could not be found in the keychain.\n",
    )


def test_a_locked_keychain(off: Mac) -> None:
    keychain = login_keychain(off)
    security(off, "add-generic-password", "-s", "example", "-a", "me", "-w", "x")
    assert security(off, "lock-keychain") == (0, b"", b"")
    assert security(off, "find-generic-password", "-s", "example", "-w") == (36, b"", b"")
    assert security(off, "dump-keychain")[0] == 0
    assert b'"svce"<blob>="example"' in security(off, "dump-keychain")[1]
    info = security(off, "show-keychain-info", str(keychain.path))
    assert info[0] == 36
    wrong = security(off, "unlock-keychain", "-p", "wrong")
    assert wrong[0] == 51
    assert b"The user name or passphrase you entered is not correct." in wrong[2]
    assert security(off, "unlock-keychain", "-p", "demo") == (0, b"", b"")
    assert security(off, "show-keychain-info", str(keychain.path)) == (
        0,
        b"",
        f'Keychain "{keychain.path}" no-timeout\n'.encode(),
    )


def test_access_lists_name_the_program_and_what_became_of_it(off: Mac) -> None:
    keychain = login_keychain(off)
    program = off.host.root / "usr/local/bin/agent"
    program.write_bytes(b"\xcf\xfa\xed\xfe" * 2000)
    signature = signatures.register(off.host, program, identifier="com.example.agent")
    PretendKeyring(keychain.path, str(program)).set_password("example", "me", "x")
    dump = security(off, "dump-keychain", "-a")[1].decode()
    assert f"            0: {program} (OK)\n" in dump
    assert f'                requirement: cdhash H"{signature.cdhash}"\n' in dump
    assert f"        description: cdhash:{signature.cdhash}\n" in dump
    signatures.register(off.host, program, identifier="com.example.other")
    assert (
        f"0: {program} (status -2147415734)\n" in security(off, "dump-keychain", "-a")[1].decode()
    )
    program.unlink()
    assert f"0: {program} (status -67068)\n" in security(off, "dump-keychain", "-a")[1].decode()


def test_small_commands(off: Mac) -> None:
    login_keychain(off)
    assert security(off, "error", "-25308") == (
        1,
        b"Error: 0xFFFF9D24 -25308 User interaction is not allowed.\n",
        b"",
    )
    home, root = off.host.home, off.host.root
    login = f'    "{home}/Library/Keychains/login.keychain-db"\n'
    system = f'    "{root}/Library/Keychains/System.keychain"\n'
    assert security(off, "default-keychain")[1].decode() == login
    assert security(off, "list-keychains")[1].decode() == login + system
    assert security(off, "dump-keychain", "/nowhere") == (0, b"", b"")
    assert security(off, "find-identity", "-v", "-p", "codesigning")[1] == (
        b"     0 valid identities found\n"
    )


def test_codesign_layout(off: Mac) -> None:
    program = off.host.root / "usr/local/bin/agent"
    program.write_bytes(b"x" * 10000)
    signature = signatures.register(
        off.host, program, identifier="org.python.python", team="BMM5U3QVKW"
    )
    shown = off.tool(CODESIGN, "-dvvv", str(program))
    assert (shown.returncode, shown.stdout) == (0, b"")
    assert [line.partition("=")[0] for line in shown.stderr.decode().splitlines()] == [
        *("Executable", "Identifier", "Format", "CodeDirectory v", "Hash type"),
        *("CandidateCDHash sha256", "CandidateCDHashFull sha256", "Hash choices", "CMSDigest"),
        *("CMSDigestType", "CDHash", "Signature size", "Authority", "Authority", "Authority"),
        *("Timestamp", "Info.plist", "TeamIdentifier", "Runtime Version", "Sealed Resources"),
        "Internal requirements count",
    ]
    required = off.tool(CODESIGN, "-d", "-r-", str(program))
    assert required.stdout.decode() == f"designated => {signature.requirement}\n"
    assert required.stderr.decode() == f"Executable={program}\n"
    assert off.tool(CODESIGN, "--verify", str(program)).returncode == 0
    assert (
        off.tool(CODESIGN, "--verify", f"-R={signature.requirement}", str(program)).returncode == 0
    )
    assert off.tool(CODESIGN, "--verify", "-R=anchor apple", str(program)).returncode == 3
    program.write_bytes(b"y")
    broken = off.tool(CODESIGN, "--verify", str(program))
    assert broken.returncode == 1
    assert b"invalid signature (code or signature have been modified)" in broken.stderr
    unsigned = off.tool(CODESIGN, "-dvvv", "/bin/sh")
    assert (unsigned.returncode, unsigned.stderr) == (
        1,
        b"/bin/sh: code object is not signed at all\n",
    )


async def test_the_panels_readers_understand_all_of_it(off: Mac) -> None:
    host = off.host
    keychain = login_keychain(off)
    tcc.create(host)
    program = host.root / "usr/local/bin/agent"
    program.write_bytes(b"x" * 10000)
    signature = signatures.register(host, program, identifier="com.example.agent")
    PretendKeyring(keychain.path).set_password("com.entraclaw.agent", "key:a:v1", "{}")
    tcc.add_row(host, "kTCCServiceSystemPolicyAllFiles", str(program))
    found = await read_signature(host, program)
    assert (found.status, found.cdhash) == ("adhoc", signature.cdhash)
    assert found.requirement == signature.requirement
    read = await read_keychain(host)
    assert isinstance(read, Loaded)
    assert [item.account for item in read.value.items] == ["key:a:v1"]
    privacy = await read_privacy(host)
    assert isinstance(privacy, Loaded)
    assert [grant.client for grant in privacy.value.grants] == [str(program)]
    assert (await read_machine(host)).macos == "26.5"
    assert await screen_locked(host) is False
    screen.lock(host)
    assert await screen_locked(host) is True
    screen.unlock(host)
    assert await screen_locked(host) is False


def test_the_pasteboard(off: Mac) -> None:
    data = bytes(range(256))
    assert off.tool("usr/bin/pbpaste").stdout == b""
    assert off.tool("usr/bin/pbcopy", stdin=data).returncode == 0
    assert off.tool("usr/bin/pbpaste").stdout == data


def test_what_would_appear_on_the_screen_is_noted(off: Mac) -> None:
    url = "x-apple.systempreferences:com.apple.settings.PrivacySecurity.extension"
    assert off.tool("usr/bin/open", url).returncode == 0
    dialog = off.tool("usr/bin/osascript", "-e", 'display dialog "hi" giving up after 3')
    assert dialog.stdout == b"button returned:, gave up:true\n"
    notes = off.host.path("/private/var/db/pretend")
    assert json.loads((notes / "opened.jsonl").read_text())["arguments"] == [url]
    assert "hi" in json.loads((notes / "dialogs.jsonl").read_text())["script"]


def test_the_unified_log_is_for_administrators(off: Mac) -> None:
    ran = off.tool("usr/bin/log", "stream", "--style", "ndjson")
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        77,
        b"",
        b"log: Must be admin to run 'stream' command\n",
    )


def test_versions_and_the_registry(off: Mac) -> None:
    ran = off.tool("usr/bin/sw_vers")
    assert ran.stdout == b"ProductName:\t\tmacOS\nProductVersion:\t\t26.5\nBuildVersion:\t\t25F71\n"
    registry = plistlib.loads(off.tool("usr/sbin/ioreg", "-n", "Root", "-d1", "-a").stdout)
    (session,) = registry["IOConsoleUsers"]
    assert session["kCGSSessionUserIDKey"] == 501
    assert "CGSSessionScreenIsLocked" not in session


def test_tccutil_takes_back_what_has_a_bundle_identifier(off: Mac) -> None:
    tcc.create(off.host)
    tcc.add_row(off.host, "kTCCServiceCamera", "com.example.app")
    tcc.add_row(off.host, "kTCCServiceCamera", "/usr/local/bin/agent")
    done = off.tool("usr/bin/tccutil", "reset", "Camera", "com.example.app")
    assert (done.returncode, done.stdout) == (
        0,
        b"Successfully reset Camera approval status for com.example.app\n",
    )
    path = off.tool("usr/bin/tccutil", "reset", "Camera", "/usr/local/bin/agent")
    assert path.returncode == 64
    assert b"OSStatus error -10814" in path.stderr
    assert off.tool("usr/bin/tccutil", "reset", "Camera").stdout == b"Successfully reset Camera\n"

"""Programs that drive `security`: text, stream and exit code of what they see."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.keychain_dump import parse_dump

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

MISSING = (
    b"security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.\n"
)


class Security:
    """The tool on one pretend Mac with a login keychain."""

    def __init__(self, mac: Mac) -> None:
        self.mac = mac
        self.login = PretendKeychain(mac.host.home / "Library/Keychains/login.keychain-db")
        self.login.create()

    def __call__(self, *words: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
        ran = self.mac.tool("usr/bin/security", *words, stdin=stdin)
        return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
def security(off: Mac) -> Security:
    return Security(off)


def test_a_keychain_of_one_s_own(security: Security) -> None:
    path = f"{security.mac.host.root}/private/tmp/build.keychain-db"
    assert security("create-keychain", "-p", "one", path) == (0, b"", b"")
    assert security("create-keychain", "-p", "one", path) == (
        48,
        b"",
        f"security: SecKeychainCreate {path}: "
        "A keychain with the same name already exists.\n".encode(),
    )
    assert security("show-keychain-info", path) == (
        0,
        b"",
        f'Keychain "{path}" lock-on-sleep timeout=300s\n'.encode(),
    )
    assert security("set-keychain-settings", "-lut", "21600", path) == (0, b"", b"")
    assert security("show-keychain-info", path)[2] == (
        f'Keychain "{path}" lock-on-sleep timeout=21600s\n'.encode()
    )
    assert security("set-keychain-settings", path) == (0, b"", b"")
    assert security("show-keychain-info", path)[2].endswith(b'" no-timeout\n')
    assert security("lock-keychain", path) == (0, b"", b"")
    assert security("unlock-keychain", "-p", "two", path) == (
        51,
        b"",
        f"security: SecKeychainUnlock {path}: "
        "The user name or passphrase you entered is not correct.\n".encode(),
    )
    assert security("unlock-keychain", "-p", "one", path) == (0, b"", b"")

    item = ("-s", "example", "-a", "me")
    assert security("add-generic-password", *item, "-w", "hello", path) == (0, b"", b"")
    assert security("find-generic-password", *item) == (44, b"", MISSING), "it is not searched"
    assert security("find-generic-password", *item, "-w", path) == (0, b"hello\n", b"")
    login = str(security.login.path)
    assert security("list-keychains", "-d", "user", "-s", login, path) == (0, b"", b"")
    assert security("find-generic-password", *item, "-w") == (0, b"hello\n", b"")
    system = f"{security.mac.host.root}/Library/Keychains/System.keychain"
    assert (
        security("list-keychains")[1].decode() == f'    "{login}"\n    "{path}"\n    "{system}"\n'
    )
    assert security("default-keychain", "-s", path) == (0, b"", b"")
    assert security("default-keychain")[1].decode() == f'    "{path}"\n'
    assert security("add-generic-password", *item, "-w", "again")[0] == 45, "the default takes it"

    assert security("delete-keychain", path) == (0, b"", b"")
    assert security("list-keychains")[1].decode() == f'    "{login}"\n    "{system}"\n'
    assert security("default-keychain") == (
        37,
        b"",
        b"security: SecKeychainCopyDomainDefault user: A default keychain could not be found.\n",
    )
    assert security("delete-keychain", path) == (
        50,
        b"",
        b"security: SecKeychainDelete: The specified keychain could not be found.\n",
    )
    assert security("show-keychain-info", path)[0] == 50


def test_a_bare_name_lies_in_the_account_s_folder(security: Security) -> None:
    assert security("create-keychain", "-p", "x", "build.keychain") == (0, b"", b"")
    folder = security.login.path.parent
    assert (folder / "build.keychain-db").exists()
    assert security("show-keychain-info", "build.keychain")[0] == 0
    assert security("delete-keychain", "build.keychain") == (0, b"", b"")
    assert not (folder / "build.keychain-db").exists()


@pytest.mark.parametrize(
    ("secret", "shown", "told"),
    [
        ("plain", b"plain", b'"plain"'),
        ("", b"", b""),
        ('a "b" c', b'a "b" c', b'"a "b" c"'),
        ("caf\u00e9", b"636166c3a9", b'0x636166C3A9  "caf\\303\\251"'),
        ("two\nlines", b"74776f0a6c696e6573", b'0x74776F0A6C696E6573  "two\\012lines"'),
        ("back\\slash", b"back\\slash", b'0x6261636B5C736C617368  "back\\134slash"'),
    ],
)
def test_secrets_on_both_streams(
    security: Security, secret: str, shown: bytes, told: bytes
) -> None:
    item = ("-s", "serv\u00efce", "-a", "me")
    hexed = secret.encode().hex()
    assert security("add-generic-password", *item, "-X", hexed) == (0, b"", b"")
    assert security("find-generic-password", *item, "-w") == (0, shown + b"\n", b"")
    status, out, err = security("find-generic-password", *item, "-g")
    assert (status, err) == (0, b"password: " + told + b"\n")
    assert b'    "svce"<blob>=0x73657276C3AF6365  "serv\\303\\257ce"\n' in out


def test_internet_passwords(security: Security) -> None:
    item = ("-s", "git.contoso.example", "-a", "me", "-r", "htps", "-P", "8443")
    assert security("add-internet-password", *item, "-w", "x") == (0, b"", b"")
    assert security("add-internet-password", *item, "-w", "x") == (
        45,
        b"",
        b"security: SecKeychainAddInternetPassword <NULL>: "
        b"The specified item already exists in the keychain.\n",
    )
    other = ("-s", "git.contoso.example", "-a", "me", "-r", "http")
    assert security("add-internet-password", *other, "-w", "y") == (0, b"", b"")
    status, out, err = security("find-internet-password", *item, "-g")
    assert (status, err) == (0, b'password: "x"\n')
    lines = out.decode().splitlines()
    assert lines[2] == 'class: "inet"'
    assert [line.strip().partition("<")[0].strip('"') for line in lines[4:]] == [
        *("0x00000007 ", "0x00000008 ", "acct", "atyp", "cdat", "crtr", "cusi", "desc", "icmt"),
        *("invi", "mdat", "nega", "path", "port", "prot", "ptcl", "scrp", "sdmn", "srvr", "type"),
    ]
    assert '    "ptcl"<uint32>="htps"' in lines
    assert '    "port"<uint32>=0x000020FB  "\\000\\000 \\373"' in lines
    assert '    "atyp"<blob>="dflt"' in lines
    assert security("find-generic-password", "-s", "git.contoso.example")[0] == 44
    assert security("find-internet-password", *other, "-w") == (0, b"y\n", b"")
    assert security("delete-internet-password", *item)[0] == 0
    assert security("find-internet-password", *item) == (44, b"", MISSING)


def test_commands_a_line_at_a_time(security: Security) -> None:
    lines = (
        b'add-generic-password -s "two words" -a me -X 68656c6c6f\n'
        b"\n"
        b"find-generic-password -s 'two words' -w\n"
        b"find-generic-password -s nothing -w\n"
        b"delete-generic-password -s nothing\n"
    )
    assert security("-i", stdin=lines) == (
        44,
        b"hello\n",
        MISSING
        + b"find-generic-password: returned -25300\n"
        + MISSING
        + b"delete-generic-password: returned -25300\n",
    )
    again = b'add-generic-password -s "two words" -a me -w x\n'
    status, out, err = security("-i", stdin=again)
    assert (status, out) == (45, b"")
    assert err.endswith(b"keychain.\nadd-generic-password: returned -25299\n")
    assert security("-i", stdin=lines + b"quit\n" + lines)[0] == 0


def test_nothing_is_found(security: Security) -> None:
    assert security("find-certificate", "-c", "nobody") == (44, b"", MISSING)
    assert security("find-certificate", "-a") == (0, b"", b"")
    status, out, err = security("find-identity", "-p", "codesigning")
    assert (status, err) == (0, b"")
    assert b"Policy: Code Signing\n" in out
    assert out.endswith(b"     0 valid identities found\n")
    assert security("nonsense")[0] == 1
    assert security("find-generic-password", "-Q")[0] == 2


def test_the_partition_list(security: Security) -> None:
    item = ("-s", "example", "-a", "me")
    security("add-generic-password", *item, "-w", "x")
    assert (
        security("set-generic-password-partition-list", "-S", "apple:", "-k", "no", *item)[0] == 51
    )
    done = security(
        *("set-generic-password-partition-list", "-S", "apple-tool:,apple:,teamid:C0NT0S0EXM"),
        *("-k", "demo", *item),
    )
    assert (done[0], done[2]) == (0, b"")
    dump = security("dump-keychain", "-a")[1].decode()
    assert "        description: apple-tool:, apple:, teamid:C0NT0S0EXM\n" in dump
    missing = security("set-generic-password-partition-list", "-S", "apple:", "-s", "nothing")
    assert missing == (
        44,
        b"",
        b"security: SecItemCopyMatching: The specified item could not be found in the keychain.\n",
    )


def starts_to_wait(security: Security, *words: str) -> bool:
    """Start a command that must hang, see the dialog it waits in, and end it."""
    notes = security.mac.host.path("/private/var/db/pretend/dialogs.jsonl")
    program = security.mac.host.root / "usr/bin/security"
    process = subprocess.Popen(
        [program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        security.mac.until(lambda: notes.exists() and notes.read_text(), "a dialog stands")
        return process.poll() is None
    finally:
        process.kill()
        assert process.communicate() == (b"", b"")


def test_locked_without_a_desktop_is_told_at_once(security: Security) -> None:
    security("add-generic-password", "-s", "example", "-a", "me", "-w", "x")
    security("lock-keychain")
    for option in ("-w", "-g"):
        assert security("find-generic-password", "-s", "example", option) == (36, b"", b"")
    assert security("find-generic-password", "-s", "example")[0] == 0, "attributes are no secret"
    assert security("add-generic-password", "-s", "other", "-a", "me", "-w", "x")[0] == 36
    status, out, err = security("dump-keychain", "-d")
    assert status == 0
    assert b"data:" not in out
    assert err == (b"security: SecKeychainItemCopyContent: User interaction is not allowed.\n")


def test_locked_at_the_desktop_hangs_in_a_dialog(security: Security) -> None:
    Layout(security.mac.host.root).dialogs_open.touch()
    security("add-generic-password", "-s", "example", "-a", "me", "-w", "x")
    security("lock-keychain")
    assert starts_to_wait(security, "find-generic-password", "-s", "example", "-w")


def test_reading_what_belongs_to_another_program_hangs(security: Security) -> None:
    program = security.mac.host.root / "usr/local/bin/agent"
    program.write_bytes(b"x" * 100)
    signatures.register(security.mac.host, program, identifier="com.example.agent")
    PretendKeyring(security.login.path, str(program)).set_password("example", "me", "x")
    assert starts_to_wait(security, "find-generic-password", "-s", "example", "-w")
    # The way out after an upgrade: Apple's own tool may delete everything.
    assert security("delete-generic-password", "-s", "example")[0] == 0


def test_the_panel_reads_what_the_tool_writes(security: Security) -> None:
    security("add-generic-password", "-s", "serv\u00efce", "-a", 'a "b" \\c', "-w", "x")
    security("add-internet-password", "-s", "git.contoso.example", "-a", "me", "-w", "x")
    found = parse_dump(security("dump-keychain")[1])
    assert [(item.service, item.account) for item in found.items if item.service][:1] == [
        ("serv\u00efce", 'a "b" \\c')
    ]

"""A sandbox profile for the worker (SBPL): what is not allowed here is denied.

The language has no public description. Sources: the profiles that ship with open programs which
use it on macOS 26 (Codex and Anthropic's sandbox-runtime, both Apache-2.0), and sandbox-exec(1),
which Apple marks as deprecated. The last rule that matches counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entraclaw_tui.cli.generating.made import Made, Refused

_SERVICES = (
    "com.apple.SecurityServer",
    "com.apple.securityd.xpc",
    "com.apple.trustd",
    "com.apple.trustd.agent",
    "com.apple.ocspd",
    "com.apple.SystemConfiguration.configd",
    "com.apple.SystemConfiguration.DNSConfiguration",
    "com.apple.networkd",
    "com.apple.bsd.dirhelper",
    "com.apple.system.opendirectoryd.libinfo",
    "com.apple.system.opendirectoryd.membership",
)
_READ = ("/System", "/usr", "/bin", "/sbin", "/Library", "/Applications", "/opt", "/private/etc")
_READ_TOO = ("/private/var/db/timezone", "/private/var/db/dyld", "/private/var/run")
_CACHES = "^/private/var/folders/[^/]+/[^/]+/C/"
"""Where the Security framework keeps its index of the account."""
_TOOLS = ("/usr/bin/codesign", "/usr/sbin/ioreg", "/usr/bin/osascript")
_LINKED = ("/tmp", "/var", "/etc")  # noqa: S108 - links into /private on every Mac


@dataclass(frozen=True, slots=True)
class Ground:
    """Where everything is, as paths of the Mac without links in them."""

    home: str
    config: str
    run: str
    interpreter: str
    code: Sequence[str]
    """Folders of the interpreter's library and of our package."""


def profile(ground: Ground) -> Made:
    """Return the profile. Raises Refused for a path that is not absolute."""
    home = canonical(ground.home)
    keychains = f"{home}/Library/Keychains"
    code = list(dict.fromkeys(canonical(path) for path in ground.code))
    tools = " ".join(_literal(path) for path in (canonical(ground.interpreter), *_TOOLS))
    read = " ".join(_subpath(path) for path in (*_READ, *_READ_TOO, *code))
    text = "\n".join(
        (
            "(version 1)",
            "(deny default)",
            "",
            ";; itself, and the three tools that it runs",
            "(allow process-fork)",
            f"(allow process-exec {tools})",
            "(allow signal (target same-sandbox))",
            "(allow process-info*)",
            "(allow sysctl-read)",
            "(allow iokit-get-properties)",
            "",
            ";; reading: the system, its programs (it tells who asks by their files), its own code",
            "(allow file-read-metadata)",
            f"(allow file-read* {read})",
            f"(allow file-read* {_subpath(canonical(ground.config))} {_subpath(keychains)})",
            f"(allow file-read* {_subpath(f'{home}/Library/Application Support/com.apple.TCC')})",
            '(allow file-read* (literal "/") (literal "/dev/random") (literal "/dev/urandom"))',
            '(allow file-read* file-write-data (literal "/dev/null"))',
            "(allow user-preference-read)",
            "",
            ";; writing: its own folder, and the login keychain, which is a file",
            f"(allow file-write* {_subpath(canonical(ground.config))})",
            f"(allow file-write* {_subpath(keychains)})",
            f'(allow file-read* file-write* (regex #"{_CACHES}"))',
            "",
            ";; the Keychain, certificates, names",
            *(f"(allow mach-lookup (global-name {_quoted(name)}))" for name in _SERVICES),
            "",
            ";; its two sockets, and HTTPS to anywhere: an address cannot be named here",
            f"(allow network-inbound (local unix-socket {_subpath(canonical(ground.run))}))",
            '(allow network-outbound (literal "/private/var/run/mDNSResponder"))',
            '(allow network-outbound (remote tcp "*:443"))',
            "(allow system-socket)",
            "",
        )
    )
    notes = (
        "A sandbox profile for the agent's worker: deny by default.",
        "It allows: reading the system, programs and its own folder; writing its own folder and "
        "~/Library/Keychains; HTTPS anywhere; the Keychain; codesign, ioreg and osascript.",
        "It denies: everything else of the home folder, other programs, other network, Apple "
        "events. Notifications and dialogs may not come through; requests show in the panel.",
        "Apple calls sandbox-exec deprecated, and documents this language nowhere: it may change "
        "with any macOS. This profile has not been tried on a real Mac: try it, then rely on it.",
        "Save it as worker.sb and begin ProgramArguments of the job with /usr/bin/sandbox-exec, -f "
        "and its path; then load the job anew. `agent install` would undo that.",
        "What it denies shows in: log stream --style compact --predicate 'sender == \"Sandbox\"'",
        "A program in a sandbox still needs its privacy grants (TCC): both must allow.",
    )
    return Made("seatbelt", text, notes, ";;")


def canonical(path: str) -> str:
    """Return a path as the kernel sees it: links of macOS's own resolved. Raises Refused."""
    if not path.startswith("/") or "\0" in path or "\n" in path:
        raise Refused(f"{path!r} is no absolute path.")
    path = path.rstrip("/") or "/"
    linked = any(path == link or path.startswith(f"{link}/") for link in _LINKED)
    return f"/private{path}" if linked else path


def _subpath(path: str) -> str:
    return f"(subpath {_quoted(path)})"


def _literal(path: str) -> str:
    return f"(literal {_quoted(path)})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

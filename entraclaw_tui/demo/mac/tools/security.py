"""security: the keychain commands, to the byte, the stream and the exit code."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac.tools.options import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_COMMANDS = {
    "add-generic-password": "items:add",
    "add-internet-password": "items:add_internet",
    "create-keychain": "keychains:create",
    "default-keychain": "keychains:default",
    "delete-generic-password": "items:delete",
    "delete-internet-password": "items:delete_internet",
    "delete-keychain": "keychains:delete",
    "dump-keychain": "items:dump",
    "error": "words:error",
    "find-certificate": "words:certificate",
    "find-generic-password": "items:find",
    "find-identity": "words:identity",
    "find-internet-password": "items:find_internet",
    "list-keychains": "keychains:listed",
    "lock-keychain": "keychains:lock",
    "login-keychain": "keychains:default",
    "set-generic-password-partition-list": "items:partition",
    "set-keychain-settings": "keychains:settings",
    "show-keychain-info": "keychains:show",
    "unlock-keychain": "keychains:unlock",
}
"""Each command, and the module and function that play it: only the one in need is imported."""

_HERE = "entraclaw_tui.demo.mac.tools.security_"
_QUIT = ("quit", "exit", "q")


def main(mac: Folder, arguments: list[str]) -> int:
    """Run one command, or with -i one a line; the exit status is the low byte of its OSStatus."""
    flags = set()
    while arguments and arguments[0].startswith("-") and len(arguments[0]) > 1:
        flags |= set(arguments[0][1:])
        arguments = arguments[1:]
    if flags - set("ilqvRh"):
        return _usage(2)
    if "i" in flags:
        return _interactive(mac, quiet="q" in flags) & 0xFF
    if not arguments or arguments[0] in ("help", "-h"):
        return _usage(int(not arguments))
    return _one(mac, arguments) & 0xFF


def _one(mac: Folder, words: list[str]) -> int:
    """Run one command and return its OSStatus."""
    name = words[0]
    if name not in _COMMANDS:
        sys.stderr.write(f'security: unknown command "{name}"\n')
        return _usage(1)
    module, _, function = _COMMANDS[name].partition(":")
    __import__(_HERE + module)
    play = getattr(sys.modules[_HERE + module], function)
    try:
        return int(play(mac, words[1:]))
    except UsageError:
        sys.stderr.write(f"Usage: {name} [options...] [keychain...]\n")
        return 2


def _interactive(mac: Folder, *, quiet: bool) -> int:
    """Read commands from standard input; each failure is told, and the last status stays."""
    status = 0
    prompt = sys.stdin.isatty()
    while True:
        if prompt:
            sys.stdout.write("security> ")
            sys.stdout.flush()
        line = sys.stdin.buffer.readline()
        if not line:
            return status
        words = _split(line.decode("utf-8", "surrogateescape"))
        if not words:
            continue
        if words[0] in _QUIT:
            return 0
        status = _one(mac, words)
        sys.stdout.flush()
        if status and not quiet:
            sys.stderr.write(f"{words[0]}: returned {status}\n")


def _split(line: str) -> list[str]:
    """Split a line at blanks; both quotation marks hold words together, a backslash one sign."""
    words: list[str] = []
    word, quote, started, escaped = "", "", False, False
    for sign in line.rstrip("\n"):
        if escaped:
            word, escaped = word + sign, False
        elif sign == "\\" and quote != "'":
            escaped = started = True
        elif sign == quote:
            quote = ""
        elif quote:
            word += sign
        elif sign in "\"'":
            quote, started = sign, True
        elif sign in " \t":
            if started:
                words.append(word)
            word, started = "", False
        else:
            word, started = word + sign, True
    return [*words, word] if started else words


def _usage(status: int) -> int:
    """Tell the commands, on standard error where nobody asked for them."""
    out = sys.stderr if status else sys.stdout
    out.write("Usage: security [-hilqv] [-p prompt] [command] [opt ...]\n")
    out.write("".join(f"    {command}\n" for command in _COMMANDS))
    return status

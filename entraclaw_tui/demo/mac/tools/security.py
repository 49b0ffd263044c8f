"""security: the keychain commands, to the byte, the stream and the exit code."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac.tools.options import UsageError, Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_COMMANDS = {
    "list-keychains": "keychains:listed",
    "default-keychain": "keychains:default",
    "login-keychain": "keychains:default",
    "create-keychain": "keychains:create",
    "delete-keychain": "keychains:delete",
    "lock-keychain": "keychains:lock",
    "unlock-keychain": "keychains:unlock",
    "set-keychain-settings": "keychains:settings",
    "show-keychain-info": "keychains:show",
    "dump-keychain": "items:dump",
    "add-generic-password": "items:add",
    "add-internet-password": "items:add_internet",
    "find-generic-password": "items:find",
    "delete-generic-password": "items:delete",
    "set-generic-password-partition-list": "items:partition",
    "find-internet-password": "items:find_internet",
    "delete-internet-password": "items:delete_internet",
    "find-certificate": "words:certificate",
    "find-identity": "words:identity",
    "error": "words:error",
}
"""Each command in the tool's own order, and the module and function that play it: only the one in
need is imported."""

_HERE = "entraclaw_tui.demo.mac.tools.security_"
_QUIT = ("quit", "exit", "q")


def main(mac: Folder, arguments: list[str]) -> int:
    """Run one command, or with -i one a line; the exit status is the low byte of its OSStatus."""
    try:
        words = Words(arguments, "ilqvRh", "p")
    except UsageError:
        return _usage(2)
    arguments = words.rest
    if "h" in words.flags or arguments[:1] == ["help"]:
        return _usage(0)
    if not arguments and ("i" in words.flags or "p" in words.values):
        prompt = words.values.get("p", "security> ")
        return _interactive(mac, prompt, quiet="q" in words.flags) & 0xFF
    if not arguments:
        return _usage(2)
    return _one(mac, arguments) & 0xFF


def _one(mac: Folder, words: list[str]) -> int:
    """Run one command and return its OSStatus."""
    # Any beginning will do; the first command of the table that has it is meant.
    name = next((one for one in _COMMANDS if one.startswith(words[0])), words[0])
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


def _interactive(mac: Folder, prompt: str, *, quiet: bool) -> int:
    """Read commands from standard input; each failure is told, and the last status stays.

    The prompt goes to standard error, and only where somebody types.
    """
    status = 0
    shown = prompt if sys.stdin.isatty() else ""
    while True:
        sys.stderr.write(shown)
        sys.stderr.flush()
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

"""xattr(1): extended attributes, of which the quarantine's mark matters here."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import xattrs
from entraclaw_tui.demo.mac.lean import exists
from entraclaw_tui.demo.mac.tools.options import UsageError, Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_USAGE = """\
usage: xattr [-l] [-r] [-s] [-v] [-x] file [file ...]
       xattr -p [-l] [-r] [-s] [-v] [-x] attr_name file [file ...]
       xattr -w [-r] [-s] [-x] attr_name attr_value file [file ...]
       xattr -d [-r] [-s] attr_name file [file ...]
       xattr -c [-r] [-s] file [file ...]
"""
_OPERANDS = {"p": 1, "d": 1, "w": 2, "c": 0}
"""How many words stand before the files, by what is to be done; none of these lists."""


def main(mac: Folder, arguments: list[str]) -> int:
    """List, print, write, delete or clear; a file that fails does not stop the next."""
    try:
        words = Words(arguments, "lpwdcrsvxh", "")
    except UsageError:
        words = Words([], "", "")
    verbs = [letter for letter in _OPERANDS if letter in words.flags]
    verb = verbs[0] if len(verbs) == 1 else ""
    before = _OPERANDS.get(verb, 0)
    files = words.rest[before:]
    if len(verbs) > 1 or not files or "h" in words.flags:
        (sys.stdout if "h" in words.flags else sys.stderr).write(_USAGE)
        return 0 if "h" in words.flags else 64
    status = 0
    for path in files:
        if not exists(path):
            sys.stderr.write(f"xattr: [Errno 2] No such file or directory: '{path}'\n")
            status = 1
        elif not _one(mac, verb, words, path, named=len(files) > 1):
            sys.stderr.write(f"xattr: {path}: No such xattr: {words.rest[0]}\n")
            status = 1
    return status


def _one(mac: Folder, verb: str, words: Words, path: str, *, named: bool) -> bool:
    """Do it for one file; False where the attribute is not there."""
    found = xattrs.names(mac, path)
    long = "l" in words.flags
    before = f"{path}: " if named or "v" in words.flags else ""
    if verb == "w":
        value = words.rest[1]
        data = bytes.fromhex(value) if "x" in words.flags else value.encode()
        xattrs.put(mac, path, words.rest[0], data)
    elif verb == "d":
        return xattrs.take(mac, path, words.rest[0])
    elif verb == "c":
        xattrs.take(mac, path)
    elif verb == "p":
        name = words.rest[0]
        if name not in found:
            return False
        label = f"{name}: " if long else ""
        sys.stdout.write(f"{before}{label}{_text(found[name], words)}\n")
    else:
        for name, data in found.items():
            label = f"{name}: {_text(data, words)}" if long else name
            sys.stdout.write(f"{before}{label}\n")
    return True


def _text(data: bytes, words: Words) -> str:
    if "x" not in words.flags:
        return data.decode("utf-8", "backslashreplace")
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    return "\n".join(row.hex(" ").upper() for row in rows)

"""codesign: shows and checks the signatures that `signatures.register` made."""

from __future__ import annotations

import os
import sys

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.lean import exists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_PAGE = 4096


class _Wish:
    """What the command line asks for."""

    def __init__(self, arguments: list[str]) -> None:
        self.display = self.verify = self.requirements = False
        self.entitlements = self.xml = False
        self.verbose = 0
        self.test = ""
        self.paths: list[str] = []
        for argument in arguments:
            self._take(argument)

    def _take(self, argument: str) -> None:
        name, _, value = argument.partition("=")
        if name == "--entitlements" or argument in (":-", "--xml", "--der"):
            # `:-` is the old way to ask for the property list.
            self.entitlements = True
            self.xml |= argument in (":-", "--xml")
            return
        if name in ("--display", "--verify", "--verbose", "--requirements", "--test-requirement"):
            self.display |= name == "--display"
            self.verify |= name == "--verify"
            self.verbose += (int(value) if value.isdigit() else 1) * (name == "--verbose")
            self.requirements |= name == "--requirements"
            self.test = value if name == "--test-requirement" else self.test
        elif name == "-R":
            self.test = value
        elif argument in ("--deep", "--strict", "--no-strict", "-"):
            pass
        elif argument.startswith("-") and len(argument) > 1:
            self._letters(argument[1:])
        else:
            self.paths.append(argument)

    def _letters(self, letters: str) -> None:
        if letters.startswith("r"):
            self.requirements = True
            return
        for letter in letters:
            # -v alone means verify; after -d it means verbose.
            self.verbose += letter == "v"
            self.display |= letter == "d"

    @property
    def verifies(self) -> bool:
        return self.verify or (self.verbose > 0 and not self.display)


def main(mac: Folder, arguments: list[str]) -> int:
    """Display or verify each path; the worst status counts."""
    wish = _Wish(arguments)
    if not wish.paths or not (wish.display or wish.verifies):
        sys.stderr.write(
            "Usage: codesign -s identity [-fv*] [-o flags] [-r reqs] path ... # sign\n"
        )
        sys.stderr.write("       codesign -v [-v*] [-R=<req string>|-R <req file path>] path\n")
        sys.stderr.write("       codesign -d [options] path ... # display contents\n")
        return 2
    return max(_one(mac, wish, path) for path in wish.paths)


def _one(mac: Folder, wish: _Wish, name: str) -> int:
    if not exists(name):
        sys.stderr.write(f"{name}: No such file or directory\n")
        return 1
    signature = signatures.find(mac, name)
    if signature is None:
        sys.stderr.write(f"{name}: code object is not signed at all\n")
        return 1
    if wish.display:
        sys.stderr.write("\n".join(_lines(signature, name, wish.verbose)) + "\n")
        if wish.entitlements:
            _show_entitlements(signature, xml=wish.xml)
        if wish.requirements:
            sys.stdout.write(f"{'# ' * signature.adhoc}designated => {signature.requirement}\n")
        return 0
    return _verify(signature, name, wish)


def _show_entitlements(signature: signatures.Signature, *, xml: bool) -> None:
    """Write them to standard output, nothing where there are none."""
    if not signature.entitlements:
        return
    if xml:
        rows = "".join(f"<key>{name}</key><true/>" for name in signature.entitlements)
        sys.stdout.write(
            '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST '
            '1.0//EN" "https://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0">'
            f"<dict>{rows}</dict></plist>"
        )
        return
    sys.stdout.write("[Dict]\n")
    for name in signature.entitlements:
        sys.stdout.write(f"\t[Key] {name}\n\t[Value]\n\t\t[Bool] true\n")


def _verify(signature: signatures.Signature, name: str, wish: _Wish) -> int:
    if not signatures.intact(signature, name):
        sys.stderr.write(f"{name}: invalid signature (code or signature have been modified)\n")
        return 1
    if wish.verbose:
        sys.stderr.write(f"{name}: valid on disk\n")
        sys.stderr.write(f"{name}: satisfies its Designated Requirement\n")
    if wish.test and wish.test.removeprefix("=").strip() != signature.requirement:
        sys.stderr.write("test-requirement: code failed to satisfy specified code requirement(s)\n")
        return 3
    return 0


def _lines(signature: signatures.Signature, name: str, verbose: int) -> list[str]:
    lines = [f"Executable={os.path.realpath(name)}"]
    if not verbose:
        return lines
    pages = -(-max(signature.size, 1) // _PAGE)
    special = 0 if "linker-signed" in signature.flags else (2 if signature.adhoc else 7)
    version = 20400 if signature.adhoc else 20500
    size = 96 + len(signature.identifier) + len(signature.team) + 32 * (pages + special)
    lines += [
        f"Identifier={signature.identifier}",
        f"Format={signature.kind}",
        f"CodeDirectory v={version} size={size} flags={signature.flags} "
        f"hashes={pages}+{special} location=embedded",
    ]
    if verbose > 2:
        lines += [
            "Hash type=sha256 size=32",
            f"CandidateCDHash sha256={signature.cdhash}",
            f"CandidateCDHashFull sha256={signature.cdhash_full}",
            "Hash choices=sha256",
            f"CMSDigest={signature.cdhash_full}",
            "CMSDigestType=2",
            f"CDHash={signature.cdhash}",
        ]
    lines.append("Signature=adhoc" if signature.adhoc else "Signature size=9013")
    if verbose > 1:
        lines += [f"Authority={name}" for name in signature.authority]
    if not signature.adhoc:
        lines.append(f"Timestamp={signature.timestamp}")
    lines += ["Info.plist=not bound", f"TeamIdentifier={signature.team or 'not set'}"]
    if "runtime" in signature.flags:
        lines.append("Runtime Version=15.5.0")
    lines.append("Sealed Resources=none")
    if "linker-signed" in signature.flags:
        lines.append("Internal requirements=none")
    else:
        count = 0 if signature.adhoc else 1
        lines.append(f"Internal requirements count={count} size={180 if count else 12}")
    return lines

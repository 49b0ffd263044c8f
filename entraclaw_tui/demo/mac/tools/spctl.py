"""spctl: Gatekeeper's word on a program, from the signatures of the pretend Mac."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.lean import exists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_REJECTED = 3
_VALUED = ("-t", "--type", "--context")


def main(mac: Folder, arguments: list[str]) -> int:
    """Assess each path; all words go to standard error."""
    if "--status" in arguments:
        sys.stdout.write("assessments enabled\n")
        return 0
    asked = "--assess" in arguments or any(
        one.startswith("-") and not one.startswith("--") and "a" in one for one in arguments
    )
    paths = _paths(arguments)
    if not asked or not paths:
        sys.stderr.write("System Policy Basic Usage:\n")
        sys.stderr.write("       spctl --assess [--type type] [-v] path ... # assessment\n")
        return 2
    verbose = sum(one.count("v") for one in arguments if one.startswith("-v") or one == "-av")
    verbose += sum(one.startswith("--verbose") for one in arguments)
    return max(_assess(mac, path, verbose) for path in paths)


def _paths(arguments: list[str]) -> list[str]:
    paths, skip = [], False
    for one in arguments:
        if skip or one.startswith("-"):
            skip = one in _VALUED
        else:
            paths.append(one)
    return paths


def _assess(mac: Folder, path: str, verbose: int) -> int:
    if not exists(path):
        sys.stderr.write(f"{path}: No such file or directory\n")
        return 1
    signature = signatures.find(mac, path)
    source = origin = ""
    if signature is None:
        verdict, source = "rejected", "no usable signature"
    elif not signatures.intact(signature, path):
        verdict = "invalid signature (code or signature have been modified)"
    elif signature.adhoc:
        verdict = "rejected"
    elif path.rstrip("/").endswith(".app"):
        apple = signature.authority == signatures.APPLE
        verdict = "accepted"
        source = "Apple System" if apple else "Notarized Developer ID"
        origin = signature.authority[0]
    else:
        # What Gatekeeper says of every plain program: no fault of it (errSecCSNotAppLike).
        verdict = "rejected (the code is valid but does not seem to be an app)"
        origin = signature.authority[0]
    accepted = verdict == "accepted"
    if verbose or not accepted:
        sys.stderr.write(f"{path}: {verdict}\n")
    if verbose and source:
        sys.stderr.write(f"source={source}\n")
    if verbose > 1 and origin:
        sys.stderr.write(f"origin={origin}\n")
    return 0 if accepted else _REJECTED

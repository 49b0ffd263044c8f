"""The identity that a grant binds to: whose code it is, or where that says nothing, one process."""

from __future__ import annotations

import hashlib

from entraclaw_tui.worker.executables import Executable
from entraclaw_tui.worker.interpreters import runs_others_code


def identity_of(path: str, executable: Executable, process: str) -> tuple[str, bool]:
    """Return the identity, and whether it is that of one process alone.

    `path` is the program's path on the Mac, `process` names the process (`Peer.process`). A
    program signed by a team that Apple knows is team and identifier, another signed one its code
    hash, an unsigned one its path and content. An interpreter, a relay, or what could not be read
    is one process.
    """
    signature, digest = executable.signature, executable.digest
    if not path or not digest or runs_others_code(path, signature.identifier):
        return f"process:{process}", True
    if signature.status == "valid" and signature.identifier:
        if signature.team and executable.anchored:
            return f"signed:{signature.team}:{signature.identifier}", False
        if signature.cdhash:
            return f"code:{signature.identifier}:{signature.cdhash}", False
    if signature.status == "adhoc" and signature.cdhash:
        return f"code:{signature.identifier}:{signature.cdhash}", False
    if signature.status == "unsigned":
        place = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return f"file:{digest}:{place}", False
    return f"process:{process}", True

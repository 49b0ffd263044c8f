"""What the pretend codesign says of which file."""

from __future__ import annotations

import os

from entraclaw_tui.demo.mac.lean import SIGNATURES, Folder, read, write

TYPE_CHECKING = False
if TYPE_CHECKING:  # codesign starts with this module
    from collections.abc import Sequence
    from os import PathLike

    from entraclaw_tui.demo.mac.activation import HasRoot

APPLE = ("Software Signing", "Apple Code Signing Certification Authority", "Apple Root CA")
"""The chain of a program of the system."""


class Signature:
    """A signature as it was made; the file may have changed since."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.identifier = fields["identifier"]
        self.team = fields["team"]
        self.authority = tuple(fields["authority"].split("|")) if fields["authority"] else ()
        """Names of the chain, leaf first; empty for ad-hoc code."""
        self.flags = fields["flags"]
        """As codesign prints them: `0x10000(runtime)`."""
        self.kind = fields["kind"]
        """The Format line: `Mach-O thin (arm64)`."""
        self.cdhash_full = fields["cdhash_full"]
        self.requirement = fields["requirement"]
        self.timestamp = fields["timestamp"]
        self.entitlements = tuple(fields.get("entitlements", "").split())
        """Names of what it is entitled to; each is true."""
        self.size = int(fields["size"])
        """Bytes that the file had."""
        self.digest = fields["digest"]
        """SHA-256 of the file when it was signed; empty for a file that did not exist."""

    @property
    def cdhash(self) -> str:
        """The code directory's hash: 40 hexadecimal digits."""
        return self.cdhash_full[:40]

    @property
    def adhoc(self) -> bool:
        """Whether nobody vouches for it."""
        return not self.authority


def register(
    host: HasRoot,
    path: str | PathLike[str],
    *,
    identifier: str,
    team: str = "",
    authority: Sequence[str] = (),
    flags: str = "",
    kind: str = "Mach-O thin (arm64)",
    cdhash: str = "",
    requirement: str = "",
    timestamp: str = "Sep 2, 2026 at 10:15:30",
    entitlements: Sequence[str] = (),
) -> Signature:
    """Sign a file of the pretend Mac: from now on codesign says this of `path`.

    Without `authority` the code is ad-hoc; a team alone stands for a Developer ID of that team.
    The cdhash follows from the file's content unless one is given, and the designated requirement
    from the rest. `path` may lie outside the root (the Python that runs everything).
    """
    if team and not authority:
        authority = (
            f"Developer ID Application: Contoso Example ({team})",
            "Developer ID Certification Authority",
            "Apple Root CA",
        )
    import hashlib

    path = os.path.abspath(path)  # noqa: PTH100
    digest, size = _digest(path)
    full = hashlib.sha256(f"{identifier}\0{team}\0{digest}".encode()).hexdigest()
    if cdhash:
        full = cdhash + full[40:]
    fields = {
        "identifier": identifier,
        "team": team,
        "authority": "|".join(authority),
        "flags": flags or ("0x10000(runtime)" if authority else "0x2(adhoc)"),
        "kind": kind,
        "cdhash_full": full,
        "requirement": requirement or _designated(identifier, team, authority, full[:40]),
        "timestamp": timestamp if authority else "",
        "entitlements": " ".join(entitlements),
        "size": str(size),
        "digest": digest,
    }
    _store(Folder(str(host.root)), path, fields)
    return Signature(fields)


def forget(host: HasRoot, path: str | PathLike[str]) -> None:
    """Take a file's signature away, if it has one."""
    mac = Folder(str(host.root))
    known = _load(mac)
    if known.pop(os.path.abspath(path), None) is not None:  # noqa: PTH100
        _write(mac, known)


def find(mac: Folder, path: str) -> Signature | None:
    """Return the signature of a file, followed through links; None for an unsigned one."""
    known = _load(mac)
    for candidate in (os.path.abspath(path), os.path.realpath(path)):  # noqa: PTH100
        if candidate in known:
            return Signature(known[candidate])
    return None


def intact(signature: Signature, path: str) -> bool:
    """Return whether the file still is what was signed."""
    return not signature.digest or _digest(path)[0] == signature.digest


def partition(mac: Folder, program: str) -> str:
    """Return the partition identifier that the keychain gives to a program's items."""
    signature = find(mac, program)
    if signature is None:
        return "unsigned:"
    if signature.authority == APPLE:
        return "apple-tool:" if signature.identifier == "com.apple.security" else "apple:"
    return f"teamid:{signature.team}" if signature.team else f"cdhash:{signature.cdhash}"


def _designated(identifier: str, team: str, authority: Sequence[str], cdhash: str) -> str:
    from entraclaw_tui.demo.mac import requirements

    if tuple(authority) == APPLE:
        return requirements.apple(identifier).text
    if authority and team:
        return requirements.developer_id(identifier, team).text
    return requirements.cdhash(cdhash).text


def _digest(path: str) -> tuple[str, int]:
    import hashlib

    try:
        data = read(path)
    except OSError:
        return "", 0
    return hashlib.sha256(data).hexdigest(), len(data)


# The file: a line `path=...` and the lines of its fields, then an empty line.


def _load(mac: Folder) -> dict[str, dict[str, str]]:
    try:
        text = read(mac.at(SIGNATURES)).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return {}
    known = {}
    for block in text.split("\n\n"):
        fields = dict(line.split("=", 1) for line in block.split("\n") if line)
        if "path" in fields:
            known[fields["path"]] = fields
    return known


def _store(mac: Folder, path: str, fields: dict[str, str]) -> None:
    known = _load(mac)
    known[path] = {"path": path, **fields}
    if any("\n" in value for value in known[path].values()):
        raise ValueError("a signature's fields are single lines")
    _write(mac, known)


def _write(mac: Folder, known: dict[str, dict[str, str]]) -> None:
    blocks = ["".join(f"{name}={value}\n" for name, value in one.items()) for one in known.values()]
    write(mac.at(SIGNATURES), "\n".join(blocks).encode("utf-8", "surrogateescape"))

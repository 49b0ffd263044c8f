"""What the pretend codesign says of which file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from entraclaw_tui.demo.mac import requirements
from entraclaw_tui.demo.mac.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:  # codesign starts with this module
    from collections.abc import Sequence

    from entraclaw_tui.demo.mac.activation import HasRoot

APPLE = ("Software Signing", "Apple Code Signing Certification Authority", "Apple Root CA")
"""The chain of a program of the system."""


class Signature:
    """A signature as it was made; the file may have changed since."""

    def __init__(self, fields: dict[str, object]) -> None:
        self.identifier = str(fields["identifier"])
        self.team = str(fields["team"])
        self.authority = [str(one) for one in _list(fields["authority"])]
        """Names of the chain, leaf first; empty for ad-hoc code."""
        self.flags = str(fields["flags"])
        """As codesign prints them: `0x10000(runtime)`."""
        self.kind = str(fields["kind"])
        """The Format line: `Mach-O thin (arm64)`."""
        self.cdhash_full = str(fields["cdhash_full"])
        self.requirement = str(fields["requirement"])
        self.timestamp = str(fields["timestamp"])
        self.size = int(str(fields["size"]))
        """Bytes that the file had."""
        self.digest = str(fields["digest"])
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
    path: Path | str,
    *,
    identifier: str,
    team: str = "",
    authority: Sequence[str] = (),
    flags: str = "",
    kind: str = "Mach-O thin (arm64)",
    cdhash: str = "",
    requirement: str = "",
    timestamp: str = "Sep 2, 2026 at 10:15:30",
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
    path = Path(path)
    digest, size = _digest(path)
    full = hashlib.sha256(f"{identifier}\0{team}\0{digest}".encode()).hexdigest()
    if cdhash:
        full = cdhash + full[40:]
    fields: dict[str, object] = {
        "identifier": identifier,
        "team": team,
        "authority": list(authority),
        "flags": flags or ("0x10000(runtime)" if authority else "0x2(adhoc)"),
        "kind": kind,
        "cdhash_full": full,
        "requirement": requirement or _designated(identifier, team, authority, full[:40]),
        "timestamp": timestamp if authority else "",
        "size": size,
        "digest": digest,
    }
    _store(Layout(host.root), str(path), fields)
    return Signature(fields)


def find(layout: Layout, path: Path) -> Signature | None:
    """Return the signature of a file, followed through links; None for an unsigned one."""
    known = _load(layout)
    for candidate in (str(path), str(path.resolve())):
        fields = known.get(candidate)
        if isinstance(fields, dict):
            return Signature(fields)
    return None


def intact(signature: Signature, path: Path) -> bool:
    """Return whether the file still is what was signed."""
    return not signature.digest or _digest(path)[0] == signature.digest


def partition(layout: Layout, program: Path) -> str:
    """Return the partition identifier that the keychain gives to a program's items."""
    signature = find(layout, program)
    if signature is None:
        return "unsigned:"
    if tuple(signature.authority) == APPLE:
        return "apple-tool:" if signature.identifier == "com.apple.security" else "apple:"
    return f"teamid:{signature.team}" if signature.team else f"cdhash:{signature.cdhash}"


def _designated(identifier: str, team: str, authority: Sequence[str], cdhash: str) -> str:
    if tuple(authority) == APPLE:
        return requirements.apple(identifier).text
    if authority and team:
        return requirements.developer_id(identifier, team).text
    return requirements.cdhash(cdhash).text


def _digest(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
    except OSError:
        return "", 0


def _load(layout: Layout) -> dict[str, object]:
    try:
        loaded = json.loads(layout.signatures.read_bytes())
    except FileNotFoundError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _store(layout: Layout, path: str, fields: dict[str, object]) -> None:
    known = _load(layout)
    known[path] = fields
    fresh = layout.signatures.with_name(layout.signatures.name + ".new")
    fresh.write_text(json.dumps(known), "utf-8")
    fresh.chmod(0o600)
    fresh.replace(layout.signatures)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []

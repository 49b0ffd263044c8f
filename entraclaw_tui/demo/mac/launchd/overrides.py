"""Which services are disabled, kept on disk as launchd keeps it."""

from __future__ import annotations

import plistlib
from pathlib import Path
from xml.parsers.expat import ExpatError


class Overrides:
    """The file `disabled.UID.plist`: a label and whether it is disabled, oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            raw = plistlib.loads(path.read_bytes())
        except (OSError, ValueError, ExpatError, plistlib.InvalidFileException):
            raw = {}
        self.entries: dict[str, bool] = {}
        if isinstance(raw, dict):
            self.entries = {str(label): bool(value) for label, value in raw.items()}

    def disabled(self, label: str, otherwise: bool = False) -> bool:
        """Return whether a service is disabled; `otherwise` where nothing was said."""
        return self.entries.get(label, otherwise)

    def say(self, label: str, disabled: bool) -> None:
        """Disable or enable a service, for good."""
        self.entries[label] = disabled
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_bytes(plistlib.dumps(self.entries, sort_keys=False))
        fresh.chmod(0o600)
        fresh.replace(self._path)

"""What is wrong with the panel's own settings, as findings."""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.dashboard import panel_settings
from entraclaw_tui.model.finding import Finding, Repair, Severity


def found(path: Path, shown: str) -> list[Finding]:
    """Return a finding for keys that were not taken, and one for other settings of the panel."""
    settings = panel_settings.read(path)
    repair = Repair("Correct the file; the README lists what it may say.")
    told: list[Finding] = []
    if settings.keys.troubles:
        told.append(
            Finding(
                "keys-clash",
                Severity.WARNING,
                "Some keys of the panel are not where the settings put them.",
                tuple(f"{shown}: {trouble}" for trouble in settings.keys.troubles),
                "A key means one thing in a place; what changes something keeps off Enter.",
                repair,
                "settings",
            )
        )
    if settings.troubles:
        told.append(
            Finding(
                "looks-unknown",
                Severity.WARNING,
                "Some settings of the panel's looks mean nothing.",
                tuple(f"{shown}: {trouble}" for trouble in settings.troubles),
                "The panel looks as usual where it does not understand them.",
                repair,
                "settings",
            )
        )
    return told

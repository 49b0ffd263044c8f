"""One finding: what is wrong, what was seen, why it is so, and what mends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import concerns
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.details import DetailSheet
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.finding import Finding, Repair
from entraclaw_tui.text import Shown, clean

_ROOM = 9


class FindingSheet(DetailSheet):
    """Reads like `entraclaw-tui doctor`. It mends nothing by itself: `c` copies the command."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("finding", "details")]

    def __init__(
        self, finding: Finding, host: Host, symbols: Symbols, copy: Callable[[str], None]
    ) -> None:
        super().__init__("Finding", lambda: told(finding, host, symbols))
        self._command = command(finding, host)
        self._copy = copy
        if finding.severity.value == "error":
            self.remove_class("-calm")

    def subtitle_text(self) -> Line:
        """Return the keys, and how much is out of sight."""
        keys = (piece("c copy the command  ", Tone.DIM),) if self._command else ()
        return (*keys, *super().subtitle_text())

    def action_copy(self) -> None:
        """Put the command on the clipboard."""
        if self._command:
            self._copy(self._command)
            self.action_close()


def told(finding: Finding, host: Host, signs: Symbols) -> list[Line]:
    """Return everything about a finding as labelled lines."""
    lines: list[Line] = [
        (
            concerns.sign(finding.severity, signs),
            piece(" "),
            Piece(clean(finding.sentence, 600), Tone.STRONG),
        ),
        (),
    ]
    lines += _many("saw", [host.shown(text) for text in finding.evidence])
    lines += [(), *_many("why", [finding.explanation])]
    if finding.repair is not None:
        lines += [(), *_many("mend", [finding.repair.words])]
        if text := command(finding, host):
            lines.append((piece(" " * _ROOM), Piece(clean(text, 2000), Tone.ACCENT)))
        lines.append((piece(" " * _ROOM), piece(_kind(finding.repair), Tone.DIM)))
    return lines


def command(finding: Finding, host: Host) -> str:
    """Return the command as a shell takes it, for the Mac that is shown; empty without one."""
    from entraclaw_tui.doctor.repairs import shell

    return shell(host, finding.repair) if finding.repair is not None else ""


def _many(label: str, texts: list[str]) -> list[Line]:
    return [
        (piece((label if n == 0 else "").ljust(_ROOM), Tone.DIM), Piece(clean(text, 2000)))
        for n, text in enumerate(texts)
    ]


def _kind(repair: Repair) -> Shown:
    if repair.automatic:
        return Shown("It can be undone; `entraclaw-tui doctor --fix` does it after asking.")
    undone = "It can be undone" if repair.reversible else "It cannot be undone"
    if not repair.command:
        return Shown("It is up to you.")
    if repair.looks:
        return Shown("It only looks, and changes nothing.")
    return Shown(f"{undone}, and wants a person.")

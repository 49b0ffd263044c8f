"""Sheets: modals with one thing to decide. Each gets what it needs in its constructor."""

from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.reason import ReasonSheet
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet

__all__ = ["ConfirmSheet", "HelpSheet", "ReasonSheet", "RequestSheet", "Sheet", "UnlockSheet"]

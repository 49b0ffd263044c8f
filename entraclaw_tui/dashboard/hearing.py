"""What panes ask of the panel, each by a message: mostly a sheet, imported with the first one."""

from __future__ import annotations

from entraclaw_tui.dashboard.board import Board
from entraclaw_tui.dashboard.panes.grants import GrantsPane
from entraclaw_tui.dashboard.panes.job import JobPane
from entraclaw_tui.dashboard.panes.keychain import KeychainPane
from entraclaw_tui.dashboard.panes.logs import LogsPane
from entraclaw_tui.dashboard.panes.requests import RequestsPane
from entraclaw_tui.dashboard.panes.tokens import TokensPane


class Hearing(Board, inherit_bindings=False):
    """The part of the panel that answers its panes."""

    def on_requests_pane_wanted(self, message: RequestsPane.Wanted) -> None:
        """Open a request's sheet."""
        from entraclaw_tui.dashboard.open_sheets import open_reason, open_request

        (open_reason if message.reason else open_request)(self, message.request)

    def on_requests_pane_together(self, message: RequestsPane.Together) -> None:
        """Open the sheet of several requests, or ask before they are denied."""
        from entraclaw_tui.dashboard.open_sheets import deny_together, open_together

        (deny_together if message.deny else open_together)(self, message.requests)

    def on_requests_pane_spread(self, message: RequestsPane.Spread) -> None:
        """Give the requests the whole window, or take it back."""
        self.home.zoom(message.on)
        self.home.bars()

    def on_grants_pane_revoked(self, message: GrantsPane.Revoked) -> None:
        """End a grant, or all after a question."""
        from entraclaw_tui.dashboard.open_sheets import revoke

        revoke(self, message.grant)

    def on_job_pane_finding_wanted(self, message: JobPane.FindingWanted) -> None:
        """Tell a finding in full."""
        from entraclaw_tui.dashboard.open_sheets import open_finding

        open_finding(self, message.finding)

    def on_keychain_pane_state_wanted(self) -> None:
        """Tell whether the keychain is open, and how it is unlocked."""
        from entraclaw_tui.dashboard.open_keychain import open_state

        open_state(self, KeychainPane.TITLE)

    def on_tokens_pane_changed(self, message: TokensPane.Changed) -> None:
        """Renew or forget a grant's token."""
        from entraclaw_tui.dashboard.open_sheets import renew

        renew(self, message.token, forget=message.forget)

    def on_tokens_pane_sign_in_wanted(self) -> None:
        """Show who is signed in, and the way in or out."""
        from entraclaw_tui.dashboard.open_sheets import open_sign_in

        open_sign_in(self)

    def on_logs_pane_wanted(self, message: LogsPane.Wanted) -> None:
        """Copy, save, show the sources, or an entry of the audit."""
        if message.what == "entry":
            from entraclaw_tui.dashboard.open_sheets import open_entry

            open_entry(self, message.text)
            return
        from entraclaw_tui.dashboard.logs.doing import do

        logs = self.home.panes["logs"]
        if isinstance(logs, LogsPane):
            do(self, logs, message)

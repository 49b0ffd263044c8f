"""Which sheet opens for what, and what follows from its answer. Imported with the first sheet."""

from __future__ import annotations

import os
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING

from entraclaw_tui.dashboard import osc52, words
from entraclaw_tui.dashboard.action import UNLOCK_FIRST
from entraclaw_tui.dashboard.actions import own
from entraclaw_tui.dashboard.key import MACHINE
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.sheets.batch import BatchSheet, deny_question
from entraclaw_tui.dashboard.sheets.batch_review import told
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.finding import FindingSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.reason import ReasonSheet
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.macos.host import ToolError
from entraclaw_tui.model.consent import Grant, Request, TokenInfo
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.source import value_of

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.board import Board


def open_request(panel: Board, request: Request) -> None:
    """Show one request, to read and decide."""
    desk = panel.desk
    panel.push_screen(
        RequestSheet(
            desk.link, request.id, desk.clock, readonly=desk.readonly, symbols=desk.symbols
        )
    )


def open_together(panel: Board, requests: Sequence[Request]) -> None:
    """Show several requests, to read and decide together."""
    desk = panel.desk
    panel.push_screen(
        BatchSheet(desk.link, requests, desk.clock, readonly=desk.readonly, symbols=desk.symbols)
    )


def deny_together(panel: Board, requests: Sequence[Request]) -> None:
    """Deny several requests, after a question."""

    async def send() -> None:
        try:
            results = await panel.desk.link.decide_many(requests, "deny")
        except WireError as error:
            panel.say(f"{error.message} {error.hint}".strip(), Tone.BAD)
        except ConnectionLost as error:
            panel.say(str(error), Tone.BAD)
        else:
            panel.say(told(results, "denied"))

    def deny(yes: bool | None) -> None:
        if yes:
            panel.run_worker(send(), exit_on_error=False)

    panel.push_screen(deny_question(requests), deny)


def open_finding(panel: Board, finding: Finding) -> None:
    """Tell why something does not work, and what mends it."""
    desk = panel.desk
    sheet = FindingSheet(finding, desk.host, desk.symbols, lambda text: copy(panel, text))
    panel.push_screen(sheet)


def copy(panel: Board, text: str, what: str = "the command") -> None:
    """Put text on the clipboard: of the desktop, or over SSH of the terminal, if it takes it."""
    machine = value_of(panel.desk.store.get(MACHINE))

    async def at_the_desk() -> None:
        from entraclaw_tui.macos import clipboard

        try:
            await clipboard.copy(panel.desk.host, text)
        except ToolError as error:
            panel.say(str(error), Tone.BAD)
        else:
            panel.say(f"Copied {what}.")

    if machine is not None and machine.over_ssh:
        panel.to_terminal(osc52.sequence(osc52.fitting(text), os.environ))
        panel.say(osc52.told(what, text, os.environ))
    else:
        panel.run_worker(at_the_desk(), exit_on_error=False)


def open_reason(panel: Board, request: Request) -> None:
    """Ask why it is denied, then deny it with that."""
    name = words.program(request.requester.executable)

    def deny(reason: str | None) -> None:
        if reason is not None:
            decision = panel.desk.link.decide(request, "deny", reason=reason)
            _send(panel, decision, f"Denied, and {name} was told why.")

    panel.push_screen(ReasonSheet(name, panel.desk.symbols), deny)


def revoke(panel: Board, grant: Grant | None) -> None:
    """End one grant, or all of them after a question."""
    link = panel.desk.link
    if grant is not None:
        what = f"{words.scopes(grant.scopes)} for {words.program(grant.executable)}"
        _send(panel, link.revoke(grant.id), f"Revoked {what}.")
        return

    def all_of_them(yes: bool | None) -> None:
        if yes:
            _send(panel, link.revoke_all(), "All grants are revoked.")

    panel.push_screen(
        ConfirmSheet(
            "Revoke all grants?",
            effect="Every program has to ask again, and its tokens are dropped.",
            command=("entraclaw-tui", "grants", "revoke", "--all"),
            yes="revoke all",
        ),
        all_of_them,
    )


def renew(panel: Board, token: TokenInfo, *, forget: bool) -> None:
    """Exchange a grant's token anew, or throw it away."""
    link, what = panel.desk.link, words.scopes(token.scopes)
    if forget:
        _send(panel, link.forget(token.grant_id), f"Forgotten: {what}. Its next use is a new one.")
    else:
        panel.say(f"Asking Entra for {what}{panel.desk.symbols.ellipsis}")
        _send(panel, link.renew(token.grant_id), f"Renewed: {what}.")


def open_sign_in(panel: Board) -> None:
    """Show who is signed in, and the way in or out."""
    from entraclaw_tui.dashboard.sheets.sign_in import SignInSheet

    desk = panel.desk
    panel.push_screen(
        SignInSheet(
            desk.link,
            lambda text, what: copy(panel, text, what),
            desk.clock,
            readonly=desk.readonly,
            symbols=desk.symbols,
        )
    )


def open_clients(panel: Board) -> None:
    """Show who may ask, and who may not."""
    from entraclaw_tui.dashboard.sheets.clients import ClientsSheet

    desk = panel.desk
    panel.push_screen(
        ClientsSheet(desk.link, desk.clock, readonly=desk.readonly, symbols=desk.symbols)
    )


def pause(panel: Board) -> None:
    """Let the agent take no requests, after a question; or take them again."""
    link, key = panel.desk.link, panel.desk.keys.shown("pause")
    worker = link.view.snapshot.worker if link.view.snapshot is not None else None
    if worker is None:
        panel.say(link.view.reason, Tone.LOOK)
    elif not worker.paused:

        def sure(yes: bool | None) -> None:
            if yes:
                _send(panel, link.pause(), f"Paused: every program is refused. {key} ends that.")

        panel.push_screen(
            ConfirmSheet(
                "Pause the agent?",
                effect="Every program is refused, also under a live grant, until you press "
                f"{key} again in an unlocked session.",
                yes="pause",
            ),
            sure,
        )
    elif not link.view.unlocked:
        panel.say(UNLOCK_FIRST, Tone.LOOK)
    else:
        _send(panel, link.resume(), "The agent takes requests again.")


def open_policy(panel: Board) -> None:
    """Show the person's policy, to read and change."""
    from entraclaw_tui.dashboard.sheets.policy import PolicySheet

    desk = panel.desk
    panel.push_screen(
        PolicySheet(desk.link, desk.clock, readonly=desk.readonly, symbols=desk.symbols)
    )


def open_entry(panel: Board, raw: str) -> None:
    """Show an entry of the audit whole."""
    from entraclaw_tui.dashboard.panes.logs import LogsPane
    from entraclaw_tui.dashboard.sheets.audit_entry import AuditEntrySheet, entry_of

    entry = entry_of(raw)
    if entry is None:
        panel.say("This line tells no whole entry.", Tone.LOOK)
    else:
        panel.push_screen(AuditEntrySheet(panel.desk, entry, LogsPane.TITLE))


def unlock(panel: Board) -> None:
    """Ask for the PIN."""
    panel.push_screen(UnlockSheet(panel.desk.link, panel.desk.clock))


def lock(panel: Board) -> None:
    """Close the session."""
    _send(panel, panel.desk.link.lock(), "Locked: nothing can be allowed until you unlock.")


def show_help(panel: Board) -> None:
    """Show the keys that work here."""
    pane = panel.home.pane
    places = (*([pane.NAME] if own(pane.NAME) else []), "list", "app")
    panel.push_screen(
        HelpSheet(*places, situation=pane.situation(), fields=pane.FIELDS, keys=panel.desk.keys)
    )


def _send(panel: Board, call: Coroutine[object, object, object], done: str) -> None:
    """Ask the worker for something and say how it went."""

    async def tell() -> None:
        try:
            await call
        except WireError as error:
            panel.say(f"{error.message} {error.hint}".strip(), Tone.BAD)
        except ConnectionLost as error:
            panel.say(str(error), Tone.BAD)
        else:
            panel.say(done)

    panel.run_worker(tell(), exit_on_error=False)

"""What launchctl's exit statuses mean, in words, with the next step.

An exit status of launchctl is launchd's error number (launchctl(1), `launchctl error`). Without
root most refusals are told as 5.
"""

from __future__ import annotations

from entraclaw_tui.macos.host import Ran
from entraclaw_tui.model.source import Failed

NO_PROCESS = 3
REFUSED = 5
IN_PROGRESS = 36
ALREADY = 37
USAGE = 64
NO_DOMAIN = 112
NOT_LOADED = 113
TEARING_DOWN = 124

PASSING = frozenset({IN_PROGRESS, ALREADY, TEARING_DOWN})
"""Refusals that are over in a moment."""

_DEFINITION = (
    "launchd does not accept the job's definition.",
    "Write it anew with `entraclaw-tui agent install`.",
)

_WORDS: dict[int, tuple[str, str]] = {
    1: ("macOS does not permit that.", "It may need another account's rights."),
    2: ("There is no such file.", "Write the definition with `entraclaw-tui agent install`."),
    13: ("The definition may not be read.", "Its owner must be you and its mode 0644."),
    NO_PROCESS: ("There is no such process.", "The job may have ended already."),
    REFUSED: (
        "launchd refused, and tells only root why.",
        "The job may be loaded already, still be stopping, be disabled, or have a definition "
        "that launchd does not accept. Run `entraclaw-tui doctor`.",
    ),
    IN_PROGRESS: ("launchd is still at it.", "Wait a moment, then look again."),
    ALREADY: ("The job is loaded already.", "Stop it first, or restart it."),
    USAGE: ("launchctl does not understand the target.", "This is a mistake of ours; report it."),
    NO_DOMAIN: (
        "This account has no desktop login now.",
        "Log in at the Mac's screen, or install the job for sessions without a desktop.",
    ),
    NOT_LOADED: (
        "launchd does not know this job.",
        "Install and start it with `entraclaw-tui agent install`.",
    ),
    **dict.fromkeys((107, 108, 109, 110, 111, 133), _DEFINITION),
    119: ("The job is disabled.", "Enable it with `entraclaw-tui agent enable`."),
    122: (
        "The job's definition belongs to another user, or others may write it.",
        "Its owner must be you and its mode 0644.",
    ),
    TEARING_DOWN: ("The login session is just ending.", "Log in again, then try again."),
    125: (
        "This launchd domain does not do that.",
        "Over SSH the desktop's domain cannot be used for this, or the program was switched off "
        "in System Settings under Login Items.",
    ),
    134: (
        "The job may not run in this kind of session.",
        "Its definition limits it (LimitLoadToSessionType).",
    ),
    140: _DEFINITION,
    146: (
        "macOS starts only what is asked for by name now.",
        "It may be waiting for a restart; start the job with `entraclaw-tui agent start`.",
    ),
    150: ("System Integrity Protection forbids it.", "Apple's own jobs stay as they are."),
}


def words(exit_status: int) -> tuple[str, str]:
    """Return what a status means and the next step; for one we do not know, its number."""
    unknown = (f"launchctl ended with status {exit_status}.", "Try again in a moment.")
    return _WORDS.get(exit_status, unknown)


def failure(ran: Ran) -> Failed:
    """Return a refusal of launchctl as a pane can show it."""
    reason, hint = words(ran.exit)
    if ran.exit not in _WORDS and ran.stderr.strip():
        reason = f"launchctl said: {ran.complaint}"
    return Failed(reason, hint)

"""Privacy rows and databases in words: what a decision means, where it can be changed."""

from __future__ import annotations

from entraclaw_tui.macos import tcc_services
from entraclaw_tui.macos.tcc_rows import ABSENT, DAMAGED, DENIED, LISTED, READ
from entraclaw_tui.model.privacy import THIS_RUN, Privacy, PrivacyGrant

NOT_LISTED = "not told by `tccutil list`"

_PANES = {
    "Privacy_AllFiles": "Full Disk Access",
    "Privacy_AppBundles": "App Management",
    "Privacy_DevTools": "Developer Tools",
    "Privacy_FilesAndFolders": "Files & Folders",
    "Privacy_HomeKit": "HomeKit",
    "Privacy_ListenEvent": "Input Monitoring",
    "Privacy_Media": "Media & Apple Music",
    "Privacy_Pasteboard": "Paste from Other Apps",
    "Privacy_PasskeyAccess": "Passkeys Access for Web Browsers",
    "Privacy_ScreenCapture": "Screen & System Audio Recording",
    "Privacy_SpeechRecognition": "Speech Recognition",
    "Privacy_RemoteDesktop": "Remote Desktop",
    "Privacy_UserTracking": "Tracking",
}
"""How System Settings names a pane, where its anchor is not its name."""
_MEANINGS = {
    "denied": "macOS refuses it without asking again.",
    "unknown": "macOS has noted the program and no decision.",
    "granted": "macOS lets the program in.",
    "limited": "macOS lets it have a part, as it was chosen.",
    "add only": "macOS lets it add, and not read.",
    THIS_RUN: "This is no grant: it was for one run of the program, and the row outlives that run.",
}
_DATABASES = {
    READ: "read",
    ABSENT: "absent: this macOS keeps it elsewhere, or nothing was ever asked",
    LISTED: "moved by this macOS; `tccutil list` tells its decisions, and no more about them",
    DENIED: "not readable: that takes Full Disk Access",
    DAMAGED: "not understood: damaged, or of a form that this version does not know",
}


def meaning(grant: PrivacyGrant) -> str:
    """Return in a sentence what a decision means."""
    unknown = "macOS tells this state by a word or number that is not known here."
    return _MEANINGS.get(grant.state, unknown)


def reason(grant: PrivacyGrant) -> str:
    """Return why it was decided so."""
    return grant.reason or (NOT_LISTED if grant.listed else "not told")


def bound_to(grant: PrivacyGrant) -> str:
    """Return the code that the decision is bound to."""
    return grant.requirement or (NOT_LISTED if grant.listed else "no code requirement")


def database(state: str) -> str:
    """Return what is known of a database."""
    return _DATABASES.get(state, state)


def state_of(privacy: Privacy, grant: PrivacyGrant) -> str:
    """Return the state of the database that a row stands in."""
    if grant.scope == "system":
        return privacy.system_database
    return privacy.user_database


def settings_place(service: str) -> str:
    """Return where a decision is changed, as System Settings names the place."""
    anchor = tcc_services.service(service).anchor
    if not anchor:
        return "System Settings > Privacy & Security"
    pane = _PANES.get(anchor, anchor.removeprefix("Privacy_"))
    return f"System Settings > Privacy & Security > {pane}"


def next_step(privacy: Privacy, program: str, *, by_worker: bool, over_ssh: bool) -> str:
    """Return the one thing to do where a database could not be read; empty where all is read.

    `by_worker` says that the worker was asked too.
    """
    states = {privacy.user_database, privacy.system_database}
    if DENIED in states:
        return who_needs_access(program, by_worker=by_worker, over_ssh=over_ssh)
    if DAMAGED in states:
        return "Look for a newer version of this program."
    return ""


def who_needs_access(program: str, *, by_worker: bool, over_ssh: bool) -> str:
    """Return who has to get Full Disk Access so that the databases can be read.

    The worker reads them for the panel, so where it may not either, its program is the one to
    allow: a terminal would hand the right to everything that is started in it.
    """
    if by_worker and program:
        return f"Allow Full Disk Access for {program}: the worker then reads them for the panel."
    if over_ssh:
        return (
            "Allow full disk access for remote users: System Settings > General > Sharing > "
            "Remote Login."
        )
    return "Start the worker, which reads them for the panel: `entraclaw-tui agent start --yes`."

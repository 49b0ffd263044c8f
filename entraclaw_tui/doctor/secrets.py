"""Whether the Keychain holds what the agent needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.keychain import KeychainItem
from entraclaw_tui.model.source import Empty, Failed, Loaded


def not_told(evidence: Evidence) -> Iterator[Finding]:
    """The Keychain gave no answer."""
    if isinstance(evidence.keychain, Failed):
        yield Finding(
            "keychain-silent",
            Severity.WARNING,
            "The Keychain could not be asked.",
            (evidence.keychain.reason,),
            "Whether the agent's key is there cannot be said.",
            Repair(evidence.keychain.hint or "Try again in a moment."),
            about="keychain",
        )


def key_missing(evidence: Evidence) -> Iterator[Finding]:
    """The agent's private key is not in the Keychain."""
    yield from _missing(
        evidence,
        "key:",
        "key-missing",
        "The agent's key is not in the Keychain.",
        "Without it the agent cannot prove to Entra who it is, and no token can be had.",
        Repair("This version cannot make one yet; the README says what it can do."),
    )


def pin_missing(evidence: Evidence) -> Iterator[Finding]:
    """No PIN was set, so nothing can be allowed."""
    yield from _missing(
        evidence,
        "pin:",
        "pin-missing",
        "No PIN is set.",
        "Until there is one, requests can be denied but not allowed, and no grant counts.",
        Repair("Set one: `sudo entraclaw-tui pin reset`."),
    )


def duplicates(evidence: Evidence) -> Iterator[Finding]:
    """Two items of the same name: which one is read is chance.

    One keychain holds a name once, so the other lies in a keychain that is searched too.
    """
    everywhere = (*_items(evidence), *evidence.around.elsewhere)
    seen = Counter((item.service, item.account) for item in everywhere)
    found = [f"{count} x {account}" for (_, account), count in seen.items() if count > 1]
    places = sorted({item.keychain for item in evidence.around.elsewhere})
    if found:
        yield Finding(
            "items-twice",
            Severity.WARNING,
            "The Keychain holds items of the agent twice.",
            (*found, *(f"also in {place}" for place in places)),
            "They lie in different keychains, and which one is read is chance.",
            Repair("Delete the older ones in Keychain Access."),
            about="keychain",
            things=tuple(account for (_, account), count in seen.items() if count > 1),
        )


def orphaned(evidence: Evidence) -> Iterator[Finding]:
    """Secrets of an agent that the settings do not name any more."""
    settings = evidence.around.settings
    agent = settings.text("agent", "name") if settings else ""
    found = [
        item.account
        for item in _items(evidence)
        if agent
        and item.account.startswith(("key:", "token:"))
        and item.account.split(":")[1] != agent
    ]
    if found:
        yield Finding(
            "items-orphaned",
            Severity.WARNING,
            "The Keychain holds secrets of an agent that is not set up any more.",
            (f"the settings name {agent}", *found[:8]),
            "Nothing uses them, and whoever gets at the Keychain gets them too.",
            Repair(
                "Delete them, once you are sure.",
                (repairs.SECURITY, "delete-generic-password", "-s", LABEL, "-a", found[0]),
            ),
            about="keychain",
            things=tuple(found),
        )


def keyring_chosen(evidence: Evidence) -> Iterator[Finding]:
    """A file tells every Python program to use another keyring."""
    if evidence.around.keyring_files:
        yield Finding(
            "keyring-chosen",
            Severity.NOTE,
            "A settings file chooses another keyring for Python programs.",
            evidence.around.keyring_files,
            "The agent names its keyring itself and does not read this file; other programs that "
            "do may keep secrets in the clear.",
            Repair("Look whether you want it."),
            about="keychain",
        )


def _missing(
    evidence: Evidence, prefix: str, id_: str, sentence: str, explanation: str, repair: Repair
) -> Iterator[Finding]:
    if isinstance(evidence.keychain, Failed):
        return
    accounts = [item.account for item in _items(evidence)]
    if any(account.startswith(prefix) for account in accounts):
        return
    seen = f"Items of {LABEL}: {', '.join(sorted(accounts)) or 'none'}"
    if isinstance(evidence.keychain, Empty):
        seen = evidence.keychain.reason
    yield Finding(id_, Severity.WARNING, sentence, (seen,), explanation, repair, about="keychain")


def _items(evidence: Evidence) -> tuple[KeychainItem, ...]:
    if not isinstance(evidence.keychain, Loaded):
        return ()
    return tuple(item for item in evidence.keychain.value.items if item.service == LABEL)

"""What can be wrong with the agent's settings, as far as can be told without the worker's rules."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.doctor.surroundings import Settings
from entraclaw_tui.model.finding import Finding, Severity

_NEEDED = (
    ("entra", "tenant"),
    ("entra", "client_id"),
    ("agent", "name"),
    ("account", "upn"),
)
_AUTHORITIES = frozenset(
    {
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
    }
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def missing(evidence: Evidence) -> Iterator[Finding]:
    """There are no settings."""
    settings = evidence.around.settings
    if settings is not None and not settings.there and evidence.definition.file is not None:
        yield Finding(
            "settings-missing",
            Severity.WARNING,
            "The agent has no settings yet.",
            (f"No file at {settings.path}",),
            "Without tenant, application and account no token can be had.",
            repairs.by_hand("Write them; the README shows what belongs into the file."),
            about="settings",
        )


def unreadable(evidence: Evidence) -> Iterator[Finding]:
    """The settings are no TOML, or may not be read."""
    settings = evidence.around.settings
    if settings is not None and settings.trouble:
        yield Finding(
            "settings-unreadable",
            Severity.ERROR,
            "The agent's settings cannot be read.",
            (f"{settings.path}: {settings.trouble}",),
            "The worker does not start an exchange with settings that it does not understand.",
            repairs.by_hand("Correct the line; the README shows how the file looks."),
            about="settings",
        )


def incomplete(evidence: Evidence) -> Iterator[Finding]:
    """A setting that everything needs is not there."""
    settings = _readable(evidence)
    if settings is None:
        return
    gaps = [f"[{table}] {name}" for table, name in _NEEDED if not settings.text(table, name)]
    if gaps:
        yield Finding(
            "settings-incomplete",
            Severity.ERROR,
            "The agent's settings are not complete.",
            tuple(f"{settings.path}: {gap} is missing" for gap in gaps),
            "The worker refuses settings with a gap; no token can be had.",
            repairs.by_hand("Add what is missing; the README tells what each one means."),
            about="settings",
        )


def foreign_authority(evidence: Evidence) -> Iterator[Finding]:
    """The settings name a sign-in host that is not Microsoft's."""
    settings = _readable(evidence)
    named = settings.text("entra", "authority") if settings else ""
    if settings is None or not named:
        return
    try:
        host = urlsplit(named).hostname or ""
    except ValueError:
        host = ""
    pretend = bool(evidence.around.root) and host in _LOOPBACK
    if (host in _AUTHORITIES and named.startswith("https://")) or pretend:
        return
    yield Finding(
        "authority-foreign",
        Severity.ERROR,
        "The settings name a sign-in host that is not Microsoft's.",
        (f"{settings.path}: [entra] authority = {named}",),
        "Whoever runs that host would be handed the agent's proof; the worker refuses it.",
        repairs.by_hand("Take the line out, and find out who wrote it."),
        about="settings",
    )


def _readable(evidence: Evidence) -> Settings | None:
    settings = evidence.around.settings
    return settings if settings is not None and settings.there and not settings.trouble else None

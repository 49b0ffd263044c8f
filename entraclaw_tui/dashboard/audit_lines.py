"""The audit's entries as lines among the logs."""

from __future__ import annotations

import msgspec

from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.model.log import LogLine

# What a person reads first stands first; ids, paths and identities are for `audit --json`.
_FIRST = ("client", "scopes", "tier", "remember", "by", "why", "reason", "code")
_LEFT_OUT = frozenset({"executable", "identity", "resource", "request", "grant", "digest", "flow"})
_NOTEWORTHY = frozenset(
    {
        "denied",
        "expired",
        "exchange_failed",
        "blocked",
        "resting",
        "wrong_pin",
        "wrong_code",
        "policy_changed",
        "notice_failed",
    }
)


def audit_line(entry: AuditEntry) -> LogLine:
    """Return an entry as a line: the event, then who, what and by whom."""
    told = {name: text for name, text in entry.detail.items() if text and name not in _LEFT_OUT}
    if told.get("why") == entry.event:
        del told["why"]
    if "seconds" in told:
        told["for"] = f"{told.pop('seconds')} s"
    first = [told.pop(name) for name in ("client", "scopes", "tier", "rule") if name in told]
    named = [f"{name} {told.pop(name)}" for name in _FIRST if name in told]
    rest = [f"{name} {text}" for name, text in told.items()]
    words = [entry.event.replace("_", " ").ljust(9), *first, *named, *rest]
    level = "warning" if entry.event in _NOTEWORTHY else "info"
    return LogLine(entry.at, "audit", level, "  ".join(words).rstrip(), _whole(entry))


def _whole(entry: AuditEntry) -> str:
    """Return everything that an entry says, as the JSON of one line."""
    fixed = {"seq": entry.seq, "at": entry.at, "event": entry.event, "subject": entry.subject}
    return msgspec.json.encode({**entry.detail, **fixed}).decode()


def told_by_audit(line: LogLine) -> bool:
    """Return whether a line of the worker's log tells an event that the audit tells as well."""
    return line.origin == "worker" and " event=" in line.message

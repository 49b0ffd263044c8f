"""Whether the agent can still prove who it is, and for how long."""

from __future__ import annotations

import time
from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.model.certificate import CertificateEnd
from entraclaw_tui.model.finding import Finding, Repair, Severity

WARN_DAYS = 30
"""Days before the end from which on it is told: time to make the next one and to upload it."""


def ending(evidence: Evidence) -> Iterator[Finding]:
    """The certificate beside the agent's key has ended, or soon will."""
    word, now = evidence.worker, evidence.around.now
    near = [c for c in (word.certificates if word else ()) if c.days_left(now) < WARN_DAYS]
    if not near:
        return
    first = min(near, key=lambda one: one.ends_at)
    ended = first.ends_at <= now
    yield Finding(
        "certificate-ending",
        Severity.ERROR if ended else Severity.WARNING,
        "The agent's certificate has ended."
        if ended
        else f"The agent's certificate ends {_left(first.days_left(now))}.",
        tuple(_line(one) for one in near),
        "Entra refuses an ended certificate (AADSTS700027), and then no new token can be had.",
        Repair(
            "Make the next key, upload its certificate to the application in Entra, and then "
            "begin to use it: `entraclaw-tui agent credential rotate`.",
            (repairs.OWN, "agent", "credential", "new", "--agent", first.agent, "--yes"),
        ),
        about="keychain",
        things=tuple(f"key:{one.agent}:v{one.version}" for one in near),
    )


def _left(days: int) -> str:
    if days < 1:
        return "today"
    return "tomorrow" if days == 1 else f"in {days} days"


def _line(one: CertificateEnd) -> str:
    end = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(one.ends_at))
    return f"key:{one.agent}:v{one.version}: not after {end}"

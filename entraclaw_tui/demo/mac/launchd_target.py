"""launchctl's targets: `gui/501`, `user/501/LABEL`, `system`."""

from __future__ import annotations


def parse(target: str) -> tuple[str, str] | None:
    """Return a target's domain and label (empty for a domain), None for what is no target."""
    kind, _, rest = target.partition("/")
    if kind == "system":
        return ("system", rest) if "/" not in rest else None
    number, _, label = rest.partition("/")
    if kind not in ("gui", "user", "login", "pid") or not number.isdigit() or "/" in label:
        return None
    return f"{kind}/{number}", label

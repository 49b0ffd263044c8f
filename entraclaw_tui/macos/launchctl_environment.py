"""The environments that `launchctl print` repeats: names in clear, values hidden."""

from __future__ import annotations

from entraclaw_tui.macos import launchctl_print
from entraclaw_tui.macos.hidden import Hidden

_KINDS = (
    "environment",
    "inherited environment",
    "default environment",
    "global environment",
    "controller-supplied environment",
)


def environments(text: str) -> dict[str, dict[str, Hidden]]:
    """Return the environments of the first service or domain in a print, by launchd's name.

    `inherited environment` is what `launchctl setenv` put into the whole session; it may hold
    secrets of other programs.
    """
    body = next(launchctl_print.parse(text).blocks(), None)
    if body is None:
        return {}
    return {
        kind: {name: Hidden(value) for name, value in block.pairs()}
        for kind in _KINDS
        if (block := body.block(kind)) is not None
    }

"""The entitlements of a launcher: a Python interpreter that is signed for the agent alone."""

from __future__ import annotations

from entraclaw_tui.cli.generating.made import Made, as_plist
from entraclaw_tui.macos.entitlements import HARDENED_PYTHON

AUTOMATION = "com.apple.security.automation.apple-events"


def entitlements(*, automation: bool) -> Made:
    """Return what a hardened interpreter needs; with `automation` also to send Apple events."""
    names = [*HARDENED_PYTHON, *([AUTOMATION] if automation else [])]
    notes = (
        "For a launcher of the agent's own: a copy of the interpreter that your certificate signs. "
        "Then a privacy grant and the Keychain's items belong to it alone, and outlive upgrades.",
        "Save this as launcher.entitlements, then: codesign --force --options runtime --timestamp "
        '--entitlements launcher.entitlements --sign "Developer ID Application: NAME (TEAM)" FILE',
        "disable-library-validation lets it load modules that others signed, as pip installs them. "
        "Sign all of them yourself to leave it out. allow-jit and allow-unsigned-executable-memory "
        "are for ctypes and cffi.",
        "No comment stands in the file itself: the kernel's own reader of entitlements is stricter "
        "than other readers of property lists.",
    )
    return Made("entitlements", as_plist(dict.fromkeys(names, True)), notes, "")

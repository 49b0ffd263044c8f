"""The Keychain's status in an error that the keyring library raised.

Its texts say `Unknown Error`, or speak of signing where a password was wrong; the number in the
brackets is the one that counts. (keyring 25, backends/macOS/api.py)
"""

from __future__ import annotations

import re

from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.osstatus import OSStatus

_STATUS = re.compile(r"\((-\d{1,10}), ['\"]")
_NO_BACKEND = "No recommended backend was available"


def parse_error(text: str) -> OSStatus | None:
    """Return what went wrong by the first status a text names, or None for a text without one."""
    if found := _STATUS.search(text):
        code = int(found[1])
        # `security` exits with the lowest byte of the same number, and the table goes by that.
        known = osstatus.explain(code & 0xFF)
        return known if known.code == code else OSStatus(code, "", f"The Keychain said {code}.")
    if _NO_BACKEND in text:
        return OSStatus(0, "", "There is no Keychain for this program here.")
    return None

"""The controlling terminal of a process, as of now.

psutil learns the list of terminals once and keeps it: one that was opened later it never finds.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from pathlib import Path
from typing import Final

import psutil

_PTS_MAJORS: Final = range(136, 144)
"""Linux: majors of pseudo-terminals (Documentation/admin-guide/devices.txt)."""
_PROC_PIDTBSDINFO: Final = 3
_BSDINFO_BYTES: Final = 136
_E_TDEV_AT: Final = 108
"""struct proc_bsdinfo (<sys/proc_info.h>, XNU): its size and where `e_tdev` lies."""
_NODEV: Final = 0xFFFFFFFF


def terminal_of(pid: int) -> str:
    """Return the controlling terminal's short name (`ttys003`, `pts/3`), empty for none."""
    if sys.platform == "darwin":
        return _darwin(pid)
    return _linux(pid)


def _linux(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        number = int(fields[4])  # tty_nr, field 7 (proc(5))
    except (OSError, IndexError, ValueError):
        return ""
    if number == 0:
        return ""
    major, minor = os.major(number), os.minor(number)
    if major in _PTS_MAJORS:
        return f"pts/{(major - _PTS_MAJORS.start) * 256 + minor}"
    return f"tty{minor}" if major == 4 else f"terminal {major}:{minor}"


def _darwin(pid: int) -> str:
    try:
        library = ctypes.CDLL(None, use_errno=True)
        data = ctypes.create_string_buffer(_BSDINFO_BYTES)
        size = library.proc_pidinfo(
            pid, _PROC_PIDTBSDINFO, ctypes.c_uint64(0), data, _BSDINFO_BYTES
        )
        if size == _BSDINFO_BYTES:
            (device,) = struct.unpack_from("=I", data.raw, _E_TDEV_AT)
            if device == _NODEV:
                return ""
            library.devname.restype = ctypes.c_char_p
            name = library.devname(ctypes.c_int32(device), ctypes.c_uint16(stat.S_IFCHR))
            return name.decode("ascii", "replace") if name else ""
    except (OSError, AttributeError):
        pass
    try:
        return (psutil.Process(pid).terminal() or "").removeprefix("/dev/")
    except psutil.Error:
        return ""

"""A worker that lets one program ask as often as it likes: the checks of another rule need it.

usage: patient_worker.py PYTHON [OPTION] SCRIPT ROOT ...: what a test would have started
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from entraclaw_tui.worker import fatigue

COMMAND = (sys.executable, "-B", __file__)

if __name__ == "__main__":
    fatigue.ASKS_A_MINUTE = 1_000_000  # type: ignore[misc]  # final, but for this
    script = next(at for at, word in enumerate(sys.argv) if word.endswith("worker_process.py"))
    sys.argv = sys.argv[script:]
    runpy.run_path(sys.argv[0], run_name="__main__")

"""The chapters in the order in which a person would ask."""

from __future__ import annotations

from entraclaw_tui.dashboard import job_keys
from entraclaw_tui.dashboard.job_story.definition import DEFINITION
from entraclaw_tui.dashboard.job_story.ended import ENDED
from entraclaw_tui.dashboard.job_story.environment import ENVIRONMENT
from entraclaw_tui.dashboard.job_story.now import NOW
from entraclaw_tui.dashboard.job_story.program import PROGRAM
from entraclaw_tui.dashboard.job_story.records import FINDINGS, LOG, LOGIN_ITEMS, PRINTED
from entraclaw_tui.dashboard.job_story.signature import SIGNATURE
from entraclaw_tui.dashboard.job_story.started import STARTED
from entraclaw_tui.dashboard.key import Key

CHAPTERS = (
    FINDINGS,
    NOW,
    STARTED,
    ENDED,
    DEFINITION,
    PROGRAM,
    SIGNATURE,
    ENVIRONMENT,
    LOG,
    LOGIN_ITEMS,
    PRINTED,
)
AT_A_GLANCE: tuple[Key[object], ...] = (
    job_keys.DEFINITION,
    job_keys.STARTED,
    job_keys.PROCESS,
    job_keys.PROGRAM,
    job_keys.SIGNATURE,
    job_keys.ENVIRONMENT,
    job_keys.TOLD,
    job_keys.SAID,
)
"""What the list of chapters itself asks; the rest waits until its page is opened."""

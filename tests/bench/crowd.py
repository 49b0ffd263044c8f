"""A panel with more than anybody has: 200 pending requests, 1,000 jobs, 5,000 Keychain items."""

from __future__ import annotations

from entraclaw_tui.model.consent import Tier
from entraclaw_tui.model.job import Domain, JobRow
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.source import Loaded
from tests.support import job_story, panel

REQUESTS, JOBS, ITEMS = 200, 1_000, 5_000


def crowded() -> panel.Stage:
    """Return the panel; nothing about it moves by itself."""
    tiers = (Tier.LOW, Tier.MEDIUM, Tier.HIGH)
    asked = tuple(
        panel.request(
            f"r{n}",
            ("Mail.Read", tiers[n % 3], "read your mail"),
            program=f"/usr/local/bin/client-{n}",
            ends=600.0 + n,
        )
        for n in range(REQUESTS)
    )
    items = tuple(panel.item(f"token:research-bot:g{n}", n / 100) for n in range(ITEMS))
    jobs = tuple(JobRow(f"com.example.service.{n}", 300 + n) for n in range(JOBS))
    story = job_story.Story(domain=Domain("gui/501", rows=jobs))
    keychain = Keychain("/Users/demo/login.keychain-db", items, 0)
    mac = panel.sources(
        keychain=panel.always(Loaded(keychain, panel.NOW)),
        job_story=story.readers(),
    )
    return panel.Stage(first=panel.snapshot(requests=asked), mac=mac)


if __name__ == "__main__":
    crowded().panel.run()

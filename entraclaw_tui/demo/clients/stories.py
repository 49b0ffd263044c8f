"""What each program wants, and why, in the words of a person."""

from __future__ import annotations

from typing import NamedTuple

GRAPH = "https://graph.microsoft.com"


class Story(NamedTuple):
    """One program of the demo."""

    name: str
    version: str
    resource: str
    scopes: tuple[str, ...]
    reasons: tuple[str, ...]
    shows_code: bool
    first_after: float
    """Seconds after its start at which it first asks (at speed 1)."""
    known: bool
    """Whether it has asked, and been allowed, before the demo began."""

    @property
    def label(self) -> str:
        """Its launchd job, and the identifier of its signature."""
        return f"example.contoso.{self.name}"


STORIES = {
    story.name: story
    for story in (
        Story(
            "mcp-notes",
            "1.4.0",
            GRAPH,
            ("User.Read",),
            (
                "Greet you by name in today's notes",
                "Put your name under the meeting notes",
                "Find your time zone for a reminder",
            ),
            shows_code=False,
            first_after=0.0,
            known=True,
        ),
        Story(
            "ide-plugin-entra",
            "0.9.2",
            GRAPH,
            ("Mail.Read",),
            (
                "Look for the build report that was mailed this morning",
                "Read the review comments that came by mail",
                "Find the mail with the failing test's log",
            ),
            shows_code=True,
            first_after=0.3,
            known=True,
        ),
        Story(
            "mail-helper",
            "2.0.1",
            GRAPH,
            ("Mail.Send",),
            (
                "Send the weekly summary to the team",
                "Answer the meeting request that you marked",
            ),
            shows_code=False,
            first_after=0.6,
            known=True,
        ),
        Story(
            "report-bot",
            "0.1.0",
            GRAPH,
            ("Calendars.Read",),
            (
                "Count this month's meetings for a report",
                "List the free hours of next week",
            ),
            shows_code=False,
            first_after=0.9,
            known=False,
        ),
    )
}

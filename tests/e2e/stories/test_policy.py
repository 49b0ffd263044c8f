"""The person's own policy, changed at the panel: it counts at once, for everybody who asks."""

from __future__ import annotations

from tests.support.demo import PIN
from tests.support.story_mac import Mac
from tests.support.story_panel import Panel


def test_a_permission_that_the_person_refuses_is_asked_about_no_more(
    mac: Mac, panel: Panel
) -> None:
    panel.press("P")
    panel.sees("What you made stricter")
    panel.press("n")
    panel.sees("refuse a permission")
    panel.types("Calendars.ReadWrite")
    panel.sees("1 change not saved", "u  unlock")
    panel.unlocks()
    panel.press("s")
    panel.sees("permission Calendars.ReadWrite", "will be refused", "No live grant ends by it")
    panel.reads()
    panel.press(*PIN)
    panel.reads()
    panel.press("enter")
    panel.sees("Saved. It counts from now on.")
    assert mac.refuses("mail-helper", "Calendars.ReadWrite") == "blocked"
    panel.press("x")
    panel.sees("goes away")
    panel.press("s")
    panel.sees("no such rule")
    panel.reads()
    panel.press(*PIN)
    panel.reads()
    panel.press("enter")
    panel.sees("Saved. It counts from now on.")
    _, asked = mac.asks("mail-helper", "Calendars.ReadWrite")
    assert asked["state"] == "pending"

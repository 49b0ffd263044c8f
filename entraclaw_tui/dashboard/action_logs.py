"""The part of the action table that the logs use."""

from __future__ import annotations

from entraclaw_tui.dashboard.action import Action

LOGS: tuple[Action, ...] = (
    Action(
        "logs.follow",
        ("f",),
        "logs",
        "follow",
        "Follow new lines, or hold still to read.",
        "follow",
        footer=True,
    ),
    Action(
        "logs.search",
        ("slash",),
        "logs",
        "search",
        "Search; {logs.next} and {logs.previous} go from hit to hit.",
        "search",
        footer=True,
    ),
    Action("logs.next", ("n",), "logs", "next hit", "Go to the next hit.", "hit(1)"),
    Action("logs.previous", ("N",), "logs", "previous hit", "Go to the hit before.", "hit(-1)"),
    Action(
        "logs.filter",
        ("ampersand",),
        "logs",
        "filter",
        "Show only lines with this text; ! before it turns it around.",
        "app.filter",
        footer=True,
    ),
    Action(
        "logs.level",
        ("e",),
        "logs",
        "errors only",
        "Show everything, warnings and errors, or errors alone.",
        "level",
    ),
    Action(
        "logs.sources",
        ("s",),
        "logs",
        "sources",
        "Switch logs on and off, one by one.",
        "sources",
        footer=True,
    ),
    Action("logs.time", ("t",), "logs", "go to a time", "Go to a time.", "time"),
    Action("logs.wrap", ("w",), "logs", "wrap", "Wrap long lines, or cut them.", "wrap"),
    Action("logs.left", ("left",), "logs", "left", "See more of the start of long lines.", "left"),
    Action(
        "logs.right", ("right",), "logs", "right", "See more of the end of long lines.", "right"
    ),
    Action(
        "logs.copy", ("c",), "logs", "copy the line", "Copy the line, as it was written.", "copy"
    ),
    Action(
        "logs.entry",
        ("i",),
        "logs",
        "audit entry",
        "Show the audit entry under the cursor whole, and what else the audit tells of it.",
        "entry",
    ),
    Action(
        "logs.save",
        ("S",),
        "logs",
        "save to a file",
        "Save the lines that are shown to a new file, for you alone.",
        "save",
    ),
    Action(
        "logs.zoom",
        ("z",),
        "logs",
        "whole window",
        "Give the logs the whole window, or end that.",
        "zoom",
    ),
    Action(
        "logs.page_down",
        ("pagedown", "space", "ctrl+f"),
        "logs",
        "page down",
        "Next page.",
        "page_down",
    ),
    Action(
        "logs.page_up", ("pageup", "b", "ctrl+b"), "logs", "page up", "Previous page.", "page_up"
    ),
    Action("logs.top", ("g", "home"), "logs", "first line", "Go to the first line.", "scroll_top"),
    Action(
        "logs.bottom",
        ("G", "end"),
        "logs",
        "last line",
        "Go to the last line and follow.",
        "scroll_bottom",
    ),
    # -- the sheet of the sources
    Action("sources.down", ("j", "down"), "sources", "down", "Next log.", "move(1)"),
    Action("sources.up", ("k", "up"), "sources", "up", "Previous log.", "move(-1)"),
    Action(
        "sources.toggle",
        ("space", "enter"),
        "sources",
        "on or off",
        "Show the selected log, or leave it out.",
        "switch",
        footer=True,
    ),
    Action(
        "sources.number",
        ("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        "sources",
        "by number",
        "Show the log with this number, or leave it out.",
        "number({key})",
    ),
    Action(
        "sources.only",
        ("o",),
        "sources",
        "only this",
        "Show the selected log alone.",
        "only",
        footer=True,
    ),
    Action("sources.all", ("a",), "sources", "all", "Show every log.", "all", footer=True),
    Action(
        "sources.close",
        ("escape", "s", "q"),
        "sources",
        "back",
        "Go back.",
        "close",
        footer=True,
    ),
)

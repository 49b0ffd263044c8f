"""Everything that reads the action table: bindings, reasons why not, the README's rows."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from entraclaw_tui.dashboard.action import UNLOCK_FIRST, Action, Need, Situation
from entraclaw_tui.dashboard.action_table import ACTIONS, PLACES
from entraclaw_tui.dashboard.keymap import PLAIN


def actions(*where: str) -> tuple[Action, ...]:
    """Return the actions of these places, in the table's order."""
    unknown = set(where) - PLACES.keys()
    if unknown:
        raise KeyError(f"no such place: {', '.join(sorted(unknown))}")
    return tuple(action for action in ACTIONS if action.where in where)


def own(pane: str) -> tuple[Action, ...]:
    """Return the actions of a pane alone; none where it has no keys of its own."""
    return actions(pane) if pane in PLACES else ()


def everywhere(pane: str) -> tuple[Action, ...]:
    """Return what works everywhere, without the keys that a pane takes for itself."""
    taken = {key for action in own(pane) for key in action.keys}
    return tuple(action for action in actions("app") if taken.isdisjoint(action.keys))


def action(id: str) -> Action:
    """Return one action by its id. Raises KeyError."""
    for found in ACTIONS:
        if found.id == id:
            return found
    raise KeyError(id)


def bindings(*where: str) -> list[Binding]:
    """Return Textual's bindings for these places: one a key, with an id and a tooltip.

    The first key of an action is the one the footer shows; its binding carries the action's id,
    so that a keymap can move it.
    """
    return [binding for action in actions(*where) for binding in _bind(action)]


def _bind(action: Action) -> Iterable[Binding]:
    for number, key in enumerate(action.keys):
        yield Binding(
            key,
            action.run.format(key=key),
            action.label,
            show=action.footer and number == 0,
            key_display=action.shown if number == 0 else None,
            tooltip=PLAIN.of(action).help,
            id=action.id if number == 0 else f"{action.id}.{number + 1}",
        )


def reason_disabled(action: Action, now: Situation) -> str:
    """Return why `action` cannot work now, in a sentence that names the next step; else empty."""
    if action.dangerous and now.readonly:
        return "This panel only looks (--readonly)."
    for need in action.needs:
        if reason := _missing(need, now):
            return reason
    return ""


def _missing(need: Need, now: Situation) -> str:
    match need:
        case Need.WORKER if not now.connected:
            return now.absence
        case Need.UNLOCKED if not now.unlocked:
            return "Your session is locked already."
        case Need.LOCKED if now.unlocked:
            return "Your session is open already."
        case Need.OPEN if not now.unlocked:
            return UNLOCK_FIRST
        case Need.ROW if not now.row:
            return "Nothing is selected."
        case Need.PENDING if not now.pending:
            return "This request is over."
        case Need.LIVE if not now.live:
            return "This grant has ended already."
        case Need.ANY_LIVE if not now.any_live:
            return "No grant lives."
    return ""


def table() -> str:
    """Return the keys as a Markdown table, for the README."""
    rows = ["| Where | Key | What it does |", "|---|---|---|"]
    for where, name in PLACES.items():
        for number, found in enumerate(actions(where)):
            keys = " ".join(f"`{key}`" for key in found.shown.split(" "))
            help = PLAIN.of(found).help
            rows.append(f"| {name if number == 0 else ''} | {keys} | {help} |")
    return "\n".join(rows) + "\n"

"""The `event triggers` of `launchctl print`: calendar moments and watched paths."""

from __future__ import annotations

from collections.abc import Iterator

from entraclaw_tui.demo.mac.launchd.definition import Definition

_CALENDAR = "com.apple.launchd.calendarinterval"
_FSEVENTS = "com.apple.fsevents.matching"
_MONITOR = "com.apple.UserEventAgent-Aqua"


def event_triggers(definition: Definition) -> Iterator[str]:
    """Yield the block and the blank line after it, nothing for a job without triggers."""
    lines = [*_moments(definition), *_paths(definition)]
    if lines:
        yield "\tevent triggers = {"
        yield from lines
        yield "\t}"
        yield ""


def _moments(definition: Definition) -> Iterator[str]:
    for number, moment in enumerate(definition.calendar):
        name = f"{definition.label}.{268435456 + number}"
        rows = [f'"{key}" => {value}' for key, value in moment.fields]
        yield from _trigger(name, definition.label, _CALENDAR, keepalive=False, rows=rows)


def _paths(definition: Definition) -> Iterator[str]:
    lists = {"WatchPaths": definition.watch_paths, "QueueDirectories": definition.queue_directories}
    for key, paths in lists.items():
        if paths:
            rows = [f'"{key}" => [']
            rows += [f'\t{number} = "{path}"' for number, path in enumerate(paths)]
            yield from _trigger(
                f"com.apple.launchd.{key}",
                definition.label,
                _FSEVENTS,
                keepalive=key == "QueueDirectories",
                rows=[*rows, "]"],
            )
    if definition.path_state:
        rows = ['"PathState" => {']
        for path, wanted in definition.path_state.items():
            rows.append(f'\t"{path}" => {"true" if wanted else "false"}')
        yield from _trigger(
            "com.apple.launchd.PathState",
            definition.label,
            _FSEVENTS,
            keepalive=True,
            rows=[*rows, "}"],
        )


def _trigger(
    name: str, service: str, stream: str, *, keepalive: bool, rows: list[str]
) -> Iterator[str]:
    yield f"\t\t{name} => {{"
    yield f"\t\t\tkeepalive = {int(keepalive)}"
    yield f"\t\t\tservice = {service}"
    yield f"\t\t\tstream = {stream}"
    yield f"\t\t\tmonitor = {_MONITOR}"
    yield "\t\t\tdescriptor = {"
    yield from (f"\t\t\t\t{row}" for row in rows)
    yield "\t\t\t}"
    yield "\t\t}"

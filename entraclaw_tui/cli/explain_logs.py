"""Saved lines of the unified log and of launchd's own."""

from __future__ import annotations

from entraclaw_tui.cli.explain_report import Capture, Report, Unreadable, fields
from entraclaw_tui.macos.host import Ran
from entraclaw_tui.macos.log_stream import NOT_ADMIN, parse_stream_line, refusal
from entraclaw_tui.macos.logs import parse_launchd_line
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.log import LogLine


def stream(capture: Capture) -> Report:
    """`log stream` or `log show` in any style, or launchd's log file."""
    lines = [line for text in capture.text.splitlines() if (line := _line(text))]
    refused = b"Must be admin" in capture.data
    if not lines and not refused:
        raise Unreadable("This holds no line of a log.")
    findings: tuple[Finding, ...] = ()
    if refused:
        failed = refusal(Ran(NOT_ADMIN, b"", capture.data))
        findings = (
            Finding(
                "log-refused",
                Severity.WARNING,
                failed.reason,
                (),
                failed.hint,
                Repair("Log in as an administrator, or read launchd's own log."),
            ),
        )
    typed: dict[str, object] = {"count": len(lines), "lines": [fields(line) for line in lines]}
    return Report(capture.kind, typed, {}, findings)


def _line(text: str) -> LogLine | None:
    if found := parse_stream_line(text):
        return found
    launchds = parse_launchd_line(text)
    # Up to macOS 10.12, and through syslog, its lines had other heads, which are kept as text.
    return launchds if launchds.at is not None or "launchd" in text else None

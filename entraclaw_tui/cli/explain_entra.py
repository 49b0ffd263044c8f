"""A saved refusal of Entra: the body, alone or behind the lines of its HTTP answer."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from entraclaw_tui.cli.explain_report import Capture, Report, Unreadable
from entraclaw_tui.model.finding import Finding, Repair, Severity

_STATUS = re.compile(r"HTTP/[\d.]+ (\d{3})")
_CODE = re.compile(r"AADSTS\d{3,8}")
_TOKENS = ("access_token", "refresh_token", "id_token")
_KEPT = ("error", "suberror", "error_codes", "timestamp", "trace_id", "correlation_id")
_ASSUMED = 400
"""What Entra answers refusals with; 429 and 5xx say so in their own way."""
_QUOTED, _BRACES = 65_536, 20
"""Characters, and opening braces in them, that are searched for an answer quoted in other words."""


def refusal(capture: Capture) -> Report:
    """The body of an answer of Entra's token endpoint."""
    from entraclaw_tui.worker.entra_errors import error_class

    status, headers, body = _parts(capture.text)
    fields = _object(body)
    if any(name in fields for name in _TOKENS):
        return _token(capture, fields)
    text = fields or body.strip()
    answer = "error" in fields or "error_codes" in fields or "error_description" in fields
    if not answer and not _CODE.search(body) and status < _ASSUMED:
        raise Unreadable("This does not look like an answer of Entra.")
    if isinstance(text, str) and (found := _CODE.search(text)):
        text = {"error_description": text[found.start() :]}
    verdict = error_class(status or _ASSUMED, text, headers)
    typed: dict[str, object] = {
        "kind": verdict.kind.value,
        "message": verdict.message,
        "hint": verdict.hint,
        "code": verdict.code,
        "retry_after": verdict.retry_after,
        "claims": verdict.claims,
        "status": status or None,
        **{name: fields[name] for name in _KEPT if name in fields},
    }
    finding = Finding(
        f"entra-{verdict.kind.value.replace('_', '-')}",
        Severity.WARNING if verdict.retry_after else Severity.ERROR,
        verdict.message,
        tuple(_first_lines(fields)),
        "The directory decides this, not this Mac.",
        Repair(verdict.hint),
    )
    return Report(capture.kind, typed, {}, (finding,))


def _token(capture: Capture, fields: Mapping[str, object]) -> Report:
    kept = ("token_type", "scope", "expires_in")
    typed: dict[str, object] = {"kind": "success", **{k: fields[k] for k in kept if k in fields}}
    finding = Finding(
        "capture-holds-secrets",
        Severity.WARNING,
        "This is no refusal: it holds a token.",
        (),
        "Whoever has the file can use the token until it expires. It is not shown here.",
        Repair("Delete the file; do not send it to anybody."),
    )
    return Report(capture.kind, typed, {}, (finding,))


def _parts(text: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body; a saved body alone has no status and no headers."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    if found := _STATUS.match(text):
        head, _, body = text.partition("\n\n")
        pairs = (line.partition(":") for line in head.split("\n")[1:])
        return int(found[1]), {key.strip(): value.strip() for key, _, value in pairs}, body
    whole = _object(text)
    if "body" in whole and "error" not in whole:
        return _wrapped(whole)
    return 0, {}, text


def _wrapped(whole: Mapping[str, object]) -> tuple[int, dict[str, str], str]:
    """Read an answer that a program has saved with its status: {status, headers, body}."""
    inner = whole["body"]
    status, headers = 0, {}
    for level in (whole, *(value for value in whole.values() if isinstance(value, dict))):
        for name in ("http_status", "status", "status_code"):
            value = level.get(name)
            if type(value) is int and not status:
                status = value
        if isinstance(found := level.get("headers"), dict):
            headers = {str(key): str(value) for key, value in found.items()}
    return status, headers, inner if isinstance(inner, str) else json.dumps(inner)


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _in_words(text)
    return value if isinstance(value, dict) else {}


def _in_words(text: str) -> dict[str, object]:
    """Return the answer that a log line quotes: as JSON, or as Python prints what MSAL returned."""
    for found in islice(re.finditer(r"\{", text[:_QUOTED]), _BRACES):
        rest = text[found.start() : _QUOTED]
        for read in (lambda words: json.JSONDecoder().raw_decode(words)[0], _printed):
            with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
                value = read(rest)
                if isinstance(value, dict) and any(name in value for name in (*_KEPT, *_TOKENS)):
                    return value
    return {}


def _printed(text: str) -> object:
    return ast.literal_eval(text[: text.rindex("}") + 1])


def _first_lines(fields: Mapping[str, object]) -> Iterator[str]:
    description = fields.get("error_description")
    if isinstance(description, str) and description:
        yield description.splitlines()[0]

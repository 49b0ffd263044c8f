"""`explain` over saved outputs: a report for every one, or a sentence; nothing hidden is told.

Laid out as `test_corpus.py` says.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import msgspec
import pytest
from _pytest.mark import ParameterSet

from entraclaw_tui.cli.explain import _reader
from entraclaw_tui.cli.explain_report import Capture, Unreadable

FOLDER = Path(os.environ["ENTRACLAW_CORPUS"])
KINDS = {
    "launchctl/print-service*": "launchctl-print",
    "launchctl/procinfo": "launchctl-print",
    "launchctl/print-domain": "launchctl-domain",
    "launchctl/list": "launchctl-list",
    "launchctl/list-label": "launchctl-list",
    "launchctl/print-disabled": "print-disabled",
    "launchctl/dumpstate": "launchctl-dumpstate",
    "launchctl/errors": "launchctl-error",
    "launchctl/log-stream": "log-stream",
    "launchctl/launchd-log": "log-stream",
    "launchctl/sfltool-dumpbtm": "dumpbtm",
    "security/dump-keychain*": "dump-keychain",
    "security/find-certificate": "dump-keychain",
    "security/find-identity": "dump-keychain",
    "security/find-internet-password": "dump-keychain",
    "security/list-keychains": "dump-keychain",
    "security/keyring-errors": "security-error",
}
SCALAR = re.compile(r"^\t(?!\t)(.*?) =(?: (?![{\[]$)(.*))?$", re.MULTILINE)
VALUE = re.compile(r"^\t\t(\S+) => (.+)$", re.MULTILINE)


def cases() -> list[ParameterSet]:
    return [
        pytest.param(path, kind, id=f"{path.parent.name}/{path.name}")
        for folder, kind in KINDS.items()
        for path in sorted(FOLDER.glob(f"{folder}/*.txt"))
    ]


@pytest.mark.parametrize(("path", "kind"), cases())
def test_every_capture_has_a_report(path: Path, kind: str) -> None:
    report = _reader(kind)(Capture(kind, path.read_bytes()))
    document = msgspec.json.decode(msgspec.json.encode(report))
    assert set(document) == {"kind", "typed", "raw", "findings"}
    assert document["typed"]
    assert report.exit_code in (0, 1, 2)


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("launchctl/print-service*/*.txt")), ids=lambda path: str(path)[-30:]
)
def test_raw_lines_are_verbatim_and_values_hidden(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "backslashreplace")
    report = _reader("launchctl-print")(Capture("launchctl-print", path.read_bytes()))
    if re.match(r"\S+ = \{\n\t", text):
        assert report.raw == {k: v for k, v in SCALAR.findall(text) if " =>" not in k}
    told = msgspec.json.decode(msgspec.json.encode(report))["typed"].get("environments", {})
    for values in told.values():
        assert set(values.values()) <= {"(hidden)"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("codesign/*.txt")), ids=lambda path: path.name)
def test_signatures_have_a_report(path: Path) -> None:
    text = path.read_text("utf-8")
    capture = Capture("codesign", path.read_bytes())
    if "identities found" in text:
        with pytest.raises(Unreadable):
            _reader("codesign")(capture)
    else:
        assert _reader("codesign")(capture).typed


@pytest.mark.parametrize("path", sorted(FOLDER.glob("entra/*.json")), ids=lambda path: path.name)
def test_refusals_of_entra_have_their_word(path: Path) -> None:
    body = json.loads(path.read_text("utf-8")).get("body")
    capture = Capture("entra-error", path.read_bytes())
    number = re.search(r"_(\d{5,7})(?:_|\.)", path.name)
    refused = isinstance(body, dict) and "error" in body
    if not refused and not number:
        return
    report = _reader("entra-error")(capture)
    if number and refused:
        assert number[1] in str(report.typed["code"])
    assert report.findings

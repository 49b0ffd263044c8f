"""No text of others may be read as markup: what could do so is not used in the dashboard."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import entraclaw_tui.dashboard

ROOT = Path(entraclaw_tui.dashboard.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# Widgets of Textual that read a str as markup unless they are told not to.
_READERS = {"Static", "Label", "Button", "Checkbox", "RadioButton", "Collapsible", "Markdown"}
_BANNED = {"notify", "from_markup", "render_str", "update_markup"}


def _calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            name = node.func
            called = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
            yield called, node


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_nothing_is_read_as_markup(file: Path) -> None:
    for called, node in _calls(file):
        where = f"{file.name}:{node.lineno}"
        assert called not in _BANNED, f"{where}: {called} reads markup"
        options = {k.arg: k.value for k in node.keywords}
        markup = options.get("markup")
        off = isinstance(markup, ast.Constant) and markup.value is False
        if called in _READERS:
            assert off, f"{where}: {called} without markup=False"
        else:
            assert markup is None or off, f"{where}: markup is on"


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_titles_and_tooltips_are_no_plain_strings(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            name = getattr(target, "attr", "")
            if name in ("border_title", "border_subtitle", "tooltip"):
                assert not isinstance(node.value, ast.Constant | ast.JoinedStr | ast.BinOp), (
                    f"{file.name}:{node.lineno}: {name} would be read as markup"
                )

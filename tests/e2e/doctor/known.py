"""The names of all findings, read from the source of the checks."""

from __future__ import annotations

import ast
from pathlib import Path

from entraclaw_tui import doctor


def all_ids() -> set[str]:
    """Return what is named in a call of `Finding`, or handed on as a function's `id_`."""
    trees = [ast.parse(path.read_text()) for path in Path(doctor.__path__[0]).glob("*.py")]
    return {found for tree in trees for found in _of_module(tree)}


def _of_module(tree: ast.Module) -> set[str]:
    places = {"Finding": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args]
            if "id_" in names:
                places[node.name] = names.index("id_")
    return {
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in places
        and len(node.args) > places[node.func.id]
        and isinstance(argument := node.args[places[node.func.id]], ast.Constant)
        and isinstance(argument.value, str)
    }

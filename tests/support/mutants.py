"""Small wrongs put into a module one at a time, to see whether a test notices each.

What is changed: comparisons (also by their bound), `and`/`or`, `not`, conditions turned around,
numbers by one, plus and minus, and statements left out: `raise`, `return`, `continue`, a call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_OTHER: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


@dataclass(frozen=True)
class Mutant:
    """One changed module."""

    line: int
    what: str
    source: str


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a module's source, from its top to its end."""
    found: list[Mutant] = []
    number = 0
    while True:
        tree = ast.parse(source)
        one = _One(number)
        one.visit(tree)
        if not one.done:
            return found
        changed = ast.unparse(ast.fix_missing_locations(tree))
        found.append(Mutant(one.line, one.what, changed))
        number += 1


class _One(ast.NodeTransformer):
    """Makes the change with one number and no other."""

    def __init__(self, number: int) -> None:
        self._left = number
        self.done = False
        self.line = 0
        self.what = ""

    def visit(self, node: ast.AST) -> ast.AST:
        if self.done:
            return node
        for what, changed in _changes(node):
            if self._left == 0:
                self.done = True
                self.line, self.what = getattr(node, "lineno", 0), what
                return ast.copy_location(changed, node)
            self._left -= 1
        found = self.generic_visit(node)
        return found if isinstance(found, ast.AST) else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = _expression(self.visit(node.value))
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.defaults = [_expression(self.visit(value)) for value in node.defaults]
        node.kw_defaults = [v and _expression(self.visit(v)) for v in node.kw_defaults]
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        match node:
            case ast.AnnAssign():
                return self.visit_AnnAssign(node)
            case ast.arguments():
                return self.visit_arguments(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.args = _arguments(self.visit(node.args))
                node.body = [_statement(self.visit(step)) for step in node.body]
                return node
        return super().generic_visit(node)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(ops=[op]):
            for other in _OTHER[type(op)]:
                yield _words(op, other()), ast.Compare(node.left, [other()], node.comparators)
        case ast.BoolOp(op=ast.And()):
            yield "and -> or", ast.BoolOp(ast.Or(), node.values)
        case ast.BoolOp(op=ast.Or()):
            yield "or -> and", ast.BoolOp(ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield "not left out", node.operand
        case ast.BinOp(op=ast.Add()):
            yield "+ -> -", ast.BinOp(node.left, ast.Sub(), node.right)
        case ast.BinOp(op=ast.Sub()):
            yield "- -> +", ast.BinOp(node.left, ast.Add(), node.right)
        case ast.Constant(value=bool() as value):
            yield f"{value} -> {not value}", ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield f"{value} -> {value + 1}", ast.Constant(value + 1)
            yield f"{value} -> {value - 1}", ast.Constant(value - 1)
        case ast.If(test=ast.Compare() | ast.UnaryOp()) | ast.While(test=ast.Compare()):
            return  # turned around by its own parts
        case ast.If() | ast.While() | ast.IfExp():
            yield "condition turned around", _turned(node)
        case ast.Raise():
            yield "raise left out", ast.Pass()
        case ast.Return(value=ast.expr()):
            yield "return left out", ast.Pass()
        case ast.Return() | ast.Continue():
            yield f"{type(node).__name__.lower()} left out", ast.Pass()
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield "call left out", ast.Pass()


def _turned(node: ast.If | ast.While | ast.IfExp) -> ast.AST:
    test = ast.UnaryOp(ast.Not(), node.test)
    match node:
        case ast.If():
            return ast.If(test, node.body, node.orelse)
        case ast.While():
            return ast.While(test, node.body, node.orelse)
        case ast.IfExp():
            return ast.IfExp(test, node.body, node.orelse)


def _words(op: ast.cmpop, other: ast.cmpop) -> str:
    return f"{type(op).__name__} -> {type(other).__name__}"


def _expression(node: ast.AST) -> ast.expr:
    assert isinstance(node, ast.expr)
    return node


def _statement(node: ast.AST) -> ast.stmt:
    assert isinstance(node, ast.stmt)
    return node


def _arguments(node: ast.AST) -> ast.arguments:
    assert isinstance(node, ast.arguments)
    return node

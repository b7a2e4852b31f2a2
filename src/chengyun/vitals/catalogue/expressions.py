"""Expressions of signs as the catalogue sees them: whether they can be read, what they name, their dimension. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

from chengyun.vitals.catalogue.units import NONE, Dimension

FUNCTIONS = ("min", "max", "abs")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)


class Unreadable(ValueError):
    """The text is no expression: `args` are the column (from 1) and what stands there."""


class Mismatch(ValueError):
    """Things of different dimension are added or compared."""


def parse(text: str, names: Iterable[str]) -> ast.expr:
    """The expression's tree. Raises Unreadable for whatever is not + - * / ( ) numbers, `names`, min, max, abs."""
    tree = _parsed(text)
    _walk(tree, frozenset(names))
    return tree


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        raise Unreadable(column, text) from error


def _walk(node: ast.expr, names: frozenset[str]) -> None:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise Unreadable(node.col_offset + 1, node.id)
        return
    for part in _parts(node):
        _walk(part, names)


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return [node.operand]
    if isinstance(node, ast.Call) and _is_function(node):
        return list(node.args)
    raise Unreadable(node.col_offset + 1, ast.unparse(node))


def _is_function(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Name) or node.keywords or not node.args:
        return False
    return node.func.id in FUNCTIONS and (node.func.id != "abs" or len(node.args) == 1)


def used(node: ast.expr) -> frozenset[str]:
    """The names that an expression is made of."""
    functions = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
    return frozenset(
        one.id for one in ast.walk(node) if isinstance(one, ast.Name) and id(one) not in functions
    )


def dimension(node: ast.expr, of: Mapping[str, Dimension]) -> Dimension | None:
    """The dimension of the value; None for a bare number, which fits any. Raises Mismatch."""
    if isinstance(node, ast.Constant):
        return None
    if isinstance(node, ast.Name):
        return of[node.id]
    parts = [dimension(part, of) for part in _parts(node)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return _product(parts[0], parts[1], 1 if isinstance(node.op, ast.Mult) else -1)
    known = {part for part in parts if part is not None}
    if len(known) > 1:
        raise Mismatch(ast.unparse(node))
    return known.pop() if known else None


def _product(one: Dimension | None, other: Dimension | None, times: int) -> Dimension | None:
    if one is None and other is None:
        return None
    left, right = one or NONE, other or NONE
    a, b, c, d, e = (x + times * y for x, y in zip(left, right, strict=True))
    return (a, b, c, d, e)

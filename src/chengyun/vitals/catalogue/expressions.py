"""The dimension of an expression's value. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chengyun.sensing.units import NONE, Dimension
from chengyun.vitals.engine.expression import Call, Name, Node, Number


class Mismatch(ValueError):
    """Things of different dimension are added or compared; `args`: the column (from 1) at which."""


def dimension(node: Node, of: Mapping[str, Dimension]) -> Dimension | None:
    """The dimension of the value; None for a bare number, which fits any. Raises Mismatch."""
    if isinstance(node, Number):
        return None
    if isinstance(node, Name):
        return of[node.name]
    parts = [dimension(part, of) for part in node.of]
    if node.what in ("*", "/"):
        return _product(parts[0], parts[1], 1 if node.what == "*" else -1)
    return _common(node, parts)


def _common(node: Call, parts: list[Dimension | None]) -> Dimension | None:
    known = {part for part in parts if part is not None}
    if len(known) > 1:
        raise Mismatch(node.position + 1)
    return known.pop() if known else None


def _product(one: Dimension | None, other: Dimension | None, times: int) -> Dimension | None:
    if one is None and other is None:
        return None
    left, right = one or NONE, other or NONE
    a, b, c, d, e = (x + times * y for x, y in zip(left, right, strict=True))
    return (a, b, c, d, e)

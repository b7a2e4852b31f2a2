"""Values of an expression in SQL, each with its kind, and what comparison and arithmetic mean for them.

A time is a pair: a moment, or an interval where `ranged` says so (its end is the moment itself otherwise). What the
operators mean for intervals follows the OGC's own tests: `lt` is "ends before the other begins", and so on.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INTERVAL, JSONB

from chengyun.kernel.errors import BadRequest
from chengyun.sensing.sensorthings.grammar import Literal, Span

Column = sa.ColumnElement[Any]
MOMENT = sa.DateTime(timezone=True)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
MIRRORED = {"gt": "lt", "ge": "le"}


@dataclass(frozen=True, slots=True)
class Value:
    """`kind`: number, text, truth, json, time, length (of time), null, key (an id that may be either). Only a time has `end` and `ranged`."""

    kind: str
    sql: Column
    end: Column | None = None
    ranged: Column | None = None
    capable: bool = False  # of being an interval at all


def literal(node: Literal) -> Value:
    """A constant, always a bound parameter."""
    value = node.value
    if value is None:
        return Value("null", sa.null())
    if isinstance(value, bool):
        return Value("truth", sa.literal(value, sa.Boolean))
    if isinstance(value, int | float):
        return Value("number", sa.cast(sa.literal(str(value), sa.Text), sa.Numeric))
    if isinstance(value, str):
        return Value("text", sa.literal(value, sa.Text))
    if isinstance(value, timedelta):
        return Value("length", sa.literal(value, INTERVAL))
    if isinstance(value, Span):
        start = sa.literal(value.start, MOMENT)
        end = start if value.end is None else sa.literal(value.end, MOMENT)
        return Value("time", start, end, sa.literal(value.end is not None), value.end is not None)
    raise BadRequest("sta.types", op="geography")


def column(kind: str, sql: Column, end: Column | None = None) -> Value:
    """A property. A time's `end` is null where it is a moment."""
    if kind == "time":
        ranged = sa.literal(False) if end is None else end.is_not(None)
        until = sql if end is None else sa.func.coalesce(end, sql)
        return Value("time", sql, until, ranged, end is not None)
    return Value(kind, sql)


def as_text(value: Value) -> Column:
    """Raises BadRequest for what has no text."""
    if value.kind in ("text", "key"):
        return value.sql
    if value.kind == "json":
        return value.sql.op("#>>", return_type=sa.Text())(
            sa.cast(sa.literal("{}", sa.Text), sa.ARRAY(sa.Text))
        )
    raise BadRequest("sta.types", op=value.kind)


def _of_type(value: Value, name: str, kind: Any) -> Column:
    """JSON of one type as SQL's; null where it is of another."""
    text = as_text(value)
    return sa.case((sa.func.jsonb_typeof(value.sql) == name, sa.cast(text, kind)))


def as_number(value: Value) -> Column:
    """Raises BadRequest for what is no number."""
    if value.kind == "number":
        return value.sql
    if value.kind == "json":
        return _of_type(value, "number", sa.Numeric)
    raise BadRequest("sta.types", op=value.kind)


def as_truth(value: Value) -> Column:
    """Raises BadRequest for what is neither true nor false."""
    if value.kind == "truth":
        return value.sql
    if value.kind == "json":
        return _of_type(value, "boolean", sa.Boolean)
    raise BadRequest("sta.types", op=value.kind)


def compare(op: str, left: Value, right: Value) -> Value:
    """Raises BadRequest("sta.types") for what cannot be compared."""
    if "null" in (left.kind, right.kind):
        return _with_null(op, left, right)
    if {left.kind, right.kind} == {"time"}:
        return Value("truth", times(op, left, right))
    taken = _common(left, right)
    if taken is None:
        raise BadRequest("sta.types", op=op)
    one, other = taken(left), taken(right)
    if taken is as_text:
        one, other = sa.collate(one, "C"), sa.collate(other, "C")
    return Value("truth", OPERATORS[op](one, other))


def _common(left: Value, right: Value) -> Callable[[Value], Column] | None:
    """As what two values are compared: JSON as what the other one is."""
    kinds = {left.kind, right.kind}
    if "key" in kinds and kinds <= {"key", "text", "number"}:
        return lambda value: sa.cast(value.sql, sa.Text)
    for kind, taken in (("number", as_number), ("truth", as_truth), ("text", as_text)):
        if kinds <= {kind, "json"} and kind in kinds:
            return taken
    if kinds == {"json"}:
        return as_text
    return (lambda value: value.sql) if kinds == {"length"} else None


def _with_null(op: str, left: Value, right: Value) -> Value:
    other = right if left.kind == "null" else left
    if op not in ("eq", "ne"):
        raise BadRequest("sta.types", op=op)
    held = other.sql
    if other.kind == "json":
        held = sa.func.nullif(other.sql, sa.cast(sa.literal("null", sa.Text), JSONB))
    return Value("truth", held.is_(None) if op == "eq" else held.is_not(None))


def _pair(value: Value) -> tuple[Column, Column, Column]:
    if value.kind != "time" or value.end is None or value.ranged is None:
        raise BadRequest("sta.types", op=value.kind)
    return value.sql, value.end, value.ranged


def _before(a: Value, b: Value) -> Column:
    (start, end, ranged), (other, _, _) = _pair(a), _pair(b)
    return sa.or_(sa.and_(ranged, end <= other), sa.and_(~ranged, start < other))


def _until(a: Value, b: Value) -> Column:
    """`le`: two intervals by both ends, else "ends when the other begins, at the latest"."""
    (start, end, ranged), (other, other_end, other_ranged) = _pair(a), _pair(b)
    both = sa.and_(ranged, other_ranged)
    return sa.or_(sa.and_(both, start <= other, end <= other_end), sa.and_(~both, end <= other))


def _same(a: Value, b: Value) -> Column:
    (start, end, ranged), (other, other_end, other_ranged) = _pair(a), _pair(b)
    return sa.and_(ranged == other_ranged, start == other, end == other_end)


def _meets(a: Value, b: Value) -> Column:
    (start, end, _), (other, other_end, _) = _pair(a), _pair(b)
    return sa.or_(end == other, start == other_end)


def _during(a: Value, b: Value) -> Column:
    if not b.capable:
        raise BadRequest("sta.types", op="during")
    (start, end, ranged), (other, other_end, other_ranged) = _pair(a), _pair(b)
    inside = sa.or_(sa.and_(ranged, end <= other_end), sa.and_(~ranged, start < other_end))
    return sa.and_(other_ranged, start >= other, inside)


def _overlaps(a: Value, b: Value) -> Column:
    (start, end, _), (other, other_end, _) = _pair(a), _pair(b)
    return sa.and_(
        sa.or_(start < other_end, start == other),
        sa.or_(other < end, start == other),
    )


def _starts(a: Value, b: Value) -> Column:
    return _pair(a)[0] == _pair(b)[0]


def _finishes(a: Value, b: Value) -> Column:
    return _pair(a)[1] == _pair(b)[1]


RELATIONS: dict[str, Callable[[Value, Value], Column]] = {
    "before": _before,
    "after": lambda a, b: _before(b, a),
    "meets": _meets,
    "during": _during,
    "overlaps": _overlaps,
    "starts": _starts,
    "finishes": _finishes,
}


def times(op: str, left: Value, right: Value) -> Column:
    """One of the six comparisons, of moments and intervals."""
    if op in MIRRORED:
        return times(MIRRORED[op], right, left)
    if op == "lt":
        return _before(left, right)
    if op == "le":
        return _until(left, right)
    return _same(left, right) if op == "eq" else ~_same(left, right)


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": lambda a, b: a / sa.func.nullif(b, 0),
    "mod": lambda a, b: sa.func.mod(a, sa.func.nullif(b, 0)),
}


def arithmetic(op: str, left: Value, right: Value) -> Value:
    """Numbers; a time and a length of time; the length between two times. Division by zero is null."""
    kinds = (left.kind, right.kind)
    if kinds == ("time", "length") and op in ("add", "sub"):
        start, end, ranged = _pair(left)
        shift = ARITHMETIC[op]
        return Value("time", shift(start, right.sql), shift(end, right.sql), ranged, left.capable)
    if kinds == ("time", "time") and op == "sub":
        return Value("length", left.sql - right.sql)
    if kinds == ("length", "length") and op in ("add", "sub"):
        return Value("length", ARITHMETIC[op](left.sql, right.sql))
    return Value("number", ARITHMETIC[op](as_number(left), as_number(right)))

"""The functions of $filter as data: what they take, what they give. Geometry is in `shapes`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.errors import BadRequest
from chengyun.sensing.sensorthings.values import RELATIONS, Column, Value, as_number, as_text

Function = Callable[..., Column]
TAKEN: dict[str, Callable[[Value], Column]] = {"n": as_number, "s": as_text}


def _time(value: Value) -> Column:
    if value.kind != "time":
        raise BadRequest("sta.types", op=value.kind)
    return sa.func.timezone("UTC", value.sql)


TAKEN["t"] = _time


def _part(name: str) -> Function:
    return lambda at: sa.cast(sa.func.floor(sa.func.extract(name, at)), sa.Numeric)


def _find(text: Column, part: Column) -> Column:
    """The place of a part, from 0; -1 where it does not occur."""
    return sa.cast(sa.func.strpos(text, part) - 1, sa.Numeric)


def _cut(text: Column, start: Column, length: Column | None = None) -> Column:
    whole = sa.cast(sa.func.greatest(start, 0), sa.Integer) + 1
    if length is None:
        return sa.func.substr(text, whole)
    return sa.func.substr(text, whole, sa.cast(sa.func.greatest(length, 0), sa.Integer))


def _ends(text: Column, part: Column) -> Column:
    return sa.func.right(text, sa.func.length(part)) == part


# name → (what it gives, what each argument is taken as, how it is worked out)
FUNCTIONS: dict[tuple[str, int], tuple[str, str, Function]] = {
    ("substringof", 2): ("truth", "ss", lambda part, text: sa.func.strpos(text, part) > 0),
    ("startswith", 2): ("truth", "ss", lambda text, part: sa.func.starts_with(text, part)),
    ("endswith", 2): ("truth", "ss", _ends),
    ("length", 1): ("number", "s", lambda text: sa.cast(sa.func.length(text), sa.Numeric)),
    ("indexof", 2): ("number", "ss", _find),
    ("substring", 2): ("text", "sn", _cut),
    ("substring", 3): ("text", "snn", _cut),
    ("tolower", 1): ("text", "s", sa.func.lower),
    ("toupper", 1): ("text", "s", sa.func.upper),
    ("trim", 1): ("text", "s", sa.func.btrim),
    ("concat", 2): ("text", "ss", lambda one, other: one.op("||")(other)),
    ("round", 1): ("number", "n", sa.func.round),
    ("floor", 1): ("number", "n", sa.func.floor),
    ("ceiling", 1): ("number", "n", sa.func.ceil),
    **{(name, 1): ("number", "t", _part(name)) for name in ("year", "month", "day", "hour", "minute")},
    ("second", 1): ("number", "t", _part("second")),
    ("fractionalseconds", 1): (
        "number",
        "t",
        lambda at: sa.cast(
            sa.func.extract("second", at) - sa.func.floor(sa.func.extract("second", at)), sa.Numeric
        ),
    ),
    ("date", 1): ("text", "t", lambda at: sa.func.to_char(at, "YYYY-MM-DD")),
    ("time", 1): ("text", "t", lambda at: sa.func.to_char(at, "HH24:MI:SS.MS")),
    ("totaloffsetminutes", 1): ("number", "t", lambda at: sa.case((at.is_not(None), sa.cast(0, sa.Numeric)))),
}


def call(name: str, args: Sequence[Value], now: Value) -> Value:
    """Raises BadRequest for an unknown function, or arguments that it does not take."""
    if name in RELATIONS and len(args) == 2:
        return Value("truth", RELATIONS[name](*args))
    if name == "now" and not args:
        return now
    found: tuple[str, str, Any] | None = FUNCTIONS.get((name, len(args)))
    if found is None:
        raise BadRequest("sta.function", name=name[:50])
    gives, takes, worked = found
    return Value(gives, worked(*(TAKEN[kind](arg) for kind, arg in zip(takes, args, strict=True))))

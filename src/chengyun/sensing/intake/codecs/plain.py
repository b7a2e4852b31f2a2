"""JSON: one reading, a list of them, or {"readings": [...]}.

A reading is {"thing", "quantity", "value", "at"?, "unit"?}; {"thing", "at"?, "values": {quantity: value}} is one for
each value. NaN and Infinity, which are no JSON but are sent, reject their own reading instead of the whole message.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from chengyun.sensing.intake.codecs.columns import (
    Columns,
    Malformed,
    decoded,
    not_too_many,
    text_of,
)

FIELDS = frozenset({"thing", "quantity", "value", "values", "at", "unit"})


def loads(body: bytes) -> Any:
    """Raises Malformed with line and column."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _loads_slowly(decoded(body))


def _loads_slowly(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Malformed("sensing.malformed_json", line=error.lineno, column=error.colno) from error
    except (RecursionError, ValueError) as error:  # nested without end; a number of thousands of digits
        raise Malformed("sensing.malformed_json", line=1, column=1) from error


def decode(body: bytes, thing: str) -> Columns:
    """Raises Malformed."""
    told = loads(body)
    if isinstance(told, dict) and "readings" in told:
        told = told["readings"]
    items = told if isinstance(told, list) else [told]
    not_too_many(items)
    found = Columns()
    for index, item in enumerate(items):
        if not isinstance(item, dict) or not item.keys() <= FIELDS:
            raise Malformed("sensing.malformed_reading", index=index)
        _add(found, item, index, thing)
    not_too_many(found)
    return found


def _add(found: Columns, item: dict[str, Any], index: int, thing: str) -> None:
    code = text_of(item.get("thing", thing), index, "thing")
    at, unit = item.get("at"), item.get("unit")
    if unit is not None:
        text_of(unit, index, "unit")
    if "values" not in item:
        if "value" not in item:
            raise Malformed("sensing.malformed_field", index=index, field="value")
        found.add(code, text_of(item.get("quantity"), index, "quantity"), item["value"], at, unit)
        return
    values = item["values"]
    if not isinstance(values, dict) or "value" in item or "quantity" in item:
        raise Malformed("sensing.malformed_field", index=index, field="values")
    for quantity, value in values.items():
        found.add(code, text_of(quantity, index, "values"), value, at, unit)

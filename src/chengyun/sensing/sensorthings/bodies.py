"""Bodies of requests, checked against the model: properties with their types, relations as ids or as new entities."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chengyun.kernel.errors import BadRequest
from chengyun.kernel.fields import storable
from chengyun.sensing.sensorthings.model import SETS, EntitySet, Property, Relation
from chengyun.sensing.sensorthings.moments import moment, span
from chengyun.sensing.sensorthings.shapes import geometry

DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Link:
    """A related entity: one that exists (`id`), or the body of a new one."""

    id: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """What a body gives: values of properties, related entities by relation."""

    values: Mapping[str, Any]
    links: Mapping[str, tuple[Link, ...]]


def decoded(content: bytes) -> Any:
    """JSON that PostgreSQL can hold. Raises BadRequest."""
    try:
        found = json.loads(content, parse_constant=_no_constant)
        _check(found, 0)
    except (ValueError, RecursionError) as error:
        raise BadRequest("http.400") from error
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _check(found: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError("too deep")
    if isinstance(found, str):
        storable(found)
    elif isinstance(found, float) and not math.isfinite(found):
        raise ValueError("not finite")
    elif isinstance(found, dict):
        for name, value in found.items():
            storable(name)
            _check(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            _check(value, depth + 1)


def read(owner: str, body: object, *, partial: bool = False, linked: bool = True) -> Given:
    """`partial`: nothing is required (PATCH); `linked`: required relations are (POST). Raises BadRequest naming every
    wrong field.
    """
    kind = SETS[owner]
    if not isinstance(body, dict):
        raise BadRequest("sta.body", set=owner, fields="{…}")
    told = {name: value for name, value in body.items() if not _control(name)}
    wrong = [name for name in told if name not in kind.properties and name not in kind.relations]
    values, links = _values(kind, told, wrong), _links(kind, told, wrong)
    if not partial:
        wrong += _missing(kind, values, links, linked)
    if wrong:
        raise BadRequest("sta.body", set=owner, fields=", ".join(dict.fromkeys(wrong))[:300])
    return Given(values, links)


def _control(name: str) -> bool:
    return name == "id" or "@iot." in name


def _missing(kind: EntitySet, values: Mapping[str, Any], links: Mapping[str, Any], linked: bool) -> list[str]:
    lacking = [name for name, known in kind.properties.items() if known.required and name not in values]
    if not linked:
        return lacking
    return lacking + [
        name for name, known in kind.relations.items() if known.required and not links.get(name)
    ]


def _values(kind: EntitySet, told: Mapping[str, Any], wrong: list[str]) -> dict[str, Any]:
    found = {}
    for name, known in kind.properties.items():
        if name not in told:
            continue
        try:
            found[name] = _value(known, told[name], told)
        except (ValueError, TypeError, OverflowError):
            wrong.append(name)
    return found


def _value(known: Property, value: Any, told: Mapping[str, Any]) -> Any:
    """Raises ValueError or TypeError for what does not fit."""
    if value is None and not known.required:
        return None
    if known.type == "geo":
        return _geo(value, str(told.get("encodingType", "geo")))
    return _TAKEN[known.type](value)


def _geo(value: Any, encoding: str) -> Any:
    """GeoJSON, where the encoding does not say otherwise."""
    if geometry(value) is None and ("geo" in encoding.lower() or not isinstance(value, dict | str)):
        raise ValueError("not GeoJSON")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _unit(value: Any) -> dict[str, Any]:
    found = _object(value)
    if set(found) - {"name", "symbol", "definition"} or not all(
        part is None or isinstance(part, str) for part in found.values()
    ):
        raise ValueError("not a unit")
    return found


def _interval(value: Any) -> Any:
    found = span(_text(value))
    if found.end is None:
        raise ValueError("not an interval")
    return found


_TAKEN: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "any": lambda value: value,
    "object": _object,
    "unit": _unit,
    "instant": lambda value: moment(_text(value)),
    "time": lambda value: span(_text(value)),
    "interval": _interval,
}


def _links(kind: EntitySet, told: Mapping[str, Any], wrong: list[str]) -> dict[str, tuple[Link, ...]]:
    found = {}
    for name, known in kind.relations.items():
        if name not in told:
            continue
        try:
            found[name] = _related(known, told[name])
        except (ValueError, TypeError):
            wrong.append(name)
    return found


def _related(known: Relation, value: Any) -> tuple[Link, ...]:
    several = value if known.many else [value]
    if not isinstance(several, list):
        raise TypeError("not a list")
    return tuple(_link(one) for one in several)


def _link(value: Any) -> Link:
    body = _object(value)
    if "@iot.id" not in body:
        return Link(None, body)
    ident = body["@iot.id"]
    if isinstance(ident, bool) or not isinstance(ident, int | str):
        raise TypeError("not an id")
    return Link(str(ident), {})

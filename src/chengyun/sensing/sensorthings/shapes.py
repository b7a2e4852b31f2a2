"""Geometry of $filter, by shapely, in degrees as the OGC's tests have it.

PostgreSQL knows no geometry here: the shapes that the reader may see are read, shapely decides, and the ids that are
left stand in the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry as Shape

from chengyun.kernel.errors import BadRequest
from chengyun.sensing.sensorthings.grammar import Call, Literal, Node, Path
from chengyun.sensing.sensorthings.values import OPERATORS

Test = Callable[[Shape], bool]
TRUTHS: Mapping[str, Callable[[Shape, Shape], bool]] = {
    "geo.intersects": shapely.intersects,
    "st_intersects": shapely.intersects,
    "st_within": shapely.within,
    "st_contains": shapely.contains,
    "st_crosses": shapely.crosses,
    "st_disjoint": shapely.disjoint,
    "st_equals": shapely.equals,
    "st_overlaps": lambda one, other: bool(shapely.overlaps(one, other)),
    "st_touches": shapely.touches,
}
RELATE, DISTANCE, LENGTH = "st_relate", "geo.distance", "geo.length"
NAMES = frozenset({*TRUTHS, RELATE, DISTANCE, LENGTH})


def about_shape(node: Node) -> bool:
    """Whether a node is a geometric test: a function of geometry, perhaps compared with a number."""
    if not isinstance(node, Call):
        return False
    return node.name in NAMES or (node.name in OPERATORS and any(map(about_shape, node.args)))


def length(found: Shape) -> float:
    """Of lines; neither points nor areas have one."""
    return float(found.length) if "Line" in found.geom_type else 0.0


def test_of(node: Node) -> tuple[Path, Test]:
    """Which geometry a node is about, and its test. Raises BadRequest for what cannot be decided."""
    if not isinstance(node, Call):
        raise BadRequest("sta.types", op="geo")
    if node.name in OPERATORS:
        return _compared(node)
    if node.name == RELATE and len(node.args) == 3 and isinstance(node.args[2], Literal):
        pattern = str(node.args[2].value)
        return _between(node, lambda one, other: bool(shapely.relate_pattern(one, other, pattern)))
    if node.name in TRUTHS and len(node.args) == 2:
        return _between(node, TRUTHS[node.name])
    raise BadRequest("sta.function", name=node.name)


def _between(node: Call, truth: Callable[[Shape, Shape], Any]) -> tuple[Path, Test]:
    """One argument is a property, the other a constant, in either order."""
    match node.args[0], node.args[1]:
        case Path() as path, Literal(value=Shape() as fixed):
            return path, lambda found: truth(found, fixed)
        case Literal(value=Shape() as fixed), Path() as path:
            return path, lambda found: truth(fixed, found)
    raise BadRequest("sta.function", name=node.name)


def _compared(node: Call) -> tuple[Path, Test]:
    test = OPERATORS[node.name]
    match node.args:
        case Call() as inner, Literal(value=bool() as wanted) if node.name in ("eq", "ne"):
            path, truth = test_of(inner)
            return path, lambda found: test(bool(truth(found)), wanted)
        case Call() as measure, Literal(value=int() | float() as fixed):
            path, number = _measure(measure)
            return path, lambda found: test(number(found), fixed)
        case Literal(value=int() | float() as fixed), Call() as measure:
            path, number = _measure(measure)
            return path, lambda found: test(fixed, number(found))
    raise BadRequest("sta.types", op=node.name)


def _measure(node: Call) -> tuple[Path, Callable[[Shape], float]]:
    match node.name, node.args:
        case "geo.length", (Path() as path,):
            return path, length
        case "geo.distance", _ if len(node.args) == 2:
            path, distance = _between(node, shapely.distance)
            return path, lambda found: float(distance(found))
    raise BadRequest("sta.function", name=node.name)


def geometry(told: object) -> Shape | None:
    """The geometry of GeoJSON (a feature's, too); None for what is none."""
    if isinstance(told, dict) and told.get("type") == "Feature":
        told = told.get("geometry")
    if not isinstance(told, dict):
        return None
    try:
        found: Shape = shape(told)
    except (GEOSException, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None
    return None if found.is_empty else found


def matching(test: Test, rows: Iterable[tuple[Any, object]]) -> list[Any]:
    """Ids of rows (id, GeoJSON) that pass. Raises BadRequest for a test that cannot be made (a wrong pattern)."""
    found: list[Any] = []
    try:
        for key, told in rows:
            known = geometry(told)
            if known is not None and test(known):
                found.append(key)
    except (GEOSException, ValueError) as error:
        raise BadRequest("sta.types", op="geo") from error
    return found

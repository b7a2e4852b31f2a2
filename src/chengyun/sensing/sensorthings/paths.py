"""Resource paths: which set, which entity, which relation, which part of a property."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chengyun.kernel.errors import NotFound
from chengyun.sensing.sensorthings.expressions import path_of
from chengyun.sensing.sensorthings.grammar import Resource, Step
from chengyun.sensing.sensorthings.model import SETS, EntitySet, relation_named

_PART = re.compile(r"(?P<name>\w+)\((?P<id>\d+|'(?:[^']|'')*')\)")
TAILS = ("$ref", "$value")
LONGEST = 12


def parse_path(text: str) -> Resource:
    """Raises NotFound for what leads nowhere by the model alone."""
    parts = text.strip("/").split("/")
    if len(parts) > LONGEST:
        raise NotFound("sta.no_path", path=text[:200])
    tail = parts.pop() if parts[-1] in TAILS else ""
    steps: list[Step] = []
    owner: EntitySet | None = None
    while parts and (step := _step(parts[0], owner)) is not None:
        steps.append(step)
        owner = SETS[target_of(step.name, owner)]
        parts.pop(0)
    resource = Resource(tuple(steps), _within(parts, text), tail)
    if owner is None or not _leads(resource, owner):
        raise NotFound("sta.no_path", path=text[:200])
    return resource


def target_of(name: str, owner: EntitySet | None) -> str:
    """The set that a step from `owner` leads to."""
    return name if owner is None else owner.relations[name].target


def _step(part: str, owner: EntitySet | None) -> Step | None:
    found = _PART.fullmatch(part)
    name = found["name"] if found else part
    if owner is None:
        known = name if name in SETS else None
    else:
        relation = relation_named(owner, name) if name in owner.relations else None
        known = relation[0] if relation and (relation[1].many or not found) else None
    if known is None:
        return None
    return Step(known, found["id"].strip("'").replace("''", "'") if found else None)


def _within(parts: Sequence[str], text: str) -> tuple[str | int, ...]:
    if not parts:
        return ()
    if any(re.fullmatch(r"[\w.:\-]+(\[\d+\])*", part) is None for part in parts):
        raise NotFound("sta.no_path", path=text[:200])
    return path_of("/".join(parts)).parts


def _leads(resource: Resource, owner: EntitySet) -> bool:
    """Whether the end of a path fits what it stands on."""
    single = one_entity(resource)
    if resource.within:
        return single and resource.within[0] in owner.properties and resource.tail != "$ref"
    return resource.tail != "$value"


def one_entity(resource: Resource) -> bool:
    """Whether the steps lead to one entity rather than to several."""
    *_, last = resource.steps
    if last.id is not None:
        return True
    if len(resource.steps) == 1:
        return False
    owner = SETS[resource.steps[0].name]
    for step in resource.steps[1:-1]:
        owner = SETS[owner.relations[step.name].target]
    return not owner.relations[last.name].many

"""From a request to an answer, without HTTP: what is found, made, changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chengyun.kernel.errors import BadRequest, NotFound
from chengyun.sensing.sensorthings import messages, shaping  # noqa: F401  register texts
from chengyun.sensing.sensorthings.arrays import create_observations
from chengyun.sensing.sensorthings.changing import change
from chengyun.sensing.sensorthings.creating import Creator
from chengyun.sensing.sensorthings.grammar import Options, Resource, Step
from chengyun.sensing.sensorthings.model import SETS
from chengyun.sensing.sensorthings.paths import one_entity, parse_path
from chengyun.sensing.sensorthings.reading import Found, Reader
from chengyun.sensing.sensorthings.removing import remove

SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE = tuple(
    f"{SPEC}/{name}"
    for name in (
        "datamodel",
        "resource-path/resource-path-to-entities",
        "request-data",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity",
        "create-update-delete/update-entity-put",
        "create-update-delete/delete-entity",
        "data-array/data-array",
    )
)
MANY = "CreateObservations"


@dataclass(frozen=True, slots=True)
class Raw:
    """The value of a property by itself."""

    value: Any


def root(base: str) -> dict[str, Any]:
    """The service root."""
    links = [{"name": name, "url": f"{base}/{name}"} for name in SETS]
    return {"value": links, "serverSettings": {"conformance": list(CONFORMANCE)}}


def get(reader: Reader, path: str, options: Options) -> tuple[Any, bool]:
    """What a path leads to, and whether there is more of it. Raises NotFound, BadRequest."""
    reader.tx.actor.require("thing.read")
    resource = parse_path(path)
    _check(resource, options)
    found = reader.resource(resource, options)
    if resource.within:
        return _property(resource, found), False
    if resource.tail == "$ref":
        links = [
            {"@iot.selfLink": shaping.self_link(reader.base, found.page.owner, row)}
            for row in found.page.rows
        ]
        return (links[0] if found.single else _listed(found, links)), found.page.more
    if options.array:
        return _listed(found, shaping.arrays(reader.base, found.page.rows, options.select)), found.page.more
    entities = reader.entities(found.page, options)
    return (entities[0] if found.single else _listed(found, entities)), found.page.more


def _listed(found: Found, value: list[dict[str, Any]]) -> dict[str, Any]:
    count = {} if found.page.total is None else {"@iot.count": found.page.total}
    return {**count, "value": value}


def _check(resource: Resource, options: Options) -> None:
    """Raises BadRequest for options that mean nothing here."""
    single = one_entity(resource)
    listing = options.filter or options.orderby or options.top is not None or options.skip or options.count
    if single and (listing or options.array):
        raise BadRequest(
            "sta.query", option="$filter, $orderby, $top, $skip, $count", why=resource.steps[-1].name
        )
    if options.array and _last(resource) != "Observations":
        raise BadRequest("sta.query", option="$resultFormat", why="Observations")


def _last(resource: Resource) -> str:
    """The set that a path leads to."""
    first, *rest = resource.steps
    owner = first.name
    for step in rest:
        owner = SETS[owner].relations[step.name].target
    return owner


def _property(resource: Resource, found: Found) -> Any:
    """{name: value}, or the value alone; None for one that is empty. Raises NotFound for a place within JSON that is not."""
    row, (name, *rest) = found.page.rows[0], resource.within
    known = SETS[found.page.owner].properties[str(name)]
    value = shaping.property_of(known, str(name), row)
    for part in rest:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            raise NotFound("sta.no_path", path="/".join(map(str, resource.within))) from None
    if value is None:
        return None
    return Raw(value) if resource.tail == "$value" else {_label(resource.within): value}


def _label(within: tuple[str | int, ...]) -> str:
    """What the last part of a path is called: "list[1]"."""
    place = max(index for index, part in enumerate(within) if isinstance(part, str))
    return str(within[place]) + "".join(f"[{index}]" for index in within[place + 1 :])


def writer_of(reader: Reader) -> Creator:
    return Creator(reader, change)


def create(reader: Reader, path: str, body: object) -> Any:
    """A new entity, or the links of several (CreateObservations)."""
    if path.strip("/") == MANY:
        return create_observations(writer_of(reader), body)
    resource = parse_path(path)
    if resource.tail or resource.within or one_entity(resource):
        raise NotFound("sta.no_path", path=path[:200])
    owner = _last(resource)
    made = writer_of(reader).create(owner, _with_parent(reader, resource, body))
    return one(reader, owner, made)


def _with_parent(reader: Reader, resource: Resource, body: object) -> object:
    """A body that names the entity whose collection it is sent to."""
    *before, last = resource.steps
    if not before or not isinstance(body, dict):
        return body
    found = reader.resource(Resource(tuple(before)), Options())
    if not found.single:
        raise NotFound("sta.no_path", path=last.name)
    inverse = SETS[found.page.owner].relations[last.name].inverse
    link: Mapping[str, Any] = {"@iot.id": found.page.rows[0]["id"]}
    many = SETS[_last(resource)].relations[inverse].many
    return {**body, inverse: [link] if many else link}


def one(reader: Reader, owner: str, ident: int | str) -> dict[str, Any]:
    """An entity as it is after it was written."""
    found = reader.resource(Resource((Step(owner, str(ident)),)), Options())
    return reader.entities(found.page, Options())[0]


def update(reader: Reader, path: str, body: object, *, whole: bool) -> dict[str, Any]:
    """PATCH, or PUT (`whole`)."""
    owner, ident = _target(reader, path)
    change(writer_of(reader), owner, ident, body, whole=whole)
    return one(reader, owner, ident)


def delete(reader: Reader, path: str) -> None:
    owner, ident = _target(reader, path)
    remove(writer_of(reader), owner, ident)


def _target(reader: Reader, path: str) -> tuple[str, str]:
    """The one entity that a path names. Raises NotFound."""
    resource = parse_path(path)
    if resource.tail or resource.within or not one_entity(resource):
        raise NotFound("sta.no_path", path=path[:200])
    found = reader.resource(resource, Options())
    return found.page.owner, str(found.page.rows[0]["id"])

"""HTTP of SensorThings 1.1. Paths are the standard's own, so that one route takes them all.

Failures are problems as everywhere; only that wrong input is 400 here, as the standard has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Request, Response

from chengyun.identity.routing import Caller, Configured, Db
from chengyun.kernel.errors import BadRequest
from chengyun.kernel.fields import storable
from chengyun.sensing.sensorthings import serving
from chengyun.sensing.sensorthings.bodies import decoded
from chengyun.sensing.sensorthings.options import parse_options
from chengyun.sensing.sensorthings.reading import Reader

PREFIX = "/api/sta/v1.1"
SLOWEST = "SET LOCAL statement_timeout = '15s'"
FREE: dict[str, Any] = {"application/json": {"schema": {}}}
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
WRONG: dict[int | str, Any] = {
    400: {"description": "A path, option or body that cannot be read", "content": PROBLEM}
}
FOUND: dict[int | str, Any] = {
    200: {"description": "Found", "content": {**FREE, "text/plain": {"schema": {"type": "string"}}}},
    204: {"description": "The property is empty"},
    **WRONG,
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}}

router = APIRouter(prefix=PREFIX, tags=["sensorthings"])
Where = Annotated[str, Path(description="as the standard has it: Things(1)/Datastreams", max_length=2000)]


async def body(request: Request) -> Any:
    """The body as JSON. Raises BadRequest."""
    return decoded(await request.body())


Told = Annotated[Any, Depends(body)]


class Asking:
    """One request: who asks, and how addresses begin."""

    def __init__(self, request: Request, caller: Caller, db: Db, settings: Configured) -> None:
        self.request, self.caller, self.db = request, caller, db
        self.base = (settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")) + PREFIX

    @contextmanager
    def begin(self) -> Iterator[Reader]:
        """A transaction. Raises BadRequest for values that PostgreSQL cannot work with."""
        try:
            with self.db.begin(self.caller) as tx:
                tx.execute(sa.text(SLOWEST))
                yield Reader(tx, self.base)
        except sa.exc.DataError as error:
            raise BadRequest("sta.types", op="$filter") from error


Asked = Annotated[Asking, Depends()]


@router.get("", responses=WRONG)
def read_root(asked: Asked) -> dict[str, Any]:
    """The entity sets, and what of the standard is kept."""
    asked.caller.require("thing.read")
    return serving.root(asked.base)


@router.get("/{path:path}", responses=FOUND)
def read(asked: Asked, path: Where) -> Response:
    """An entity, a set, a property; $filter $expand $select $orderby $top $skip $count $resultFormat."""
    if not path.strip("/"):
        return answer(read_root(asked))
    query = asked.request.url.query
    pairs = parse_qsl(query, keep_blank_values=True)
    checked(path, *(part for pair in pairs for part in pair))
    options = parse_options(pairs)
    with asked.begin() as reader:
        found, more = serving.get(reader, path, options)
    if more:
        shown = len(found["value"]) if not options.array else sum(len(g["dataArray"]) for g in found["value"])
        found["@iot.nextLink"] = next_link(asked.base, path, pairs, options.skip + shown)
    return answer(found)


@router.post("/{path:path}", status_code=201, openapi_extra=BODY, responses=WRONG)
def create(asked: Asked, path: Where, told: Told) -> Response:
    """A new entity, with those that belong to it; or CreateObservations."""
    checked(path)
    with asked.begin() as reader:
        made = serving.create(reader, path, told)
    response = answer(made, 201)
    if isinstance(made, dict):
        response.headers["Location"] = made["@iot.selfLink"]
    return response


@router.patch("/{path:path}", openapi_extra=BODY, responses=WRONG)
def change(asked: Asked, path: Where, told: Told) -> Response:
    """Some properties of an entity, and its relations by id."""
    checked(path)
    with asked.begin() as reader:
        return answer(serving.update(reader, path, told, whole=False))


@router.put("/{path:path}", openapi_extra=BODY, responses=WRONG)
def replace(asked: Asked, path: Where, told: Told) -> Response:
    """All properties of an entity."""
    checked(path)
    with asked.begin() as reader:
        return answer(serving.update(reader, path, told, whole=True))


@router.delete("/{path:path}", responses=WRONG)
def remove(asked: Asked, path: Where) -> Response:
    """An entity, with those that cannot be without it."""
    checked(path)
    with asked.begin() as reader:
        serving.delete(reader, path)
    return Response(status_code=200)


def answer(found: Any, status: int = 200) -> Response:
    """JSON; a property's value by itself as a text, unless it is structured; nothing for one that is empty."""
    if found is None:
        return Response(status_code=204)
    if isinstance(found, serving.Raw):
        if not isinstance(found.value, dict | list):
            text = found.value if isinstance(found.value, str) else json.dumps(found.value)
            return Response(text, status, media_type="text/plain; charset=utf-8")
        found = found.value
    return Response(json.dumps(found, ensure_ascii=False), status, media_type="application/json")


def checked(*texts: str) -> None:
    """Raises BadRequest for what PostgreSQL cannot hold."""
    try:
        for text in texts:
            storable(text)
    except ValueError as error:
        raise BadRequest("http.400") from error


def next_link(base: str, path: str, pairs: list[tuple[str, str]], skip: int) -> str:
    """The address of the page that follows."""
    rest = [(name, value) for name, value in pairs if name != "$skip"]
    query = urlencode([*rest, ("$skip", str(skip))], quote_via=quote, safe="$(),/;'@=")
    return f"{base}/{quote(path.strip('/'), safe='/()')}?{query}"

"""How Open311 answers: the format is the suffix of the path, errors are GeoReport's own, keys are API tokens.

A browser's session counts for nothing here, so that no other site can report with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from chengyun.exchange.open311 import shapes
from chengyun.exchange.open311.reading import Reading
from chengyun.identity.routing import Configured, Db, language_of
from chengyun.identity.service import actor_for_token, anonymous
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import (
    AppError,
    BadRequest,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
)
from chengyun.kernel.transactions import Database

MEDIA = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
LONGEST_BODY = 256 * 1024
FORM = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Names:
    """What an answer is called in XML."""

    root: str
    item: str


SERVICES = Names("services", "service")
DEFINITION = Names("service_definition", "")
REQUESTS = Names("service_requests", "request")
UPDATES = Names("service_request_updates", "request_update")
ERRORS = Names("errors", "error")


def answer(request: Request, content: Any, names: Names, status: int = 200) -> Response:
    """Content in the format of the path; a path with another suffix is answered in JSON (an error, then)."""
    wanted = format_of(request)
    body = shapes.as_xml(content, names.root, names.item) if wanted == "xml" else shapes.as_json(content)
    return Response(body, status, media_type=MEDIA[wanted])


def format_of(request: Request) -> str:
    return "xml" if request.url.path.endswith(".xml") else "json"


class GeoReportRoute(APIRoute):
    """A route whose failures are GeoReport's list of errors, in the format that was asked for."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        plain = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                if request.path_params.get("suffix", "json") not in MEDIA:
                    raise NotFound("open311.format")
                return await plain(request)
            except AppError as error:
                return failure(request, error)
            except RequestValidationError as error:
                return failure(request, Invalid([_field(one["loc"]) for one in error.errors()]))
            except HTTPException:
                return failure(request, BadRequest("http.400"))

        return handler


def _field(place: tuple[Any, ...]) -> FieldError:
    return FieldError(".".join(str(part) for part in place[1:]), "field.invalid")


def failure(request: Request, error: AppError) -> Response:
    """An expected failure as GeoReport tells it."""
    status, told = shapes.errors_of(error, language_of(request))
    response = answer(request, told, ERRORS, status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(error.params.get("retry_after", 5))
    return response


async def given(request: Request) -> dict[str, Any]:
    """The arguments of a POST: a form, or the same as a JSON object. Raises Invalid, BadRequest."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _object(await body_of(request, LONGEST_BODY))
    if kind in FORM or not kind:
        form = await request.form(max_files=0, max_part_size=LONGEST_BODY)
        return {name: value for name, value in form.items() if isinstance(value, str)}
    raise BadRequest("http.415")


async def body_of(request: Request, longest: int) -> bytes:
    """The body, as far as it is no longer than it may be. Raises Invalid."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise Invalid([FieldError("body", "field.too_large")])
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid([FieldError("body", "field.not_json")]) from error
    if not isinstance(found, dict):
        raise Invalid([FieldError("body", "field.not_json")])
    return found


Given = Annotated[dict[str, Any], Depends(given)]


def reader(request: Request, db: Database, key: str | None, base: str) -> Reading:
    """Who asks: by api_key, else by a bearer token, else nobody. Raises Forbidden for a key that does not count."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    secret = key or (bearer.strip() if scheme.lower() == "bearer" else "")
    return Reading(db, _actor(db, secret, language_of(request)), base)


def _actor(db: Database, secret: str, language: str) -> Actor:
    if not secret:
        return anonymous(language)
    try:
        known = actor_for_token(db, secret)
    except Unauthenticated:
        raise Forbidden("open311.key") from None
    return Actor(
        known.kind, known.id, known.name, known.permissions, known.scopes, home=known.home, language=language
    )


def asking(request: Request, db: Db, settings: Configured, api_key: str | None = None) -> Reading:
    """Who asks, with the key in the address as GeoReport has it."""
    return reader(request, db, api_key, base_of(request, settings.public_url))


def base_of(request: Request, public_url: str) -> str:
    """Where absolute links to this installation begin."""
    return public_url.rstrip("/") or str(request.base_url).rstrip("/")


Asking = Annotated[Reading, Depends(asking)]

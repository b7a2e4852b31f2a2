"""HTTP of Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2/); `updates` is our extension."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import AwareDatetime

from chengyun.exchange.open311 import reading, writing
from chengyun.exchange.open311.reading import Asked
from chengyun.exchange.open311.route import (
    DEFINITION,
    REQUESTS,
    SERVICES,
    UPDATES,
    Asking,
    GeoReportRoute,
    Given,
    answer,
    base_of,
    reader,
)
from chengyun.exchange.open311.schemas import documented
from chengyun.identity.routing import Configured, Db, From, Keys
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.fields import Text

router = APIRouter(prefix="/api/open311/v2", tags=["open311"], route_class=GeoReportRoute)
Suffix = Annotated[str, Path(pattern="^(json|xml)$", description="json or xml")]
Jurisdiction = Annotated[Text | None, Query(max_length=50, description="code of a city, district or town")]
Name = Annotated[Text, Path(max_length=100)]
Listed = Annotated[Text, Query(max_length=2000, description="several, separated by commas")]
Key = Annotated[Text | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]
STATUSES = ("open", "closed")


@router.get("/services.{suffix}", **documented("services"))
def services(
    request: Request, suffix: Suffix, asking: Asking, jurisdiction_id: Jurisdiction = None
) -> Response:
    """What can be reported: the categories of the rulebook in force."""
    return answer(request, reading.services(asking, jurisdiction_id), SERVICES)


@router.get("/services/{service_code}.{suffix}", **documented("definition"))
def definition(
    request: Request, service_code: Name, suffix: Suffix, asking: Asking, jurisdiction_id: Jurisdiction = None
) -> Response:
    """What a request of one service takes beside the usual."""
    return answer(request, reading.definition(asking, service_code, jurisdiction_id), DEFINITION)


@router.get("/requests.{suffix}", **documented("requests"))
def requests(
    request: Request,
    suffix: Suffix,
    asking: Asking,
    jurisdiction_id: Jurisdiction = None,
    service_request_id: Listed = "",
    service_code: Listed = "",
    status: Annotated[Text, Query(max_length=20, description="open, closed or both")] = "",
    start_date: AwareDatetime | None = None,
    end_date: AwareDatetime | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Service requests, the newest first; without dates those of the last 90 days."""
    statuses = split(status)
    if set(statuses) - set(STATUSES):
        raise Invalid([FieldError("status", "field.not_allowed")])
    asked = Asked(
        jurisdiction=jurisdiction_id,
        ids=split(service_request_id),
        codes=split(service_code),
        statuses=statuses,
        start=start_date,
        end=end_date,
        page=page,
        page_size=page_size,
    )
    return answer(request, reading.requests(asking, asked), REQUESTS)


@router.post("/requests.{suffix}", status_code=201, **documented("post_request"))
def report(
    request: Request,
    suffix: Suffix,
    told: Given,
    db: Db,
    settings: Configured,
    origin: From,
    keys: Keys,
    key: Key = None,
) -> Response:
    """Report something, as a form or as JSON. A retry with the same Idempotency-Key is answered with the first answer."""
    asking = reader(request, db, key_of(request, told), base_of(request, settings.public_url))
    source = keys.digest("report source", origin.address)
    made = writing.report(asking, writing.read(told), key, source, keys)
    return answer(request, made, REQUESTS, 201)


@router.get("/requests/{service_request_id}.{suffix}", **documented("requests"))
def one_request(
    request: Request,
    service_request_id: Name,
    suffix: Suffix,
    asking: Asking,
    jurisdiction_id: Jurisdiction = None,
) -> Response:
    """One service request, by its id or by the token that its reporter was given."""
    return answer(request, reading.request(asking, service_request_id, jurisdiction_id), REQUESTS)


@router.get("/tokens/{token_id}.{suffix}", **documented("tokens"))
def token(
    request: Request, token_id: Name, suffix: Suffix, asking: Asking, jurisdiction_id: Jurisdiction = None
) -> Response:
    """The service_request_id behind a token."""
    return answer(request, reading.token(asking, token_id, jurisdiction_id), REQUESTS)


@router.get("/requests/{service_request_id}/updates.{suffix}", **documented("updates"))
def updates(
    request: Request,
    service_request_id: Name,
    suffix: Suffix,
    asking: Asking,
    jurisdiction_id: Jurisdiction = None,
) -> Response:
    """Extension: what happened to a request, step by step."""
    return answer(request, reading.updates(asking, service_request_id, jurisdiction_id), UPDATES)


@router.post("/requests/{service_request_id}/updates.{suffix}", status_code=201, **documented("post_update"))
def add_update(
    request: Request, service_request_id: Name, suffix: Suffix, told: Given, db: Db, settings: Configured
) -> Response:
    """Extension: add a comment, or reopen a closed request (status=open) that one has reported."""
    asking = reader(request, db, key_of(request, told), base_of(request, settings.public_url))
    update = writing.validated(writing.UpdateIn, told)
    jurisdiction = jurisdiction_of(told)
    return answer(request, writing.update(asking, service_request_id, jurisdiction, update), UPDATES, 201)


def key_of(request: Request, told: dict[str, Any]) -> str | None:
    """The api_key of a form; GeoReport's own examples also have it in the address."""
    found = told.get("api_key") or request.query_params.get("api_key")
    return found if isinstance(found, str) else None


def jurisdiction_of(told: dict[str, Any]) -> str | None:
    found = told.get("jurisdiction_id")
    return found if isinstance(found, str) else None


def split(listed: str) -> tuple[str, ...]:
    """The parts of a comma list."""
    return tuple(part.strip() for part in listed.split(",") if part.strip())

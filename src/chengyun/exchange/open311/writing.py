"""Reports, comments and reopenings that come in by Open311: through the same door as all others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from chengyun.exchange.open311 import shapes
from chengyun.exchange.open311.reading import Reading, category_of, is_link, opened, region_of
from chengyun.identity.vault import Vault, new_secret
from chengyun.incidents import service as incidents
from chengyun.incidents.service import Move, Outward, ReportBody, ReporterIn
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import FieldError, Forbidden, Invalid
from chengyun.kernel.fields import storable
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

Short = Annotated[str, Field(max_length=200), AfterValidator(storable)]
Words = Annotated[str, Field(max_length=4000), AfterValidator(storable)]
LONGEST_TEXT = 4000
M = TypeVar("M", bound=BaseModel)


class RequestIn(BaseModel):
    """A service request as GeoReport v2 sends it. What we have no use for (email, device_id, account_id) is read
    and not kept: personal data without a purpose."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    service_code: Short
    jurisdiction_id: Short | None = None
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    long: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    address_string: Short | None = None
    description: Words = ""
    first_name: Short = ""
    last_name: Short = ""
    phone: Annotated[str, Field(pattern=r"^(\+?[0-9 \-]{5,20})?$")] = ""
    media_url: HttpUrl | None = None
    attribute: dict[str, Short] = Field(default_factory=dict)


class UpdateIn(BaseModel):
    """A comment, or with status=open the wish to have it reopened. Our extension."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    description: Annotated[str, Field(min_length=2, max_length=1000), AfterValidator(storable)]
    status: Literal["open", "closed"] | None = None


class _Moment(BaseModel):
    at: AwareDatetime


def read(given: Mapping[str, Any]) -> RequestIn:
    """The arguments of a request. Raises Invalid naming every one that cannot be used."""
    flat = {name: value for name, value in given.items() if not name.startswith("attribute[")}
    held = flat.pop("attribute", None)
    attributes = dict(held) if isinstance(held, dict) else {}
    for name, value in given.items():
        if name.startswith("attribute[") and name.endswith("]"):
            attributes[name[10:-1]] = value
    empty = {name for name, value in flat.items() if value == ""}
    kept = {name: value for name, value in flat.items() if name not in empty}
    return validated(RequestIn, {**kept, "attribute": attributes})


def validated(model: type[M], given: Mapping[str, Any]) -> M:
    """Raises Invalid with one field per fault."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = [
            (".".join(map(str, one["loc"])), "field.missing" if one["type"] == "missing" else "field.invalid")
            for one in error.errors()
        ]
        raise Invalid([FieldError(path, code) for path, code in found]) from error


def report(
    reading: Reading, told: RequestIn, key: str | None, source: bytes, vault: Vault
) -> list[dict[str, Any]]:
    """Take a request in, once per `key`. The number for a key that may read it, else a token to follow it by."""
    reading.actor.require("incident.report")
    with reading.db.begin(reading.actor) as tx:
        region_of(tx, told.jurisdiction_id)
        body = _body(tx, told, reading.actor)
    sent = incidents.Sent(body, key or new_secret("open311-"), source, vault)
    receipt = incidents.report_once(reading.db, reading.actor, sent)
    answer: dict[str, Any] = {"service_notice": receipt.promise, "account_id": None}
    # GeoReport: the id is not returned where a token is.
    if reading.actor.may("incident.read"):
        return [{"service_request_id": receipt.number, **answer}]
    return [{"token": receipt.tracking, **answer}]


def _body(tx: Tx, told: RequestIn, actor: Actor) -> ReportBody:
    category = category_of(tx, told.service_code)
    lon, lat = _position(tx, told)
    occurred, hidden = _attributes(told.attribute)
    title = category.name_zh if category else shapes.words("services", "zh")
    parts = [told.description or title, f"附图：{told.media_url}" if told.media_url else ""]
    name = f"{told.last_name}{told.first_name}".strip()
    return ReportBody(
        text="\n".join(part for part in parts if part)[:LONGEST_TEXT],
        lon=lon,
        lat=lat,
        category=category.code if category else None,
        address=told.address_string or "",
        channel="api" if actor.kind == "token" else None,
        occurred_at=occurred,
        reporter=ReporterIn(name=name or None, phone=told.phone or None, hidden=hidden),
    )


def _position(tx: Tx, told: RequestIn) -> tuple[float, float]:
    """The point that is given, or the one place that the address names. Raises Invalid."""
    if told.lat is not None and told.long is not None:
        return told.long, told.lat
    if not told.address_string:
        raise Invalid([FieldError("lat", "open311.position"), FieldError("long", "open311.position")])
    places = territory.search(tx, told.address_string, limit=2)
    if len(places) != 1:
        wrong = FieldError("address_string", "open311.address_unclear", {"address": told.address_string})
        raise Invalid([wrong])
    return places[0].lon, places[0].lat


def _attributes(given: Mapping[str, str]) -> tuple[datetime | None, bool]:
    """When it was seen, and whether the reporter stays hidden. Raises Invalid for what the service does not take."""
    wrong = [
        FieldError(f"attribute[{code}]", "open311.attribute", {"code": code})
        for code in given
        if code not in (shapes.OCCURRED, shapes.HIDDEN)
    ]
    occurred = None
    if given.get(shapes.OCCURRED):
        try:
            occurred = _Moment(at=given[shapes.OCCURRED]).at  # type: ignore[arg-type]
        except ValidationError:
            wrong.append(FieldError(f"attribute[{shapes.OCCURRED}]", "field.not_a_time"))
    if given.get(shapes.HIDDEN, "no") not in ("yes", "no"):
        wrong.append(FieldError(f"attribute[{shapes.HIDDEN}]", "field.not_allowed"))
    if wrong:
        raise Invalid(wrong)
    return occurred, given.get(shapes.HIDDEN) == "yes"


def update(reading: Reading, name: str, jurisdiction: str | None, told: UpdateIn) -> list[dict[str, Any]]:
    """Add a comment, or reopen; the update that it became. Raises NotFound, Forbidden, Conflict."""
    if told.status == "closed":
        raise Invalid([FieldError("status", "open311.update_status")])
    with opened(reading, name, jurisdiction) as (tx, found):
        reopen = told.status == "open" and not found.open
        if is_link(name) and reopen:
            incidents.reopen_by_link(tx, name, told.description)
            return [_latest(reading, tx, found, "reopen")]
        if is_link(name) or reading.actor.kind != "token":
            raise Forbidden("open311.update_who")
        if not reopen:
            incidents.move(tx, found.id, [Move("note", {"note": told.description})])
            return [_latest(reading, tx, found, "note")]
    return [_reopened(reading, found, told.description)]


def _reopened(reading: Reading, found: Outward, reason: str) -> dict[str, Any]:
    """By the system whose key it was reported with, which acts as its reporter does."""
    actor = reading.actor
    with reading.db.begin(system_actor("tracking")) as tx:
        incidents.reopen_by_source(tx, found.id, actor.id or 0, actor.name, reason)
        return _latest(reading, tx, found, "reopen")


def _latest(reading: Reading, tx: Tx, found: Outward, move: str) -> dict[str, Any]:
    made = [step for step in incidents.outward_steps(tx, found.id) if step.move == move][-1]
    return shapes.update_of(reading.actor, found.number, made)

"""Request bodies and query parameters of incidents: every wrong field is reported at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chengyun.incidents.contracts import Channel, Lamp, Level, State
from chengyun.incidents.inputs import Move, Reporter, ReportIn
from chengyun.incidents.reading.filters import Filters
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.fields import Id, storable
from chengyun.territory.service import Datum, to_wgs84

Short = Annotated[str, Field(max_length=200), AfterValidator(storable)]
Long = Annotated[str, Field(max_length=4000), AfterValidator(storable)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


PROJECTED = 1_000  # no mistyped degree is so large, and no city so near the origin of its projection


def degrees(value: float) -> float:
    """A number that can be degrees at all; one far beyond is of a projected system and must not be guessed at."""
    if abs(value) > PROJECTED:
        raise PydanticCustomError("projected", "metres")
    if abs(value) > 180:
        raise PydanticCustomError("less_than_equal" if value > 0 else "greater_than_equal", "not degrees")
    return value


# A report's position is looked at as a whole: longitude and latitude that were exchanged have a message of their own.
Told = Annotated[
    float,
    Field(allow_inf_nan=False, json_schema_extra={"minimum": -180, "maximum": 180}),
    AfterValidator(degrees),
]


class Body(BaseModel):
    """Unknown fields are an error: a misspelt one must not be dropped silently."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ReporterIn(Body):
    """Who reported it, when they wish to be told."""

    name: Short | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 \-]{5,20}$")] | None = None
    hidden: bool = False


class ReportBody(Body):
    """One telling of an incident."""

    text: Annotated[str, Field(min_length=2, max_length=4000), AfterValidator(storable)]
    lon: Told
    lat: Told
    coordinates: Datum = "wgs84"
    title: Short | None = None
    category: Short | None = None
    level: Level | None = None
    address: Short = ""
    channel: Literal["resident", "hotline", "grid", "api"] | None = None
    occurred_at: AwareDatetime | None = None
    attachments: list[Id] = Field(default_factory=list, max_length=9)
    claims: list[Short] = Field(default_factory=list, max_length=9)
    reporter: ReporterIn | None = None
    positioned: Literal["gps", "map", "search", "operator"] | None = None
    simulated: bool = False
    follow: Annotated[str, Field(max_length=1000)] | None = None  # the ticket of an offer
    incident: Id | None = None  # for those on duty: one that they may read
    former: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{20,100}$")] | None = None

    def as_report(self, source_hash: bytes | None, incident: int | None = None) -> ReportIn:
        """As the service takes it."""
        told = self.reporter or ReporterIn()
        lon, lat = to_wgs84(self.lon, self.lat, self.coordinates)
        return ReportIn(
            text=self.text,
            lon=lon,
            lat=lat,
            title=self.title or None,
            category=self.category or None,
            level=self.level,
            address=self.address,
            channel=self.channel,
            occurred_at=self.occurred_at,
            attachments=tuple(self.attachments),
            claims=tuple(self.claims),
            reporter=Reporter(told.name or None, told.phone or None, told.hidden),
            positioned=self.positioned,
            source_hash=source_hash,
            simulated=self.simulated,
            incident=incident,
            former=self.former,
        )


class UnitsIn(Body):
    """Who leads, who assists and to whom it is assigned down."""

    lead: Id
    assist: list[Id] = Field(default_factory=list, max_length=20)
    assign_down: list[Id] = Field(default_factory=list, max_length=20)


class PlaceIn(Body):
    """Where the new incident of a split lies."""

    lon: Longitude
    lat: Latitude
    address: Short = ""


class MoveBody(Body):
    """One move of the plain table with what it needs."""

    move: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(storable)]
    reason: Long | None = None
    note: Long | None = None
    outcome: Long | None = None
    category: Short | None = None
    level: Level | None = None
    units: UnitsIn | None = None
    to_centre: Id | None = None
    until: AwareDatetime | None = None
    attachments: list[Id] = Field(default_factory=list, max_length=20)
    person: Id | None = None
    unit: Id | None = None
    order: Id | None = None
    into: Id | None = None
    reports: list[Id] = Field(default_factory=list, max_length=200)
    place: PlaceIn | None = None
    measures: dict[Short, float | Short] = Field(default_factory=dict, max_length=20)

    def as_move(self) -> Move:
        """As the service takes it: only what was given."""
        given = self.model_dump(exclude={"move"}, exclude_none=True)
        return Move(self.move, {name: value for name, value in given.items() if value not in ([], {}, "")})


class MovesBody(Body):
    moves: list[MoveBody] = Field(min_length=1, max_length=8)
    version: int | None = None


class BulkBody(Body):
    ids: list[Id] = Field(min_length=1, max_length=200)
    move: MoveBody


class PinBody(Body):
    on: bool


class SpamBody(Body):
    on: bool
    reason: Long = ""


class BlockBody(Body):
    reason: Annotated[str, Field(min_length=2, max_length=400), AfterValidator(storable)]
    until: AwareDatetime


class RatingBody(Body):
    stars: int = Field(ge=1, le=5)
    solved: bool
    comment: Long = ""


class UrgeBody(Body):
    note: Annotated[str, Field(max_length=400), AfterValidator(storable)] = ""


class ReopenBody(Body):
    reason: Annotated[str, Field(min_length=2, max_length=1000), AfterValidator(storable)]


class FilterQuery(BaseModel):
    """Filters as query parameters; lists are separated by commas."""

    state: Short = ""
    level: Short = ""
    channel: Short = ""
    lamp: Lamp | None = None
    region: Id | None = None
    centre: Id | None = None
    unit: Id | None = None
    category: Short | None = None
    q: Short | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    mine: bool = False
    alert: bool = False
    open: bool | None = None
    pinned: bool = False

    def filters(self) -> Filters:
        """As the service takes them. An unknown name in a list is Invalid."""
        return Filters(
            state=chosen(State, "state", self.state),
            level=chosen(Level, "level", self.level),
            channel=chosen(Channel, "channel", self.channel),
            lamp=self.lamp,
            region=self.region,
            centre=self.centre,
            unit=self.unit,
            category=self.category or None,
            q=self.q or None,
            since=self.since,
            until=self.until,
            mine=self.mine,
            alert=self.alert,
            open=self.open,
            pinned=self.pinned,
        )


E = TypeVar("E", bound=StrEnum)


def chosen(kind: type[E], name: str, listed: str) -> tuple[E, ...]:
    """The members named in a comma list; Invalid names the parameter that holds an unknown one."""
    try:
        return tuple(kind(item.strip()) for item in listed.split(",") if item.strip())
    except ValueError as error:
        raise Invalid([FieldError(name, "field.not_allowed")]) from error


Filtering = Annotated[FilterQuery, Query()]

"""HTTP of the registry: kinds, things, their datastreams and secrets, tables of things."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Query, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, Field, FiniteFloat

from chengyun.identity.routing import Db, Proven, SignedInCaller
from chengyun.kernel.errors import TooLarge
from chengyun.kernel.fields import Body, Id, Text
from chengyun.kernel.sheets import XLSX
from chengyun.sensing import service
from chengyun.sensing.contracts import Kind
from chengyun.sensing.registry import importing, reading, sheet
from chengyun.sensing.registry.contracts import (
    READ,
    WRITE,
    NewThing,
    StreamEdit,
    StreamSetting,
    ThingDetail,
    ThingEdit,
    ThingPage,
    ThingSecret,
    ThingsImported,
    Wanted,
)
from chengyun.sensing.registry.rules import ADDRESS_MAX, NAME_MAX, QUOTA_MAX, SENTINELS_MAX, UNIT_MAX
from chengyun.territory.datums import Datum, to_wgs84

router = APIRouter(prefix="/api/sensing", tags=["sensing"])
Number = Annotated[Id, Path()]
Quota = Annotated[int, Field(ge=1, le=QUOTA_MAX, description="readings per minute")]
Unit = Annotated[Text, Field(min_length=1, max_length=UNIT_MAX, description="UCUM, as the device sends")]
Sentinels = Annotated[
    list[FiniteFloat], Field(max_length=SENTINELS_MAX, description='values that mean "no value"')
]
Property = Annotated[Text, Field(max_length=500)]
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}}}}


class PlacedIn(Body):
    """What a thing is called and where it stands."""

    name: Text = Field(min_length=1, max_length=NAME_MAX)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    datum: Datum = "wgs84"
    owner: Id | None = Field(default=None, description="the unit that looks after it, and sees it")
    address: Text = Field(default="", max_length=ADDRESS_MAX)
    properties: dict[Annotated[Text, Field(max_length=60)], Property] = Field(
        default_factory=dict, max_length=50
    )

    def given(self) -> dict[str, Any]:
        """As the service takes it, in WGS-84."""
        lon, lat = to_wgs84(self.lon, self.lat, self.datum)
        return {
            **{name: getattr(self, name) for name in ("name", "owner", "address", "properties")},
            "lon": lon,
            "lat": lat,
        }


class SettingIn(Body):
    """How a datastream departs from its quantity."""

    quantity: Text = Field(min_length=1, max_length=40, description="the last part of the quantity's code")
    unit: Unit | None = None
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    sentinels: Sentinels | None = None
    interval_s: FiniteFloat | None = Field(default=None, gt=0)
    scale: FiniteFloat | None = Field(default=None, description="value = raw × scale + shift")
    shift: FiniteFloat | None = None
    calibrated_at: AwareDatetime | None = None

    def setting(self) -> StreamSetting:
        values = {one.name: getattr(self, one.name) for one in fields(StreamSetting)}
        return StreamSetting(
            **values | {"sentinels": None if self.sentinels is None else tuple(self.sentinels)}
        )


class ThingIn(PlacedIn):
    code: Text = Field(min_length=1, max_length=100, description="what the device calls itself")
    kind: Text = Field(min_length=1, max_length=80)
    quota: Quota | None = Field(default=None, description="null: by what its kind sends")
    streams: list[SettingIn] = Field(default_factory=list, max_length=50)


class ThingEditIn(PlacedIn):
    quota: Quota


class StreamIn(Body):
    unit: Unit
    low: FiniteFloat
    high: FiniteFloat
    sentinels: Sentinels = Field(default_factory=list)
    interval_s: FiniteFloat = Field(gt=0, description="seconds expected between two readings")
    scale: FiniteFloat = Field(default=1, description="value = raw × scale + shift")
    shift: FiniteFloat = 0
    calibrated_at: AwareDatetime | None = Field(
        default=None, description="null: now, where scale or shift change"
    )


class ActiveIn(Body):
    active: bool


class ThingChanged(BaseModel):
    """`change`: for undoing, 0: nothing differed."""

    change: int


class ThingMade(BaseModel):
    id: int


class WantedQuery(BaseModel):
    """Which things; left out: any."""

    kind: Text | None = Field(default=None, max_length=80)
    region: Id | None = None
    owner: Id | None = Field(default=None, description="a unit")
    active: bool | None = None
    q: Text = Field(default="", max_length=100, description="a part of code, name or address")

    def wanted(self) -> Wanted:
        """As the service takes it."""
        return Wanted(
            kind=self.kind or None, region=self.region, owner=self.owner, active=self.active, q=self.q
        )


Which = Annotated[WantedQuery, Depends()]


@router.get("/kinds")
def list_kinds(found: SignedInCaller, db: Db) -> list[Kind]:
    """Kinds of things with what they measure."""
    found.actor.require(READ)
    with db.begin(found.actor) as tx:
        return service.kinds(tx)


@router.get("/things")
def list_things(
    found: SignedInCaller, db: Db, which: Which, page: Annotated[int, Query(ge=0, le=100_000)] = 0
) -> ThingPage:
    """Things of one's jurisdiction by code."""
    with db.begin(found.actor) as tx:
        return service.things(tx, which.wanted(), page)


@router.post("/things", status_code=201)
def create_thing(body: ThingIn, found: Proven, db: Db) -> ThingMade:
    """Register a thing; it gets a datastream per quantity of its kind."""
    settings = tuple(one.setting() for one in body.streams)
    new = NewThing(code=body.code, kind=body.kind, quota=body.quota, streams=settings, **body.given())
    with db.begin(found.actor) as tx:
        return ThingMade(id=service.create(tx, new))


@router.get("/things/{thing_id}")
def read_thing(thing_id: Number, found: SignedInCaller, db: Db) -> ThingDetail:
    """One thing with its datastreams, and how its readings of the last days fared."""
    with db.begin(found.actor) as tx:
        return service.thing(tx, thing_id)


@router.put("/things/{thing_id}")
def edit_thing(thing_id: Number, body: ThingEditIn, found: Proven, db: Db) -> ThingChanged:
    """Change a thing; code and kind stay."""
    with db.begin(found.actor) as tx:
        return ThingChanged(change=service.edit(tx, thing_id, ThingEdit(quota=body.quota, **body.given())))


@router.post("/things/{thing_id}/active")
def set_thing_active(thing_id: Number, body: ActiveIn, found: Proven, db: Db) -> ThingChanged:
    """Take a thing out of use, or back."""
    with db.begin(found.actor) as tx:
        return ThingChanged(change=service.set_active(tx, thing_id, body.active))


@router.post("/things/{thing_id}/secret")
def issue_thing_secret(thing_id: Number, found: Proven, db: Db) -> ThingSecret:
    """A new secret for a device, shown here only; a former one counts no more."""
    with db.begin(found.actor) as tx:
        return service.issue_secret(tx, thing_id)


@router.put("/datastreams/{stream_id}")
def edit_datastream(stream_id: Number, body: StreamIn, found: Proven, db: Db) -> ThingChanged:
    """Range, interval, sentinels, unit and calibration, for the readings to come."""
    wanted = StreamEdit(**body.model_dump() | {"sentinels": tuple(body.sentinels)})
    with db.begin(found.actor) as tx:
        return ThingChanged(change=service.edit_stream(tx, stream_id, wanted))


@router.get("/things-export", response_class=Response, responses=FILE)
def export_things(found: SignedInCaller, db: Db, which: Which) -> Response:
    """The things that are wanted, as the table that can be imported."""
    with db.begin(found.actor) as tx:
        return _table("things", reading.exported(tx, which.wanted()))


@router.get("/things-import/template", response_class=Response, responses=FILE)
def read_things_template(found: SignedInCaller, db: Db) -> Response:
    """The table to fill in: heads, and the kinds on a second sheet."""
    found.actor.require(WRITE)
    with db.begin(found.actor) as tx:
        return _table("things-template", sheet.template(found.actor.language, service.kinds(tx)))


@router.post("/things-import")
def import_things(
    found: Proven,
    db: Db,
    file: Annotated[UploadFile, File()],
    dry_run: Annotated[bool, Form()] = True,
    secrets: Annotated[bool, Form(description="give each thing a secret, shown in the answer only")] = False,
) -> ThingsImported:
    """Things from xlsx or CSV (UTF-8, GBK): tried with every fault by line and column, or all of them registered."""
    found.actor.require(WRITE)
    content = file.file.read(sheet.MOST_BYTES + 1)
    if len(content) > sheet.MOST_BYTES:
        raise TooLarge("thing.import_too_large", most=sheet.MOST_BYTES // 1_000_000)
    with db.begin(found.actor) as tx:
        return importing.take_in(tx, content, dry_run=dry_run, secrets=secrets)


def _table(name: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="chengyun-{name}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)

"""HTTP of the territory. Borders and names are public, so nobody has to sign in; `caller` only tells whose
posts the search shall hint at, and asks the application, which knows identity.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Gone, NotFound
from chengyun.kernel.fields import Id, Text
from chengyun.kernel.transactions import Database
from chengyun.territory import service
from chengyun.territory.basemap import FILES, corners, read
from chengyun.territory.contracts import Chain, Located, Place, RegionRef, VersionInfo
from chengyun.territory.style import THEMES, Ground, style

router = APIRouter(prefix="/api/territory", tags=["territory"])

FOR_EVER = "public, max-age=31536000, immutable"
_MVT = "application/vnd.mapbox-vector-tile"


def nobody(request: Request) -> Actor:
    """Who looks at the map, as far as this feature knows."""
    english = request.headers.get("accept-language", "").lower().startswith("en")
    return Actor(kind="anonymous", id=None, name="匿名", language="en" if english else "zh")


def caller(request: Request) -> Actor:
    """Who looks at the map, as the application tells."""
    tell: Callable[[Request], Actor] = getattr(request.app.state, "visitor", nobody)
    return tell(request)


async def database(request: Request) -> Database:
    """The application's database."""
    found: Database = request.app.state.db
    return found


Caller = Annotated[Actor, Depends(caller)]
Db = Annotated[Database, Depends(database)]


class ChainOut(BaseModel):
    """A region with all that govern it."""

    city: RegionRef
    district: RegionRef | None
    town: RegionRef | None
    village: RegionRef | None
    grid: RegionRef | None
    label: str


class LocatedOut(BaseModel):
    """Where a point lies; `border_m` metres to the nearest border, `neighbour` the grid beyond it."""

    chain: ChainOut
    version: int
    lon: float
    lat: float
    border_m: float
    neighbour: RegionRef | None
    schematic: bool


class RegionOut(BaseModel):
    """A region with its bounds (west, south, east, north) and the number of regions it governs directly."""

    ref: RegionRef
    chain: ChainOut
    bbox: tuple[float, float, float, float]
    children: int


@router.get("/version")
def version(actor: Caller, db: Db) -> VersionInfo:
    """The newest version of the territory."""
    with db.begin(actor) as tx:
        return service.version_info(tx)


@router.get("/locate")
def locate(
    actor: Caller,
    db: Db,
    lon: Annotated[float, Query(allow_inf_nan=False)],
    lat: Annotated[float, Query(allow_inf_nan=False)],
) -> LocatedOut:
    """Which grid a WGS-84 point lies in; 422 with the distance when it lies outside the city."""
    with db.begin(actor) as tx:
        return located(service.locate(tx, lon, lat))


@router.get("/regions")
def find_regions(
    actor: Caller,
    db: Db,
    q: Annotated[Text, Query(max_length=100)] = "",
    level: Literal["city", "district", "town", "village", "grid"] | None = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 50,
) -> list[RegionRef]:
    """Regions by name, pinyin or initials; without `q` all of a level in the order of their codes."""
    with db.begin(actor) as tx:
        if not q:
            return service.find_regions(tx, level or "district")[:limit]
        return service.search_regions(tx, q, level, limit)


@router.get("/regions/{region_id}")
def region(actor: Caller, db: Db, region_id: Id) -> RegionOut:
    """One region."""
    with db.begin(actor) as tx:
        return RegionOut(
            ref=service.region(tx, region_id),
            chain=chained(service.chain_of(tx, region_id)),
            bbox=service.bbox(tx, region_id),
            children=len(service.children(tx, region_id)),
        )


@router.get("/regions/{region_id}/children")
def children(actor: Caller, db: Db, region_id: Id) -> list[RegionRef]:
    """What a region governs directly, in the order of codes."""
    with db.begin(actor) as tx:
        return service.children(tx, region_id)


@router.get("/regions/{region_id}/outline")
def outline(actor: Caller, db: Db, region_id: Id) -> dict[str, Any]:
    """The region's border as a GeoJSON feature."""
    with db.begin(actor) as tx:
        return service.outline(tx, region_id)


@router.get("/places")
def places(
    actor: Caller,
    db: Db,
    q: Annotated[Text, Query(max_length=100)],
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[Place]:
    """Regions, landmarks and addresses by Chinese, pinyin or initials; nearer ones first when a point is given."""
    near = (lon, lat) if lon is not None and lat is not None else None
    with db.begin(actor) as tx:
        return service.search(tx, q, near, limit)


@router.get(
    "/tiles/{version}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={200: {"description": "The tile", "content": {_MVT: {}}}, 304: {"description": "Unchanged"}},
)
def tile(request: Request, actor: Caller, db: Db, version: Id, z: int, x: int, y: int) -> Response:
    """A vector tile of the version; 410 when a newer one has taken its place."""
    with db.begin(actor) as tx:
        newest = service.current_version(tx)
        if version != newest:
            raise Gone("territory.unknown_version", version=version)
        body, tag = service.tile_with_tag(tx, z, x, y)
    headers = {"ETag": tag, "Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_zipped(tag, body), media_type=_MVT, headers={**headers, "Content-Encoding": "gzip"})
    return Response(body, media_type=_MVT, headers=headers)


@lru_cache(maxsize=2048)
def _zipped(tag: str, body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=4, mtime=0)


@router.get("/style/{theme}.json")
def map_style(request: Request, actor: Caller, db: Db, theme: str) -> dict[str, Any]:
    """The MapLibre style of a theme, light or dark."""
    if theme not in THEMES:
        raise NotFound("territory.unknown_theme", theme=theme)
    with db.begin(actor) as tx:
        info, digest = service.version_info(tx), service.digest(tx)
    base = str(request.base_url).rstrip("/")
    ground = Ground(base, info.version, digest, info.bbox, info.attribution, corners())
    return style(theme, ground, request.app.state.settings)


@router.get(
    "/basemap/{name}",
    response_class=Response,
    responses={200: {"description": "It", "content": {"image/webp": {}, "application/geo+json": {}}}},
)
def basemap(name: str) -> Response:
    """The relief picture of a theme or the rivers, shipped with the product."""
    if name not in FILES:
        raise NotFound("territory.unknown_basemap", name=name)
    return Response(read(name), media_type=FILES[name], headers={"Cache-Control": "public, max-age=86400"})


def chained(chain: Chain) -> ChainOut:
    """For the wire."""
    return ChainOut(
        city=chain.city, district=chain.district, town=chain.town, village=chain.village, grid=chain.grid,
        label=chain.label,
    )  # fmt: skip


def located(found: Located) -> LocatedOut:
    """For the wire."""
    return LocatedOut(
        chain=chained(found.chain), version=found.version, lon=found.lon, lat=found.lat,
        border_m=round(found.border_m, 1), neighbour=found.neighbour, schematic=found.schematic,
    )  # fmt: skip

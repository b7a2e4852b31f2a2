"""What other features may see of the territory: frozen values, errors, news and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from chengyun.kernel.errors import FieldError, Invalid, register_messages

LEVELS = ("city", "district", "town", "village", "grid")


@dataclass(frozen=True, slots=True)
class RegionRef:
    """A region by its stable id. `level` is one of LEVELS; `code` the GB code now in force."""

    id: int
    level: str
    name: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Chain:
    """A region with all that govern it; levels below the region are None. `district` is the *governing*
    centre of the town, which for a functional zone is not the statistical parent."""

    city: RegionRef
    district: RegionRef | None = None
    town: RegionRef | None = None
    village: RegionRef | None = None
    grid: RegionRef | None = None

    @property
    def regions(self) -> tuple[RegionRef, ...]:
        """From the city down, without gaps."""
        every = (self.city, self.district, self.town, self.village, self.grid)
        return tuple(filter(None, every))

    def ids(self) -> tuple[int, ...]:
        """Region ids from the city down."""
        return tuple(ref.id for ref in self.regions)

    @property
    def label(self) -> str:
        """九龙坡区 · 石桥铺街道 · 某某社区 · 003 网格; the city's own name only where nothing is below it."""
        below = self.regions[1:] or self.regions
        return " · ".join([ref.name for ref in below])


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies. `border_m` metres to the nearest border of the grid, `neighbour` the grid beyond it
    (None: the city ends there); `schematic` True where borders are invented (示意)."""

    chain: Chain
    district: RegionRef
    town: RegionRef
    village: RegionRef
    grid: RegionRef
    version: int
    lon: float
    lat: float
    border_m: float
    neighbour: RegionRef | None
    schematic: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A search result. `kind` a region level, "landmark", "address", "committee" or "government"; `detail`
    the chain around it; `in_scope` whether the searcher's posts cover it; `schematic` an invented position."""

    name: str
    kind: str
    detail: str
    lon: float
    lat: float
    region: RegionRef | None
    in_scope: bool = False
    schematic: bool = False


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version of the territory. `counts` regions per level now in force; `bbox` west, south, east, north."""

    version: int
    label: str
    valid_from: date
    counts: dict[str, int]
    schematic: bool
    bbox: tuple[float, float, float, float]
    attribution: str


@dataclass(frozen=True, slots=True)
class PastName:
    """What a region was called, coded and under which statistical parent, in [valid_from, valid_to)."""

    name: str
    code: str | None
    parent_id: int | None
    valid_from: date
    valid_to: date | None


class Draft(Protocol):
    """A region that does not have an id yet. `parent` and `governs` are keys of other drafts: the statistical
    parent, and for a town the district-level centre that governs it (None: the statistical parent does)."""

    @property
    def key(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str | None: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def governs(self) -> str | None: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RegionMoved:
    """News: a town is governed by another centre from this version on; what is open there must follow."""

    region_id: int
    from_centre: int
    to_centre: int
    version: int


@dataclass(frozen=True, slots=True)
class CentreCreated:
    """News: a centre of district level exists from this version on; comes before what moves to it."""

    region_id: int
    version: int


@dataclass(frozen=True, slots=True)
class CentreDissolved:
    """News: a centre of district level has ended; `into` takes over what it held itself (units, posts)."""

    region_id: int
    into: int
    version: int


@dataclass(frozen=True, slots=True)
class Move:
    """One town of a reorganisation, from one governing centre to another (id 0: not created yet)."""

    region: RegionRef
    from_centre: RegionRef
    to_centre: RegionRef


@dataclass(frozen=True, slots=True)
class Following:
    """A line of a dry run: `count` things of one kind that will follow a moved town, told in both languages."""

    region_id: int
    kind: str
    count: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReorganisationPlanned:
    """News inside a dry run: whoever holds things of the moved towns appends what would follow them."""

    moves: tuple[Move, ...]
    lines: list[Following] = field(default_factory=list)


class OutsideCity(Invalid):
    """422: the point does not lie in the city. `distance_m` metres to it, `nearest` the district there."""

    def __init__(self, distance_m: float, nearest: str, *, swapped: bool = False) -> None:
        code = "territory.swapped" if swapped else "territory.outside"
        params = {"distance": _distance(distance_m), "nearest": nearest}
        super().__init__([FieldError("lon", code, params)], code, **params)
        self.distance_m = distance_m
        self.nearest = nearest
        self.swapped = swapped


def _distance(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"


def invalid(path: str, code: str, **params: object) -> Invalid:
    """One wrong field."""
    return Invalid([FieldError(path, code, params)], code, **params)


def missing_levels(levels: Sequence[str]) -> list[str]:
    """The levels of LEVELS that do not occur, in order."""
    return [level for level in LEVELS if level not in levels]


register_messages(
    {
        "territory.outside": (
            "该位置不在本市范围内, 距{nearest}边界约 {distance}",
            "This point lies outside the city, about {distance} from {nearest}",
        ),
        "territory.swapped": (
            "经度和纬度似乎写反了: 交换后位于本市范围内",
            "Longitude and latitude seem to be swapped: the other way round the point lies in the city",
        ),
        "territory.coordinates": (
            "经度应在 −180 到 180 之间, 纬度应在 −90 到 90 之间",
            "Longitude must be between −180 and 180, latitude between −90 and 90",
        ),
        "territory.unknown_region": ("没有编号为 {id} 的区划", "There is no region {id}"),
        "territory.empty": (
            "尚未导入区划, 请先运行 chengyun territory import",
            "No territory is loaded yet; run chengyun territory import first",
        ),
        "territory.no_grids": (
            "尚未导入网格, 无法定位",
            "No grids have been imported yet, so nothing can be located",
        ),
        "territory.no_shape": ("区划 {id} 没有边界", "Region {id} has no border"),
        "territory.not_loaded": (
            "区划索引尚未载入内存",
            "The territory index has not been loaded into memory yet",
        ),
        "territory.unknown_version": ("没有版本 {version} 的区划", "There is no territory version {version}"),
        "territory.unknown_theme": ("没有名为 {theme} 的底图样式", "There is no map style named {theme}"),
        "territory.unknown_basemap": ("没有名为 {name} 的底图", "There is no base map named {name}"),
        "territory.no_tile": ("瓦片 {z}/{x}/{y} 不存在", "There is no tile {z}/{x}/{y}"),
        "territory.not_empty": (
            "区划已经存在 (版本 {version}); 要替换请加 --replace",
            "A territory exists already (version {version}); add --replace to replace it",
        ),
    }
)

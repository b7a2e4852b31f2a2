"""The map's style (MapLibre style JSON) in two themes, in the product's colours; no `glyphs`, since names are
drawn with the reader's own fonts. Live values colour regions by feature state `color` (and `selected`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chengyun.kernel.settings import Settings

Layer = dict[str, Any]
_TIANDITU = (
    "https://t{host}.tianditu.gov.cn/{kind}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={kind}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_FONTS = ["PingFang SC", "Noto Sans SC", "Microsoft YaHei", "sans-serif"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one theme."""

    ground: str
    land: str
    district: str
    town: str
    grid: str
    ink: str
    quiet: str
    halo: str
    water: str
    selected: str
    relief: float


THEMES: Mapping[str, Theme] = {
    "light": Theme(
        ground="#f2f5f7", land="#ffffff", district="#8a99a8", town="#b9c5cf", grid="#d3dce3", ink="#17212b",
        quiet="#4a5a6a", halo="#ffffff", water="#a9cbe4", selected="#0b5cad", relief=0.55,
    ),
    "dark": Theme(
        ground="#07131f", land="#0b2133", district="#3d648a", town="#244260", grid="#1a3248", ink="#e8f1f9",
        quiet="#8fb8da", halo="#07131f", water="#1f5a86", selected="#5db2ff", relief=0.6,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What a style is made for: addresses begin with `base` ("https://host"); `corners` of the relief image
    as MapLibre wants them (four lon, lat from the top left clockwise)."""

    base: str
    version: int
    digest: str
    bbox: tuple[float, float, float, float]
    attribution: str
    corners: Sequence[tuple[float, float]]


def style(name: str, ground: Ground, settings: Settings) -> dict[str, Any]:
    """The style document of a theme ("light" | "dark"); raises KeyError for another name."""
    theme = THEMES[name]
    own = _own_sources(settings)
    shown = "none" if own else "visible"
    return {
        "version": 8,
        "name": f"chengyun-{name}",
        "metadata": {"version": ground.version, "attribution": ground.attribution},
        "sources": {**_sources(name, ground), **own},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": theme.ground}},
            *({"id": key, "type": "raster", "source": key} for key in own),
            *_land(theme, shown),
            *_fills(theme),
            *_lines(theme),
            *_labels(theme),
        ],
    }


def _own_sources(settings: Settings) -> dict[str, Any]:
    """The installation's own raster tiles, else 天地图 when there is a key, else none."""
    if settings.tile_url:
        return {"base": {"type": "raster", "tiles": [settings.tile_url], "tileSize": 256}}
    if not settings.tianditu_key:
        return {}
    return {
        f"tianditu-{kind}": {
            "type": "raster",
            "tiles": [_TIANDITU.format(host=host, kind=kind, key=settings.tianditu_key) for host in range(8)],
            "tileSize": 256,
            "maxzoom": 18,
            "attribution": "天地图",
        }
        for kind in ("vec", "cva")
    }


def _sources(name: str, ground: Ground) -> dict[str, Any]:
    root = f"{ground.base}/api/territory"
    return {
        "regions": {
            "type": "vector",
            "tiles": [f"{root}/tiles/{ground.version}/{{z}}/{{x}}/{{y}}.mvt?d={ground.digest[:12]}"],
            "minzoom": 4,
            "maxzoom": 14,
            "bounds": list(ground.bbox),
            "attribution": ground.attribution,
        },
        "relief": {
            "type": "image",
            "url": f"{root}/basemap/relief_{name}.webp",
            "coordinates": [list(corner) for corner in ground.corners],
        },
        "rivers": {"type": "geojson", "data": f"{root}/basemap/rivers.geojson"},
    }


def _land(theme: Theme, shown: str) -> list[Layer]:
    return [
        {
            "id": "relief", "type": "raster", "source": "relief", "layout": {"visibility": shown},
            # coarse shading helps to see the whole city and would blur a town
            "paint": {"raster-opacity": _by_zoom((6.5, theme.relief), (9, theme.relief * 0.45), (12, theme.relief * 0.12)), "raster-fade-duration": 0},
        },
        {
            "id": "rivers", "type": "line", "source": "rivers", "layout": {"visibility": shown, "line-join": "round"},
            "paint": {"line-color": theme.water, "line-width": _by_zoom((6, _river(1.2, 0.4)), (10, _river(3.0, 1.2)), (14, _river(7.0, 3.0)))},
        },
    ]  # fmt: skip


def _fills(theme: Theme) -> list[Layer]:
    live = [
        "case",
        ["!=", ["feature-state", "color"], None],
        ["to-color", ["feature-state", "color"]],
        theme.land,
    ]
    depth = [
        "case",
        ["boolean", ["feature-state", "selected"], False], 0.6,
        ["!=", ["feature-state", "color"], None], 0.55,
        0.0,
    ]  # fmt: skip
    paint = {"fill-color": live, "fill-opacity": depth, "fill-antialias": False}
    zooms = {"district": (0, 9), "town": (8, 11), "grid": (10, 24)}
    return [
        {**_region(f"{level}-fill", "fill", level), "minzoom": low, "maxzoom": high, "paint": paint}
        for level, (low, high) in zooms.items()
    ]


def _lines(theme: Theme) -> list[Layer]:
    selected = ["boolean", ["feature-state", "selected"], False]
    grid: Layer = {
        **_region("grid-line", "line", "grid"),
        "minzoom": 10,
        "paint": {
            "line-color": ["case", selected, theme.selected, theme.grid],
            "line-width": ["case", selected, 2.0, 0.6],
        },
    }
    town: Layer = {
        **_border("town-line", "town"),
        "minzoom": 8,
        "paint": {"line-color": theme.town, "line-width": _by_zoom((8, 0.6), (12, 1.4), (16, 2.0))},
    }
    district: Layer = {
        **_border("district-line", "district"),
        "paint": {"line-color": theme.district, "line-width": _by_zoom((5, 0.6), (9, 1.4), (14, 2.6))},
    }
    return [grid, town, district]


def _labels(theme: Theme) -> list[Layer]:
    return [
        _label("village-label", "village", theme.quiet, theme, (12.5, 24), ((12.5, 11), (16, 14))),
        _label("town-label", "town", theme.quiet, theme, (9, 24), ((9, 11), (14, 15))),
        _label("district-label", "district", theme.ink, theme, (5.5, 13), ((6, 11), (11, 17))),
    ]


def _label(
    key: str,
    level: str,
    colour: str,
    theme: Theme,
    zooms: tuple[float, float],
    sizes: Sequence[tuple[float, float]],
) -> Layer:
    return {
        "id": key,
        "type": "symbol",
        "source": "regions",
        "source-layer": "labels",
        "filter": ["==", ["get", "level"], level],
        "minzoom": zooms[0],
        "maxzoom": zooms[1],
        "layout": {
            "text-field": ["get", "name"],
            "text-font": _FONTS,
            "text-size": _by_zoom(*sizes),
            "text-max-width": 8,
            "text-padding": 4,
        },
        "paint": {"text-color": colour, "text-halo-color": theme.halo, "text-halo-width": 1.4},
    }


def _region(key: str, kind: str, level: str) -> Layer:
    return {
        "id": key, "type": kind, "source": "regions", "source-layer": "regions",
        "filter": ["==", ["get", "level"], level],
    }  # fmt: skip


def _border(key: str, level: str) -> Layer:
    return {
        "id": key, "type": "line", "source": "regions", "source-layer": "borders",
        "filter": ["==", ["get", "level"], level], "layout": {"line-join": "round"},
    }  # fmt: skip


def _river(main: float, other: float) -> list[Any]:
    return ["match", ["get", "class"], "main", main, other]


def _by_zoom(*stops: tuple[float, object]) -> list[Any]:
    return ["interpolate", ["linear"], ["zoom"], *(value for stop in stops for value in stop)]

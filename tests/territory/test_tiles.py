"""Vector tiles: what each zoom shows, neighbours without gaps, bytes that another reader understands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service, tiles
from chengyun.territory.mvt import EXTENT, varint, varints
from chengyun.territory.scaling import nodes, project, scaled
from chengyun.territory.shapes import decode, encode
from tests.territory.test_locate import wobbly


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile that holds a point."""
    world = project(np.array([[lon * 1e6, lat * 1e6]]).astype(np.int64))[0]
    return int(world[0] >> (30 - zoom)), int(world[1] >> (30 - zoom))


def layers(folder: Path, body: bytes) -> dict[str, list[dict[str, Any]]]:
    """The tile as GDAL reads it: layer → features with `id`, `geometry` (tile units) and properties."""
    if not body:
        return {}
    file = folder / "tile.mvt"
    file.write_bytes(body)
    found = {}
    for name, _ in pyogrio.list_layers(file):
        meta, fids, geometries, columns = pyogrio.raw.read(file, layer=name, return_fids=True)
        fields = meta["fields"].tolist()
        rows = [
            {"geometry": shape, **{key: column[i] for key, column in zip(fields, columns, strict=True)}}
            for i, shape in enumerate(shapely.from_wkb(geometries))
        ]
        found[str(name)] = rows
        assert len(fids) == len(rows)
    return found


@pytest.mark.parametrize(
    ("zoom", "levels"),
    [
        (5, {"district"}),
        (8, {"district", "town"}),
        (9, {"town"}),
        (10, {"town", "grid"}),
        (12, {"grid"}),
    ],
)
def test_each_zoom_shows_its_levels(city_tx: Tx, tmp_path: Path, zoom: int, levels: set[str]) -> None:
    found = layers(tmp_path, service.tile(city_tx, zoom, *tile_of(106.5, 29.5, zoom)))
    assert {row["level"] for row in found["regions"]} == levels
    assert all(row["geometry"].is_valid for row in found["regions"])


def test_features_carry_the_region_and_who_is_above_it(city_tx: Tx, tmp_path: Path) -> None:
    place = service.locate(city_tx, 106.461, 29.5005)
    found = layers(tmp_path, service.tile(city_tx, 12, *tile_of(106.461, 29.5005, 12)))
    row = next(row for row in found["regions"] if row["mvt_id"] == place.grid.id)
    assert (row["name"], row["district"], row["town"], row["village"]) == (
        "004 网格",
        place.district.id,
        place.town.id,
        place.village.id,
    )
    assert row["schematic"]


def test_every_name_is_labelled_once(city_tx: Tx, tmp_path: Path) -> None:
    names: list[str] = []
    for x, y in {tile_of(lon, lat, 9) for lon in (106.4, 106.6, 108.4) for lat in (29.4, 29.6, 31.2)}:
        found = layers(tmp_path, service.tile(city_tx, 9, x, y))
        names += [row["name"] for row in found.get("labels", ()) if row["level"] == "town"]
    assert sorted(names) == sorted(ref.name for ref in service.find_regions(city_tx, "town"))


def test_a_tile_without_city_is_empty_and_outside_the_world_is_not_found(city_tx: Tx) -> None:
    assert service.tile(city_tx, 10, 0, 0) == b""
    for z, x, y in ((10, 1 << 10, 0), (15, 0, 0), (-1, 0, 0)):
        with pytest.raises(NotFound):
            service.tile(city_tx, z, x, y)


@pytest.mark.parametrize("zoom", [10, 12])
def test_simplified_neighbours_share_their_border(zoom: int) -> None:
    shapes = [[[ring * 20 + 29_000_000 for ring in shape[0]]] for shape in wobbly(8, 3)]
    rings = decode(range(len(shapes)), [encode(shape) for shape in shapes])
    made = scaled(rings, zoom, nodes(rings))
    assert len(made.xy) < len(rings.xy)
    whole = [shapely.Polygon(made.xy[a:b]) for a, b in zip(made.starts[:-1], made.starts[1:], strict=True)]
    assert len(whole) == 64
    assert bool(shapely.coverage_is_valid(whole))
    assert shapely.union_all(whole).geom_type == "Polygon"
    assert len(shapely.union_all(whole).interiors) == 0


def test_regions_cut_at_the_edge_fill_the_tile(city_tx: Tx, tmp_path: Path) -> None:
    x, y = tile_of(106.5, 29.5, 14)
    found = layers(tmp_path, service.tile(city_tx, 14, x, y))
    assert len(found["regions"]) >= 1
    union = shapely.union_all([row["geometry"] for row in found["regions"]])
    assert union.area >= 0.99 * shapely.box(*union.bounds).area


def test_the_cache_answers_with_the_same_bytes(city_tx: Tx) -> None:
    where = (10, *tile_of(106.5, 29.5, 10))
    first = service.tile(city_tx, *where)
    assert service.tile(city_tx, *where) is first
    assert tiles.draw(city_tx, tiles.Window(*where)) == first


def test_varints_equal_the_plain_encoding() -> None:
    values = np.array([0, 1, 127, 128, 16383, 16384, 2**21 - 1, 2**21, 2**28, 2**35 - 1])
    raw, sizes = varints(values)
    assert raw == b"".join(varint(v) for v in values.tolist())
    assert sizes.tolist() == [len(varint(v)) for v in values.tolist()]
    assert EXTENT == 4096

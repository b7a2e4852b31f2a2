"""Importing a real city: formats, coordinate systems, what is rejected, mended, refused; all or nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Forbidden, Invalid, Unavailable
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import gcj02, service
from chengyun.territory.importing import Report, import_file
from tests.support import actor
from tests.territory.test_regions import by_path
from tests.territory.test_tiles import tile_of

Rows = list[dict[str, str]]
DISTRICTS: Rows = [
    {"名称": "东区", "代码": "990101", "市": "新市"},
    {"名称": "西区", "代码": "990102", "市": "新市"},
]
TOWNS: Rows = [
    {"名称": "河口镇", "代码": "990101100", "上级": "东区"},
    {"名称": "河口镇", "代码": "990102100", "上级": "990102"},
]
VILLAGES: Rows = [
    {"名称": "一村", "代码": "990101100201", "上级": ""},
    {"名称": "二村", "代码": "990101100202", "上级": "990101100"},
    {"名称": "三村", "代码": "990102100201", "上级": "990102100"},
]
W, S, STEP = 106.0, 29.0, 0.01


def cell(column: int, row: int = 0, dx: float = 0.0) -> shapely.Polygon:
    """A square of a hundredth of a degree."""
    return shapely.box(W + column * STEP + dx, S + row * STEP, W + (column + 1) * STEP, S + (row + 1) * STEP)


GRIDS = [
    ("g1", "990101100201", cell(0)),
    ("g2", "990101100201", cell(0, 1)),
    ("g3", "990101100202", cell(1)),
    ("g4", "990102100201", cell(2)),
]


def table(path: Path, rows: Rows) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def layer(
    path: Path,
    rows: list[tuple[str, str, shapely.Geometry]],
    crs: str = "EPSG:4326",
    driver: str | None = None,
) -> Path:
    """A vector file with name and parent."""
    columns = [np.array([row[n] for row in rows], dtype=object) for n in (0, 1)]
    wkb = shapely.to_wkb(np.array([row[2] for row in rows], dtype=object))
    pyogrio.raw.write(path, wkb, columns, ["name", "parent"], geometry_type="Unknown" if driver is None else "Polygon",
                      crs=crs, driver=driver)  # fmt: skip
    return path


def take(tx: Tx, path: Path, level: str, **more: object) -> Report:
    """Import a file; the label is its name."""
    crs = more.get("crs")
    return import_file(
        tx, path, level=level, label="新市", crs=str(crs) if crs else None, dry_run=bool(more.get("dry_run"))
    )


@pytest.fixture
def upper(system_tx: Tx, tmp_path: Path) -> Tx:
    """A city without grids: two districts, two towns of one name, three villages."""
    for level, rows in (("district", DISTRICTS), ("town", TOWNS), ("village", VILLAGES)):
        report = take(system_tx, table(tmp_path / f"{level}.csv", rows), level)
        assert report.ok, report.lines()
    return system_tx


def test_tables_of_regions_build_the_tree(upper: Tx) -> None:
    assert service.chain_of(upper, by_path(upper, "东区/河口镇/一村")).label == "东区 · 河口镇 · 一村"
    assert service.version_info(upper).counts == {
        "city": 1,
        "district": 2,
        "town": 2,
        "village": 3,
        "grid": 0,
    }
    assert service.find_regions(upper, "city")[0].name == "新市"
    assert service.current_version(upper) == 3
    with pytest.raises(Unavailable, match="grids"):
        service.locate(upper, W, S)


@pytest.mark.parametrize(
    ("name", "driver"), [("grids.geojson", None), ("grids.gpkg", None), ("grids.shp", "ESRI Shapefile")]
)
def test_grids_come_from_every_format(upper: Tx, tmp_path: Path, name: str, driver: str | None) -> None:
    report = take(upper, layer(tmp_path / name, GRIDS, driver=driver), "grid")
    assert report.ok, report.lines()
    assert service.locate(upper, W + 0.025, S + 0.005).chain.label == "西区 · 河口镇 · 三村 · g4"
    assert not service.version_info(upper).schematic
    assert service.check(upper).ok, service.check(upper).lines()
    assert service.bbox(upper, by_path(upper, "东区")) == pytest.approx((W, S, W + 0.02, S + 0.02))
    assert len(service.tile(upper, 12, *tile_of(W + 0.005, S + 0.005, 12))) > 100


def test_gcj02_is_moved_to_wgs84(upper: Tx, tmp_path: Path) -> None:
    shifted = [
        (n, p, shapely.transform(g, lambda xy: np.column_stack(gcj02.from_wgs84(xy[:, 0], xy[:, 1])))) for n, p, g in GRIDS
    ]  # fmt: skip
    report = take(upper, layer(tmp_path / "gcj.geojson", shifted), "grid", crs="gcj02")
    assert report.ok, report.lines()
    box = service.bbox(upper, by_path(upper, "西区"))
    assert box == pytest.approx((W + 0.02, S, W + 0.03, S + 0.01), abs=2e-6)


def test_projected_coordinates_are_moved_to_wgs84(upper: Tx, tmp_path: Path) -> None:
    flat = [(n, p, shapely.transform(g, lambda xy: xy * 111319.490793)) for n, p, g in GRIDS]
    moved = [(n, p, shapely.transform(g, _mercator)) for n, p, g in GRIDS]
    assert flat
    report = take(upper, layer(tmp_path / "m.gpkg", moved, crs="EPSG:3857"), "grid")
    assert report.ok, report.lines()
    assert service.bbox(upper, by_path(upper, "西区")) == pytest.approx(
        (W + 0.02, S, W + 0.03, S + 0.01), abs=2e-6
    )


def _mercator(
    xy: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    radius = 6378137.0
    lat = np.log(np.tan(np.pi / 4 + np.radians(xy[:, 1]) / 2))
    return np.column_stack([np.radians(xy[:, 0]) * radius, lat * radius])


def test_every_bad_row_is_told_and_nothing_is_written(upper: Tx, tmp_path: Path) -> None:
    before = service.current_version(upper)
    bad = [
        *GRIDS,
        ("", "990101100201", cell(0, 3)),
        ("g5", "", cell(0, 4)),
        ("g6", "河口", cell(0, 5)),
        ("g1", "990101100201", cell(0, 6)),
        ("g7", "990101100201", shapely.Point(W, S)),
        ("g8", "990101100201", shapely.LineString([(W, S), (W, S + 1)])),
    ]
    report = take(upper, layer(tmp_path / "bad.geojson", bad), "grid")
    told = "\n".join(report.rejected)
    assert not report.ok
    assert "row 5 (?) has no name" in told
    assert "row 6 (g5) does not say what it belongs to" in told
    assert "row 7 (g6) belongs to a region that is unknown: 河口" in told
    assert "row 8 (g1) has the same code or name as row 1 (g1)" in told
    assert "row 9 (g7) is a Point, not a polygon" in told
    assert "row 10 (g8) is a LineString" in told
    assert len(report.rejected) == 6
    assert report.lines()[-1] == "nothing was written"
    assert service.current_version(upper) == before
    assert service.version_info(upper).counts["grid"] == 0


def test_a_name_that_stands_for_two_towns_is_ambiguous(upper: Tx, tmp_path: Path) -> None:
    report = take(
        upper, table(tmp_path / "v.csv", [{"名称": "四村", "代码": "", "上级": "河口镇"}]), "village"
    )
    assert report.rejected == [
        "row 1 (四村) belongs to a region that is ambiguous: 2 regions are called 河口镇, give the code"
    ]


def test_a_bow_tie_is_mended_only_where_that_keeps_the_area(upper: Tx, tmp_path: Path) -> None:
    spike = shapely.Polygon(
        [
            (W, S),
            (W + STEP, S),
            (W + STEP, S + STEP),
            (W + STEP, S + 1.5 * STEP),
            (W + STEP, S + STEP),
            (W, S + STEP),
        ]
    )
    report = take(upper, layer(tmp_path / "s.geojson", [("g1", "990101100201", spike)]), "grid", dry_run=True)
    assert report.ok
    assert len(report.repaired) == 1
    assert "row 1 (g1) was no valid polygon" in report.repaired[0]
    bow = shapely.Polygon([(W, S), (W + STEP, S + STEP), (W + STEP, S), (W, S + STEP)])
    report = take(upper, layer(tmp_path / "b.geojson", [("g1", "990101100201", bow)]), "grid", dry_run=True)
    assert not report.ok
    assert "Self-intersection" in report.rejected[0]


def test_overlaps_are_refused_with_both_names(upper: Tx, tmp_path: Path) -> None:
    wide = [*GRIDS[:3], ("g4", "990102100201", cell(2, dx=-0.004))]
    report = take(upper, layer(tmp_path / "o.geojson", wide), "grid")
    assert len(report.rejected) == 2
    assert "row 3 (g3) overlaps row 4 (g4) by 431," in report.rejected[0]
    twice = [*GRIDS, ("g5", "990101100201", cell(0).buffer(-0.002, join_style="mitre"))]
    report = take(upper, layer(tmp_path / "t.geojson", twice), "grid")
    assert len(report.rejected) == 2


def test_slivers_are_closed_and_told(upper: Tx, tmp_path: Path) -> None:
    sliver = [*GRIDS[:3], ("g4", "990102100201", cell(2, dx=0.000008))]
    report = take(upper, layer(tmp_path / "s.geojson", sliver), "grid")
    assert report.ok, report.lines()
    assert any("did not meet its neighbours exactly" in line for line in report.repaired)
    assert service.check(upper).ok, service.check(upper).lines()
    assert service.locate(upper, W + 0.020004, S + 0.005).border_m < 2


def test_a_vertex_on_a_neighbours_edge_becomes_common(upper: Tx, tmp_path: Path) -> None:
    tall = shapely.box(W + STEP, S, W + 2 * STEP, S + 2 * STEP)
    report = take(
        upper, layer(tmp_path / "t.geojson", [*GRIDS[:2], ("g3", "990101100202", tall), GRIDS[3]]), "grid"
    )
    assert report.ok, report.lines()
    assert service.check(upper).ok, service.check(upper).lines()


def test_a_hole_in_the_city_is_a_note(upper: Tx, tmp_path: Path) -> None:
    ring = [(f"g{i}", "990101100201", cell(i % 3, i // 3)) for i in range(9) if i != 4]
    report = take(upper, layer(tmp_path / "h.geojson", ring), "grid")
    assert report.ok, report.lines()
    assert any("gap of 1,079," in line and "left as it is" in line for line in report.notes)


def test_a_second_import_keeps_ids_and_ends_what_is_gone(upper: Tx, tmp_path: Path) -> None:
    assert take(upper, layer(tmp_path / "1.geojson", GRIDS), "grid").ok
    old = {ref.name: ref.id for ref in service.find_regions(upper, "grid")}
    bigger = [("g1", "990101100201", shapely.union_all([cell(0), cell(0, 1)])), *GRIDS[2:]]
    report = take(upper, layer(tmp_path / "2.geojson", bigger), "grid")
    assert report.ok, report.lines()
    assert {ref.name: ref.id for ref in service.find_regions(upper, "grid")} == {
        n: old[n] for n in ("g1", "g3", "g4")
    }
    assert service.locate(upper, W + 0.005, S + 0.015).grid.id == old["g1"]
    assert service.region(upper, old["g2"]).name == "g2"
    renamed = [{**VILLAGES[0], "名称": "一社区"}, *VILLAGES[1:]]
    report = take(upper, table(tmp_path / "v.csv", renamed), "village")
    assert report.ok, report.lines()
    village = by_path(upper, "东区/河口镇/一社区")
    assert [row.name for row in service.past_names(upper, village)] == ["一社区"]  # renamed on its first day
    assert service.locate(upper, W + 0.005, S + 0.005).village.id == village


def test_one_district_may_come_after_the_other(upper: Tx, tmp_path: Path) -> None:
    assert take(upper, layer(tmp_path / "1.geojson", GRIDS[:3]), "grid").ok
    report = take(upper, layer(tmp_path / "2.geojson", GRIDS[3:]), "grid")
    assert report.ok, report.lines()
    assert service.version_info(upper).counts["grid"] == 4
    report = take(upper, layer(tmp_path / "3.geojson", [("g4", "990102100201", cell(2, dx=-0.004))]), "grid")
    assert not report.ok
    assert "overlaps g3" in report.rejected[0]


def test_villages_with_borders_need_no_grids(upper: Tx, tmp_path: Path) -> None:
    rows = [("一村", "990101100", cell(0)), ("二村", "990101100", cell(1)), ("三村", "990102100", cell(2))]
    path = tmp_path / "v.gpkg"
    wkb = shapely.to_wkb(np.array([row[2] for row in rows], dtype=object))
    fields = [
        np.array(column, dtype=object)
        for column in ([r[0] for r in rows], [v["代码"] for v in VILLAGES], [r[1] for r in rows])
    ]
    pyogrio.raw.write(path, wkb, fields, ["名称", "代码", "上级"], geometry_type="Polygon", crs="EPSG:4490")
    report = take(upper, path, "village")
    assert report.ok, report.lines()
    assert service.locate(upper, W + 0.015, S + 0.005).chain.label == "东区 · 河口镇 · 二村 · 001 网格"


def test_losing_a_town_is_no_import(upper: Tx, tmp_path: Path) -> None:
    report = take(
        upper, table(tmp_path / "t.csv", [{"名称": "新镇", "代码": "990101101", "上级": "990101"}]), "town"
    )
    assert not report.ok
    assert "use territory reorganise" in report.rejected[0]


def test_a_dry_run_writes_nothing(upper: Tx, tmp_path: Path) -> None:
    report = take(upper, layer(tmp_path / "g.geojson", GRIDS), "grid", dry_run=True)
    assert report.ok
    assert report.lines()[-1] == "nothing was written"
    assert service.version_info(upper).counts["grid"] == 0


def test_places_are_imported_found_and_replaced(city_tx: Tx, tmp_path: Path) -> None:
    rows = [
        {"名称": "观音桥步行街", "类别": "landmark", "地址": "建新路", "经度": "106.461", "纬度": "29.5005"},
        {"名称": "㭎上老茶馆", "类别": "", "地址": "", "经度": "106.5", "纬度": "29.41"},
    ]
    report = take(city_tx, table(tmp_path / "p.csv", rows), "place")
    assert report.ok, report.lines()
    assert service.search(city_tx, "gyq", None, 5)[0].name == "观音桥步行街"
    assert service.search(city_tx, "gangshang", None, 5)[0].detail.startswith("巴南区")
    assert take(city_tx, table(tmp_path / "p.csv", rows[:1]), "place").ok
    assert service.search(city_tx, "gangshang", None, 5) == []
    bad = [
        *rows,
        {"名称": "外滩", "类别": "", "地址": "", "经度": "121.49", "纬度": "31.24"},
        {"名称": "某处", "经度": "abc"},
    ]
    report = take(city_tx, table(tmp_path / "bad.csv", bad), "place")
    assert [line.split(" ", 3)[2] for line in report.rejected] == ["(外滩)", "(某处)"]
    assert service.search(city_tx, "gangshang", None, 5) == []


@pytest.mark.parametrize(
    ("content", "suffix", "crs", "code"),
    [
        ("a,b\n1,2\n", ".csv", None, "import.no_name"),
        ("not a file", ".geojson", None, "import.unreadable"),
        ("name,lon,lat\nx,1,2\n", ".csv", "99999999", "import.bad_crs"),
    ],
)
def test_a_file_that_is_none_is_refused(
    city_tx: Tx, tmp_path: Path, content: str, suffix: str, crs: str | None, code: str
) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_text(content)
    with pytest.raises(Invalid) as caught:
        take(city_tx, path, "place", crs=crs)
    assert caught.value.code == code


def test_a_table_in_another_encoding_is_refused_where_it_cannot_be_read(city_tx: Tx, tmp_path: Path) -> None:
    """Never stored with signs that stand for what was lost; what GB18030 holds beyond GBK is read."""
    path, rows = tmp_path / "places.csv", "name,kind,lon,lat\n㐂记,茶馆,106.47,29.52\n"
    path.write_bytes(rows.encode("gb18030"))
    assert take(city_tx, path, "place", crs="wgs84").accepted == 1
    broken = {
        rows.encode() + "解放碑,".encode() + b"\xff\xfe,106.5,29.5\n": (3, 2),  # UTF-8 with a torn field
        rows.encode("gb18030") + b"x,y,106.5,29.5\n\x81,z,106.5,29.5\n": (4, 1),
        "name,lon,lat\n河口镇,106.5,29.5\n".encode("utf-16"): (1, 1),
    }
    for content, (line, column) in broken.items():
        path.write_bytes(content)
        with pytest.raises(Invalid) as caught:
            take(city_tx, path, "place", crs="wgs84")
        fault = caught.value.fields[0]
        assert (fault.code, fault.params["line"], fault.params["column"]) == ("import.encoding", line, column)


def test_it_needs_the_permission(db: Database, tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", DISTRICTS)
    with db.begin(actor(permissions=["region.read"])) as tx, pytest.raises(Forbidden):
        take(tx, path, "district")
    with db.begin(system_actor("import")) as tx:
        assert take(tx, path, "district").ok

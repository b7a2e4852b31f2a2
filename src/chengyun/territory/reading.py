"""Reads rows of regions or places from a file (GeoJSON, GeoPackage, Shapefile, CSV, whatever GDAL opens) into
WGS-84. Column names are recognised in Chinese and English; nothing is judged here.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from chengyun.territory import gcj02
from chengyun.territory.contracts import invalid

Geometries = NDArray[np.object_]
GCJ02 = "gcj02"
_AS_IT_IS = ("EPSG:4326", "EPSG:4490", "OGC:CRS84", "wgs84")  # CGCS2000 and WGS-84 differ by centimetres

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "名称", "mc", "区划名称", "网格名称", "地名"),
    "code": ("code", "代码", "编码", "区划代码", "网格编码", "gb", "adcode", "pac"),
    "parent": ("parent", "上级", "上级代码", "parent_code", "上级名称", "所属区划"),
    "city": ("city", "市", "城市"),
    "centre": ("centre", "center", "治理中心", "governs", "governed_by"),
    "kind": ("kind", "类别", "类型", "type"),
    "detail": ("detail", "address", "地址", "addr", "备注"),
    "lon": ("lon", "lng", "longitude", "经度", "x"),
    "lat": ("lat", "latitude", "纬度", "y"),
    "wkt": ("wkt", "geometry", "geom", "the_geom"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the file has it; `number` counts from 1; `geometry` in WGS-84 degrees or None."""

    number: int
    texts: Mapping[str, str]
    geometry: shapely.Geometry | None

    def text(self, column: str) -> str:
        """The value of a known column without surrounding blanks, or ""."""
        return self.texts.get(column, "")

    @property
    def shown(self) -> str:
        """For reports."""
        return f"row {self.number} ({self.text('name') or '?'})"


def rows(file: Path, crs: str | None = None) -> list[Row]:
    """All rows. `crs` overrides what the file says: "wgs84", "gcj02" or an EPSG code.

    Raises Invalid when the file cannot be opened, has no column for names, or does not say its CRS.
    """
    table, geometry, own = _csv(file) if file.suffix.lower() in (".csv", ".txt") else _ogr(file)
    columns = _recognised(list(table))
    if "name" not in columns:
        raise invalid("file", "import.no_name", found=", ".join(table), known=", ".join(COLUMNS["name"]))
    if geometry is None:
        geometry = _from_columns(table, columns)
    given = _crs_name(crs) or own
    if given is None and _has_any(geometry):
        raise invalid("crs", "import.no_crs", file=file.name)
    placed = to_wgs84(geometry, given or "wgs84")
    texts = {known: table[name] for known, name in columns.items()}
    return [
        Row(n + 1, {known: _plain(values[n]) for known, values in texts.items()}, placed[n])
        for n in range(len(placed))
    ]


def to_wgs84(geometry: Geometries, crs: str) -> Geometries:
    """Geometries of `crs` in WGS-84; GCJ-02 vertex by vertex, everything else by PROJ."""
    if crs in _AS_IT_IS or not _has_any(geometry):
        return geometry
    if crs == GCJ02:
        moved = shapely.transform(geometry, lambda xy: np.column_stack(gcj02.to_wgs84(xy[:, 0], xy[:, 1])))
        return np.asarray(moved, dtype=np.object_)
    return _reprojected(geometry, crs)


def _csv(file: Path) -> tuple[dict[str, list[Any]], Geometries | None, str | None]:
    lines = list(csv.DictReader(io.StringIO(_decoded(file.read_bytes(), file.name))))
    names = list(lines[0]) if lines else []
    return {name: [line.get(name) or "" for line in lines] for name in names if name}, None, "wgs84"


def _decoded(raw: bytes, name: str) -> str:
    """UTF-8, else GB18030, which holds GBK and GB2312. Raises Invalid at the first byte that neither explains."""
    failures = []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            failures.append(error)
    furthest = max(failures, key=lambda error: error.start)  # by the encoding that was probably meant
    head = furthest.object[: furthest.start].decode(furthest.encoding)
    line = head.rsplit("\n", 1)[-1]
    column = len(next(csv.reader([line]), [""])) or 1
    raise invalid("file", "import.encoding", file=name, line=head.count("\n") + 1, column=column)


def _ogr(file: Path) -> tuple[dict[str, list[Any]], Geometries | None, str | None]:
    try:
        meta, _, wkb, values = pyogrio.raw.read(file)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise invalid("file", "import.unreadable", file=file.name, reason=str(error)) from error
    table = {str(n): list(v) for n, v in zip(meta["fields"], values, strict=True)}
    return table, None if wkb is None else shapely.from_wkb(wkb), meta["crs"]


def _recognised(names: Sequence[str]) -> dict[str, str]:
    """Known column → the file's own name for it; of several that fit the first of ours counts."""
    lower = {name.strip().lower(): name for name in names}
    found = {}
    for known, spellings in COLUMNS.items():
        fitting = [lower[spelling] for spelling in spellings if spelling in lower]
        if fitting:
            found[known] = fitting[0]
    return found


def _from_columns(table: Mapping[str, list[Any]], columns: Mapping[str, str]) -> Geometries:
    size = len(next(iter(table.values()), []))
    if "wkt" in columns:
        made: Iterable[Any] = shapely.from_wkt(
            [v or None for v in table[columns["wkt"]]], on_invalid="ignore"
        )
    elif "lon" in columns and "lat" in columns:
        made = map(_point, table[columns["lon"]], table[columns["lat"]])
    else:
        made = [None] * size
    found = np.empty(size, dtype=np.object_)
    found[:] = list(made)
    return found


def _point(lon: object, lat: object) -> shapely.Point | None:
    try:
        x, y = float(str(lon)), float(str(lat))
    except ValueError:
        return None
    return shapely.Point(x, y) if np.isfinite(x) and np.isfinite(y) else None


def _crs_name(crs: str | None) -> str | None:
    if crs is None or crs.lower() in ("wgs84", GCJ02):
        return crs.lower() if crs else None
    return crs.upper() if ":" in crs else f"EPSG:{crs}"


def _has_any(geometry: Geometries) -> bool:
    return bool((~shapely.is_missing(geometry)).any())


def _reprojected(geometry: Geometries, crs: str) -> Geometries:
    """By GDAL: written once with their CRS, read back through a warped layer."""
    with tempfile.TemporaryDirectory() as folder:
        source, warped = Path(folder) / "source.fgb", Path(folder) / "warped.vrt"
        present = np.flatnonzero(~shapely.is_missing(geometry))
        wkb = shapely.to_wkb(geometry[present])
        number = [present.astype(np.int64)]
        try:
            pyogrio.raw.write(
                source,
                wkb,
                number,
                ["n"],
                geometry_type="Unknown",
                crs=crs,
                driver="FlatGeobuf",
                SPATIAL_INDEX="NO",
            )
            warped.write_text(
                "<OGRVRTDataSource><OGRVRTWarpedLayer>"
                f'<OGRVRTLayer name="source"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
                "<TargetSRS>EPSG:4326</TargetSRS></OGRVRTWarpedLayer></OGRVRTDataSource>"
            )
            _, _, moved, (order,) = pyogrio.raw.read(warped)
        except (pyogrio.errors.CRSError, pyogrio.errors.DataSourceError) as error:
            raise invalid("crs", "import.bad_crs", crs=crs, reason=str(error)) from error
    found = np.full(len(geometry), None, dtype=np.object_)
    found[order] = shapely.from_wkb(moved)
    return found


def _plain(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # codes that a table program has turned into numbers
    return str(value).strip()

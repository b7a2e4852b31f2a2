"""Many things from a table: tried with every fault, registered whole or not at all, undone as one, exported alike."""

from __future__ import annotations

import io
import time
import zipfile
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from chengyun.kernel.sheets import rows_of, written
from chengyun.kernel.transactions import Database
from chengyun.sensing.registry.importing import ranges
from chengyun.sensing.registry.sheet import HEADS
from chengyun.territory import gcj02
from tests.identity.support import SEED, unit_in
from tests.identity.test_changes import Desk
from tests.sensing.registry.support import BANAN, HERE, TOWN

ROOT = "/api/sensing"
COLUMNS = (
    "设备编号",
    "名称",
    "设备类型",
    "经度",
    "纬度",
    "坐标系",
    "权属单位",
    "测点",
    "量程上限",
    "校准系数",
    "校准日期",
    "备注",
)
FORMULA = '=HYPERLINK("http://x.example","燃气")'


def table(rows: list[tuple[Any, ...]], form: str = "utf-8-sig") -> bytes:
    whole = [COLUMNS, *(tuple(map(str, row)) + ("",) * (len(COLUMNS) - len(row)) for row in rows)]
    if form == "xlsx":
        return written((("x", whole, (10,)),))
    return "\r\n".join(",".join(f'"{cell}"'.replace('""', "") for cell in row) for row in whole).encode(form)


def send(desk: Desk, content: bytes, dry: bool, expected: int = 200, **more: str) -> Any:
    form = {"dry_run": str(dry).lower(), **more}
    answer = desk.client.post(f"{ROOT}/things-import", files={"file": ("设备.csv", content)}, data=form)
    assert answer.status_code == expected, answer.text
    return answer.json()


def active(city: Database) -> list[str]:
    with city.begin(SEED) as tx:
        return list(
            tx.execute(sa.text("SELECT code FROM sensing_thing WHERE active ORDER BY code")).scalars()
        )


def good(city: Database, place: dict[str, int]) -> list[tuple[Any, ...]]:
    lon, lat = (f"{float(one):.7f}" for one in gcj02.from_wgs84(*HERE))
    return [
        ("g-1", "一号", "燃气", *HERE, "", unit_in(city, "sanitation", place[TOWN])),
        ("g-2", "二号", "gas", lon, lat, "GCJ02", "石桥铺街道环卫所", "lel", 60, 0.5, "2026年3月1日"),
        ("w-1", "水位", "Water level", *HERE, "wgs84", "", "", 30),
        ("g-2", "", "", "", "", "", "", "temperature", 90),
    ]


@pytest.mark.parametrize("form", ["utf-8-sig", "gb18030", "xlsx"])
def test_a_table_is_tried_made_and_undone_as_one(
    city: Database, desk: Desk, place: dict[str, int], form: str
) -> None:
    content = table(good(city, place), form)
    tried = send(desk, content, dry=True)
    assert (tried["lines"], tried["things"], tried["faults"], tried["ignored"]) == (4, 3, 0, ["备注"]), tried[
        "report"
    ]
    assert active(city) == [], "only tried"
    made = send(desk, content, dry=False, secrets="true")
    assert active(city) == ["g-1", "g-2", "w-1"]
    assert len({one["secret"] for one in made["secrets"]}) == 3
    with city.begin(SEED) as tx:
        rows = tx.execute(
            sa.text(
                "SELECT t.code, t.lon, d.quantity, d.high, d.scale, d.calibrated_at IS NULL, t.owner_id IS NULL"
                " FROM sensing_thing t JOIN sensing_datastream d ON d.thing_id = t.id ORDER BY t.code, d.quantity"
            )
        )
        assert [tuple(row) for row in rows] == [
            ("g-1", 106_450_000, "gas.lel", 100, 1, True, False),
            ("g-1", 106_450_000, "gas.temperature", 85, 1, True, False),
            ("g-2", 106_450_000, "gas.lel", 60, 0.5, False, False),
            ("g-2", 106_450_000, "gas.temperature", 90, 1, True, False),
            ("w-1", 106_450_000, "water_level.level", 30, 1, True, True),
        ]
    back = desk.undo(made["change"])["id"]
    assert active(city) == []
    desk.undo(back)
    assert active(city) == ["g-1", "g-2", "w-1"]


def test_every_fault_is_told_by_line_and_column_and_nothing_is_made(
    city: Database, desk: Desk, place: dict[str, int]
) -> None:
    rows = [
        *good(city, place),
        ("", "", "没有", "东经", 29, "北京54", "没有这个单位"),
        ("g-1", "别名", "燃气", *HERE),
        ("b-1", "巴南", "燃气", *BANAN),
        ("g-3", "三号", "燃气", *HERE, "", "", "co2", 5),
        ("g-4", "四号", "燃气", *HERE, "", "", "lel", "1_000", "nan", "昨天"),
        ("g-5", "五号", "燃气", *HERE, "", "", "", 5),
    ]
    tried = send(desk, table(rows), dry=True)
    found: dict[int, set[str]] = {}
    for fault in tried["report"]:
        found.setdefault(fault["line"], set()).add(fault["column"])
    assert found == {
        6: {"设备编号", "名称", "设备类型", "经度", "坐标系", "权属单位"},
        7: {"设备编号", "名称"},
        8: {"经度"},
        9: {"测点"},
        10: {"量程上限", "校准系数", "校准日期"},
        11: {"测点"},
    }
    assert {"东经"} <= {word for fault in tried["report"] for word in fault["text"].split("”")[0].split("“")}
    refused = send(desk, table(rows), dry=False, expected=422)
    assert refused["code"] == "thing.import_refused"
    assert len(refused["fields"]) == tried["faults"] == len(tried["report"])
    assert "rows.8.lon" in {one["path"] for one in refused["fields"]}
    assert active(city) == [], "all or nothing"
    desk.client.headers["Accept-Language"] = "en"
    assert {"latitude", "longitude", "code"} & {
        fault["column"] for fault in send(desk, table(rows), dry=True)["report"]
    }


def test_what_is_exported_can_be_imported_and_no_cell_is_a_formula(
    city: Database, desk: Desk, place: dict[str, int]
) -> None:
    rows = [*good(city, place), ("g-9", FORMULA.replace('"', ""), "gas", *HERE)]
    send(desk, table(rows), dry=False)
    sheet = desk.client.get(f"{ROOT}/things-export?q=g-").content
    with zipfile.ZipFile(io.BytesIO(sheet)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in page
        assert "hyperlink" not in page.lower()
    lines = rows_of(sheet)
    assert lines[0] == [names[0] for names in HEADS.values()]
    assert [line[0] for line in lines[1:]] == ["g-1", "g-2", "g-2", "g-9"]
    taken = send(desk, sheet, dry=True)
    assert {fault["text"] for fault in taken["report"]} == {f"设备编号“g-{n}”已被使用。" for n in (1, 2, 9)}
    with city.begin(SEED) as tx:
        state = "SELECT jsonb_agg(to_jsonb(t) - 'id' - 'created_at' ORDER BY code) FROM sensing_thing t WHERE code LIKE 'g-%'"
        kept = (
            "SELECT jsonb_agg(to_jsonb(d) - 'id' - 'thing_id' ORDER BY t.code, quantity)"
            " FROM sensing_datastream d JOIN sensing_thing t ON t.id = thing_id WHERE code LIKE 'g-%'"
        )
        before = [tx.execute(sa.text(query)).scalar_one() for query in (state, kept)]
        for part in ("sensing_datastream", "sensing_thing"):
            tx.execute(sa.text(f"DELETE FROM {part}"))
    assert send(desk, sheet, dry=False)["things"] == 3
    with city.begin(SEED) as tx:
        assert [tx.execute(sa.text(query)).scalar_one() for query in (state, kept)] == before


def test_what_is_no_table_and_who_may_not(desk: Desk) -> None:
    for content in (b"", b"\x00\x01", b"PK\x03\x04 no zip", "设备编号,名称\n1,2".encode(), table([])):
        assert send(desk, content, dry=True, expected=422)["fields"][0]["path"] == "file"
    heads = rows_of(desk.client.get(f"{ROOT}/things-import/template").content)
    assert heads == [[names[0] for names in HEADS.values()]]
    desk.client.post("/api/identity/login", json={"login": "jiulongpo-duty", "password": "chengyun"})
    assert send(desk, table([]), dry=True, expected=403)["code"] == "kernel.forbidden"


def test_twenty_thousand_rows_take_seconds(city: Database, desk: Desk) -> None:
    rows = [
        (f"n-{n}", f"设备 {n}", "gas", HERE[0] + n % 100 / 2500, HERE[1] + n // 500 / 2500)
        for n in range(20_000)
    ]
    began = time.monotonic()
    made = send(desk, table(rows), dry=False)
    assert time.monotonic() - began < 20
    assert (made["things"], len(active(city))) == (20_000, 20_000)
    desk.undo(made["change"])
    assert active(city) == []


@given(st.sets(st.integers(1, 60)))
def test_ranges_hold_exactly_the_ids(ids: set[int]) -> None:
    found = ranges(list(ids))
    assert {one for first, last in found for one in range(first, last + 1)} == ids
    assert all(later[0] - former[1] > 1 for former, later in pairwise(found))

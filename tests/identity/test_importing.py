"""People from a table: tried with every fault, made whole or not at all, undone as one; UTF-8, GBK and xlsx alike."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from fastapi import FastAPI
from python_calamine import CalamineWorkbook

from chengyun.identity import service as identity
from chengyun.kernel.transactions import Database
from tests.identity.support import SEED, browser, count, hire, sign_in, unit_in
from tests.identity.test_changes import ROOT, Desk

HEADS = ["登录名", "姓名", "手机号", "单位", "岗位", "区划代码", "任期自", "任期至"]
TOWN = "九龙坡区/石桥铺街道"


@pytest.fixture
def district(app: FastAPI, city: Database, place: dict[str, int]) -> Desk:
    hire(city, "jlp-admin", unit_in(city, "centre", place["九龙坡区"]), "admin", password="chengyun")
    return Desk(app, "jlp-admin")


def lines(city: Database, place: dict[str, int]) -> list[list[str]]:
    centre = named(city, unit_in(city, "centre", place[TOWN]))
    team = str(unit_in(city, "enforcement-team", place[TOWN]))
    return [
        ["wang.li", "王莉", "13812340001", centre, "镇街值班员", "", "2026-01-01", ""],
        ["li.qiang", "李强", "", team, "enforcement", "", "2026/1/1", "2027年1月1日"],
        ["li.qiang", "李强", "", centre, "town-duty", "", "", ""],
    ]


def named(city: Database, unit: int) -> str:
    with city.begin(SEED) as tx:
        return identity.unit(tx, unit).name


def as_csv(rows: list[list[str]], encoding: str) -> bytes:
    return "\r\n".join(",".join(row) for row in [HEADS, *rows]).encode(encoding)


def as_xlsx(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate([HEADS, *rows]):
            page.write_row(line, 0, row)
        page.write_datetime(1, 6, date(2026, 1, 1), day)
    return out.getvalue()


def send(desk: Desk, content: bytes, dry: bool, expected: int = 200) -> Any:
    form = {"dry_run": str(dry).lower()}
    answer = desk.client.post(f"{ROOT}/people-import", files={"file": ("人员.csv", content)}, data=form)
    assert answer.status_code == expected, answer.text
    return answer.json()


def people(city: Database) -> tuple[int, int, int]:
    """Accounts that are on, posts that last, changes kept."""
    with city.begin(SEED) as tx:
        on = count(tx, "identity_person", "active AND login IN ('wang.li', 'li.qiang')")
        lasting = "valid_from <= now() AND (valid_to IS NULL OR valid_to > now())"
        held = f"{lasting} AND person_id IN (SELECT id FROM identity_person WHERE login IN ('wang.li', 'li.qiang'))"
        return on, count(tx, "identity_post", held), count(tx, "identity_change")


@pytest.mark.parametrize("form", ["utf-8-sig", "gb18030", "xlsx"])
def test_a_table_is_tried_made_and_undone_as_one(
    city: Database, district: Desk, place: dict[str, int], form: str
) -> None:
    rows = lines(city, place)
    content = as_xlsx(rows) if form == "xlsx" else as_csv(rows, form)
    before = people(city)
    tried = send(district, content, dry=True)
    assert (tried["faults"], tried["people"], tried["ignored"], tried["change"]) == (0, 2, ["手机号"], 0)
    assert [row["name"] for row in tried["rows"]] == ["王莉", "李强", "李强"]
    assert people(city) == before, "only tried"
    made = send(district, content, dry=False)
    assert people(city)[:2] == (2, 3)
    with city.begin(SEED) as tx:
        assert count(tx, "kernel_audit", "action = 'people.imported'") == 1
    back = district.undo(made["change"])["id"]
    assert people(city)[:2] == (0, 0)
    district.undo(back)
    assert people(city)[:2] == (2, 3)
    district.undo(made["change"], 409)


def test_every_fault_of_every_row_is_told_and_nothing_is_made(
    city: Database, district: Desk, place: dict[str, int]
) -> None:
    other = str(unit_in(city, "centre", place["巴南区"]))
    good = lines(city, place)
    centre = good[0][3]
    rows = [
        *good,
        ["", "", "", "没有这个单位", "没有这个岗位", "999", "昨天", ""],
        ["jlp-admin", "张三", "", centre, "town-duty", "", "", ""],
        ["zhao.liu", "赵六", "", other, "district-duty", "", "", ""],
        ["wang.li", "王丽", "", centre, "town-duty", "", "2026-02-01", "2026-01-01"],
    ]
    before = people(city)
    tried = send(district, as_csv(rows, "utf-8"), dry=True)
    found = {row["line"]: {fault["field"] for fault in row["faults"]} for row in tried["rows"]}
    assert found == {
        2: set(), 3: set(), 4: set(), 5: {"login", "unit", "role", "region", "valid_from"} - {"login"} | {"name"},
        6: {"login"}, 7: {"unit"}, 8: {"name"},
    }  # fmt: skip
    refused = send(district, as_csv(rows, "utf-8"), dry=False, expected=422)
    assert refused["code"] == "import.refused"
    assert len(refused["fields"]) == tried["faults"] == 8
    assert people(city) == before, "all or nothing"


def test_what_is_no_table_and_who_may_not(app: FastAPI, city: Database, district: Desk) -> None:
    for content in (
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04 no zip",
        "姓名,单位\n王,厂".encode(),
        as_csv([], "utf-8"),
    ):
        assert send(district, content, dry=True, expected=422)["fields"][0]["path"] == "file"
    client: Any = browser(app, "10.0.0.3")
    sign_in(client, "jiulongpo-duty")
    answer = client.post(f"{ROOT}/people-import", files={"file": ("a.csv", b"x")}, data={"dry_run": "true"})
    assert answer.status_code == 403
    assert client.get(f"{ROOT}/people-import/template").status_code == 403


def test_the_template_has_the_heads_that_are_read(district: Desk) -> None:
    answer = district.client.get(f"{ROOT}/people-import/template")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    heads, *rest = book.get_sheet_by_index(0).to_python()
    assert (set(heads) | {"手机号"}, rest) == (set(HEADS), [])
    assert ["grid-worker", "网格员"] in book.get_sheet_by_index(1).to_python()

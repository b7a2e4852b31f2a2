"""Place search: Chinese, pinyin and initials, place readings, rare characters, order."""

from __future__ import annotations

import time

import pytest

from chengyun.kernel import bulk
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import pinyin, search, service
from tests.support import actor


def names(tx: Tx, q: str, **more: object) -> list[tuple[str, str]]:
    """(name, detail) of the hits."""
    near = more.get("near")
    found = service.search(tx, q, near if isinstance(near, tuple) else None, 10)
    return [(place.name, place.detail) for place in found]


@pytest.mark.parametrize(
    "q", ["石桥铺", "石桥铺街道", "shiqiaopu", "sqp", "SHI QIAO PU", "shi'qiao'pu", "石桥铺　"]
)
def test_a_town_is_found_however_it_is_written(city_tx: Tx, q: str) -> None:
    assert names(city_tx, q)[0] == ("石桥铺街道", "九龙坡区")


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("重庆市", "chongqingshi"),
        ("綦江区", "qijiangqu"),
        ("垫江县", "dianjiangxian"),
        ("酉阳土家族苗族自治县", "youyangtujiazumiaozuzizhixian"),
        ("涪陵区", "fulingqu"),
        ("长寿区", "changshouqu"),
        ("北碚区", "beibeiqu"),
        ("曾家镇", "zengjiazhen"),
        ("双堡村", "shuangpucun"),
        ("朝阳街道", "chaoyangjiedao"),
        ("重石社区", "chongshishequ"),
        ("大青㭎村", "daqinggangcun"),
        ("三都村", "sanducun"),
    ],
)
def test_places_are_found_by_how_people_there_say_them(name: str, sounds: str) -> None:
    assert sounds in pinyin.keys(name)[0].split()


def test_same_named_towns_are_told_apart(city_tx: Tx) -> None:
    assert sorted(names(city_tx, "石龙镇")) == [("石龙镇", "九龙坡区"), ("石龙镇", "开州区")]
    assert names(city_tx, "开州 石龙")[0] == ("石龙镇", "开州区")
    assert names(city_tx, "kaizhou shilong")[0] == ("石龙镇", "开州区")
    assert names(city_tx, "开州区石龙镇") == [("石龙镇", "开州区")]


def test_an_address_is_cut_at_the_regions_it_names(city_tx: Tx) -> None:
    assert names(city_tx, "开州区云枫街道寨子坪社区")[0] == ("寨子坪社区", "开州区 · 云枫街道")
    assert names(city_tx, "开州区云枫街道寨子坪社区12号")[0] == ("寨子坪社区", "开州区 · 云枫街道")
    assert names(city_tx, "kaizhouquyunfengjiedao")[0] == ("云枫街道", "开州区")


def test_nothing_fits_nothing(city_tx: Tx) -> None:
    assert names(city_tx, "火星基地") == []
    assert names(city_tx, "   ") == []
    assert names(city_tx, "%") == []


def test_near_ones_come_first(city_tx: Tx) -> None:
    assert names(city_tx, "石龙镇", near=(108.5, 31.1))[0][1] == "开州区"
    assert names(city_tx, "石龙镇", near=(106.4, 29.5))[0][1] == "九龙坡区"


def test_own_area_comes_first_and_is_marked(city_db: Database) -> None:
    with city_db.begin(actor()) as tx:
        kaizhou = next(ref.id for ref in service.find_regions(tx, "district") if ref.name == "开州区")
    with city_db.begin(actor(scopes=[kaizhou])) as tx:
        found = service.search(tx, "石龙镇", None, 10)
    assert [(place.detail, place.in_scope) for place in found] == [("开州区", True), ("九龙坡区", False)]


def test_regions_alone_are_found_by_level(city_tx: Tx) -> None:
    assert [ref.name for ref in service.search_regions(city_tx, "寨子坪", "village", 20)] == [
        "寨子坪社区"
    ] * 9
    assert service.search_regions(city_tx, "寨子坪", "town", 20) == []


def test_imported_places_are_found_at_once(city_tx: Tx) -> None:
    assert names(city_tx, "解放碑") == []
    grid = service.locate(city_tx, 106.461, 29.5005).grid.id
    columns = (
        "id",
        "name",
        "kind",
        "detail",
        "pinyin",
        "initials",
        "lon",
        "lat",
        "region_id",
        "schematic",
        "source",
    )
    row = (
        1,
        "解放碑步行街",
        "landmark",
        "民族路",
        *pinyin.keys("解放碑步行街"),
        106.461,
        29.5005,
        grid,
        False,
        "test",
    )
    bulk.insert(city_tx, "territory_place", columns, [row])
    found = service.search(city_tx, "jfb", None, 5)
    assert [(p.name, p.kind, p.detail) for p in found] == [
        ("解放碑步行街", "landmark", "九龙坡区 · 石桥铺街道 · 寨子坪社区 · 004 网格 · 民族路")
    ]
    assert found[0].region is not None
    assert found[0].region.id == grid


def test_a_city_of_addresses_is_searched_in_time(city_db: Database) -> None:
    entries = [search.Entry(f"人民路{n}号", "address", "", 106.5, 29.5, None, False) for n in range(100_000)]
    gazetteer = search.Gazetteer(
        entries, ((n, key) for n, e in enumerate(entries) for key in (e.name, f"rml{n}h"))
    )
    with city_db.begin(system_actor("seed")) as tx:
        service.warm(tx)
    spent = []
    for q in ("人民路77777号", "rml77777h", "7777", "没有这个"):
        began = time.process_time()
        gazetteer.hits(q)
        spent.append(time.process_time() - began)
    assert gazetteer.hits("人民路77777号") == {77_777: 0}
    assert max(spent) < 0.2  # ten times the budget: the machine that tests is shared

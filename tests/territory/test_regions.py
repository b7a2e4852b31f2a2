"""The tree of regions: who is above and below whom, what holds for same-named towns, who may write."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from chengyun.kernel.errors import Conflict, NotFound, Unavailable
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service
from tests.support import actor
from tests.territory.support import small_city


def by_path(tx: Tx, path: str) -> int:
    """The id of 开州区/云枫街道 by names."""
    region = service.find_regions(tx, "city")[0].id
    for name in path.split("/"):
        region = next(child.id for child in service.children(tx, region) if child.name == name)
    return region


def test_a_chain_goes_from_the_city_to_the_grid(city_tx: Tx) -> None:
    grid = by_path(city_tx, "开州区/云枫街道/寨子坪社区/003 网格")
    chain = service.chain_of(city_tx, grid)
    assert chain.label == "开州区 · 云枫街道 · 寨子坪社区 · 003 网格"
    assert [ref.level for ref in chain.regions] == ["city", "district", "town", "village", "grid"]
    assert chain.ids() == service.ancestors(city_tx, grid)[::-1]


def test_a_chain_of_a_district_has_nothing_below_it(city_tx: Tx) -> None:
    chain = service.chain_of(city_tx, by_path(city_tx, "九龙坡区"))
    assert chain.town is None
    assert chain.label == "九龙坡区"
    assert service.chain_of(city_tx, chain.city.id).label == "重庆市"


def test_same_named_towns_are_different_regions(city_tx: Tx) -> None:
    one, other = by_path(city_tx, "九龙坡区/石龙镇"), by_path(city_tx, "开州区/石龙镇")
    assert one != other
    assert service.centre_above(city_tx, one) == by_path(city_tx, "九龙坡区")
    assert service.centre_above(city_tx, other) == by_path(city_tx, "开州区")


def test_descendants_count_what_is_below(city_tx: Tx) -> None:
    city = service.find_regions(city_tx, "city")[0].id
    assert [len(service.descendants(city_tx, city, level)) for level in ("district", "town", "village", "grid")] == [
        3, 9, 36, 144,
    ]  # fmt: skip
    town = by_path(city_tx, "巴南区/花溪街道")
    assert len(service.descendants(city_tx, town, "grid")) == 16
    assert service.descendants(city_tx, town, "town") == [town]
    assert service.descendants(city_tx, town, "district") == []
    assert service.centre_above(city_tx, city) is None


def test_an_unknown_region_is_not_found(city_tx: Tx) -> None:
    with pytest.raises(NotFound):
        service.chain_of(city_tx, 999_999)


def test_loading_twice_is_refused(city_tx: Tx) -> None:
    with pytest.raises(Conflict):
        small_city(city_tx)


def test_without_a_territory_it_says_what_to_do(db: Database) -> None:
    with db.begin(actor()) as tx, pytest.raises(Unavailable) as caught:
        service.current_version(tx)
    assert "chengyun territory import" in str(caught.value)


@pytest.mark.parametrize("kind", ["person", "resident", "token", "anonymous"])
def test_nobody_but_the_system_writes_regions(city_db: Database, kind: str) -> None:
    with city_db.begin(actor(kind=kind)) as tx:
        assert service.current_version(tx) == 1
        with pytest.raises(DBAPIError, match="territory is written by"):
            tx.execute(sa.text("UPDATE territory_region SET name = '别处'"))


def test_the_small_city_is_an_exact_partition(city_tx: Tx) -> None:
    report = service.check(city_tx)
    assert report.ok, report.lines()


def test_a_shape_moved_by_a_hair_is_found(city_tx: Tx) -> None:
    statement = """UPDATE territory_shape SET rings = set_byte(rings, 8, get_byte(rings, 8) # 1)
        WHERE region_id = (SELECT max(id) FROM territory_region)"""
    city_tx.execute(sa.text(statement))
    city_tx.execute(sa.text("UPDATE territory_version SET digest = 'changed'"))
    report = service.check(city_tx)
    assert not report.ok
    assert any("borders of level village" in line for line in report.wrong)

"""The shipped city as a whole: counts, exactness, the merger of November 2025, speed in orders of magnitude."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import reorganise, service
from tests.support import Cluster, migrated, opened, seeded


def _load(database: Database) -> None:
    with database.begin(system_actor("seed")) as tx:
        service.seed_demo(tx)


@pytest.fixture(scope="module")
def demo_db(cluster: Cluster) -> Iterator[Database]:
    """The whole demo city; tests of this module roll back what they change."""
    base = cluster.make_template("schema", migrated)
    with opened(cluster, cluster.make_template("demo_city", seeded(_load), base=base)) as database:
        yield database


@pytest.fixture
def demo_tx(demo_db: Database) -> Iterator[Tx]:
    """A transaction that is rolled back."""
    with demo_db.begin(system_actor("seed")) as tx:
        yield tx
        tx.conn.rollback()


def test_it_has_the_regions_of_2023(demo_tx: Tx) -> None:
    info = service.version_info(demo_tx)
    assert info.counts | {"grid": 0} == {"city": 1, "district": 41, "town": 1031, "village": 11270, "grid": 0}
    assert 60_000 <= info.counts["grid"] <= 70_000
    assert info.schematic
    assert "示意" in info.label
    assert 105.2 < info.bbox[0] < info.bbox[2] < 110.3


def test_it_is_an_exact_nested_partition(demo_tx: Tx) -> None:
    report = service.check(demo_tx)
    assert report.ok, report.wrong


def test_zones_govern_towns_of_other_districts(demo_tx: Tx) -> None:
    zone = service.search_regions(demo_tx, "重庆高新区", "district", 1)[0]
    assert zone.code is None
    towns = service.children(demo_tx, zone.id)
    assert towns
    assert len({town.code[:6] for town in towns if town.code}) >= 1
    assert all(service.centre_above(demo_tx, town.id) == zone.id for town in towns)
    total = sum(len(service.children(demo_tx, d.id)) for d in service.find_regions(demo_tx, "district"))
    assert total == 1031


def test_the_merger_of_november_2025_leaves_42_and_17_towns(demo_tx: Tx) -> None:
    file = resources.files("chengyun.territory") / "data" / "reorganisation-2025-11.yaml"
    with resources.as_file(file) as path:
        plan = reorganise.plan(demo_tx, Path(path))
    assert plan.outcome.effective == date(2025, 11, 6)
    before = {service.ancestors(demo_tx, move.region.id)[1] for move in plan.moves}
    reorganise.apply(demo_tx, plan)
    districts = {ref.name: ref.id for ref in service.find_regions(demo_tx, "district")}
    assert "江北区" not in districts
    assert "渝北区" not in districts
    assert len(service.children(demo_tx, districts["两江新区"])) == 42
    assert len(service.children(demo_tx, districts["北碚区"])) == 17
    divisions = [
        ref
        for ref in service.find_regions(demo_tx, "district")
        if "高新" not in ref.name and "万盛" not in ref.name
    ]
    assert len(divisions) == 37
    assert len(before) >= 3
    report = service.check(demo_tx)
    assert report.ok, report.wrong


@pytest.mark.parametrize(
    ("q", "name"),
    [("綦江", "綦江区"), ("qijiang", "綦江区"), ("dianjiang", "垫江县"), ("youyang", "酉阳土家族苗族自治县"), ("chongqing", "重庆市")],
)  # fmt: skip
def test_districts_are_found_by_their_own_reading(demo_tx: Tx, q: str, name: str) -> None:
    found = [place.name for place in service.search(demo_tx, q, None, 10)]
    assert found[0] == name


def test_the_places_of_the_two_stories_exist(demo_tx: Tx) -> None:
    for q, detail in (("石桥铺街道", "九龙坡区"), ("寨子坪社区", "开州区 · 云枫街道")):
        assert service.search(demo_tx, q, None, 1)[0].detail == detail


def test_it_answers_in_time(demo_tx: Tx) -> None:
    service.warm(demo_tx)
    west, south, east, north = service.version_info(demo_tx).bbox
    points = np.random.default_rng(5).uniform((west, south), (east, north), (200_000, 2))
    began = time.process_time()
    found = service.locate_many(points)
    assert 200_000 / (time.process_time() - began) >= 200_000
    inside = points[found >= 0][:300]
    began = time.process_time()
    for lon, lat in inside:
        service.locate(demo_tx, lon, lat)
    assert (time.process_time() - began) / len(inside) < 0.001

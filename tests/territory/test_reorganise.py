"""Reorganisations: a dry run that lists everything, one new version, dated history, news for those who follow."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from chengyun.kernel.errors import Conflict, Forbidden, Invalid
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import reorganise, service
from chengyun.territory.contracts import (
    CentreCreated,
    CentreDissolved,
    Following,
    RegionMoved,
    ReorganisationPlanned,
)
from tests.support import actor
from tests.territory.test_regions import by_path

MERGER: dict[str, Any] = {
    "schema": 1,
    "label": "江南新区",
    "effective": "2025-11-06",
    "create": [
        {
            "key": "jiangnan",
            "level": "district",
            "kind": "division",
            "name": "江南新区",
            "code": None,
            "parent": "",
        }
    ],
    "merge": [{"from": ["九龙坡区", "巴南区"], "into": "jiangnan"}],
    "move": [{"to": "开州区", "towns": [{"code": "巴南区/南泉街道", "name": "南泉街道"}]}],
    "rename": [{"key": "开州区/石龙镇", "name": "石龙街道", "code": "500154004"}],
    "expect": [{"region": "jiangnan", "towns": 5}, {"region": "开州区", "towns": 4}],
}


def file(folder: Path, **changes: Any) -> Path:
    """The merger as a file, changed as told."""
    path = folder / "merger.yaml"
    path.write_text(yaml.safe_dump({**MERGER, **changes}, allow_unicode=True), encoding="utf-8")
    return path


def test_a_dry_run_lists_everything_and_changes_nothing(city_tx: Tx, tmp_path: Path) -> None:
    def follower(tx: Tx, news: ReorganisationPlanned) -> None:
        for move in news.moves:
            if move.region.name == "花溪街道":
                news.lines.append(
                    Following(move.region.id, "incident", 3, "3 件未结事件", "3 open incidents")
                )

    city_tx.bus.subscribe(ReorganisationPlanned, follower)
    plan = reorganise.plan(city_tx, file(tmp_path))
    lines = plan.lines()
    assert "create   江南新区 (jiangnan)" in lines
    assert "end      巴南区 → jiangnan" in lines
    assert "move     南泉街道: 巴南区 → 开州区" in lines
    assert "6 towns change hands, 0 more change their statistical parent only" in lines
    assert "follow   花溪街道: 3 件未结事件 / 3 open incidents" in lines
    assert service.current_version(city_tx) == 1
    assert service.chain_of(city_tx, by_path(city_tx, "巴南区/花溪街道")).label == "巴南区 · 花溪街道"


def test_applying_makes_a_version_and_tells_who_must_follow(city_tx: Tx, tmp_path: Path) -> None:
    heard: list[object] = []
    for kind in (CentreCreated, CentreDissolved, RegionMoved):
        city_tx.bus.subscribe(kind, lambda tx, news: heard.append(news))
    banan, huaxi = by_path(city_tx, "巴南区"), by_path(city_tx, "巴南区/花溪街道")
    version = reorganise.apply(city_tx, reorganise.plan(city_tx, file(tmp_path)))
    assert version == service.current_version(city_tx) == 2
    jiangnan = by_path(city_tx, "江南新区")
    assert service.centre_above(city_tx, huaxi) == jiangnan
    assert [type(news).__name__ for news in heard[:3]] == [
        "CentreCreated",
        "CentreDissolved",
        "CentreDissolved",
    ]
    assert RegionMoved(huaxi, banan, jiangnan, 2) in heard
    assert len(heard) == 3 + 6
    assert [ref.name for ref in service.find_regions(city_tx, "district")] == ["开州区", "江南新区"]
    assert service.check(city_tx).ok, service.check(city_tx).lines()


def test_the_map_and_the_search_follow(city_tx: Tx, tmp_path: Path) -> None:
    before = service.bbox(city_tx, by_path(city_tx, "开州区"))
    assert service.locate(city_tx, 106.61, 29.41).district.name == "巴南区"
    reorganise.apply(city_tx, reorganise.plan(city_tx, file(tmp_path)))
    place = service.locate(city_tx, 106.61, 29.41)
    assert (place.district.name, place.version) == ("开州区", 2)
    after = service.bbox(city_tx, by_path(city_tx, "开州区"))
    assert after[0] == 106.6
    assert after[2:] == before[2:]
    assert [p.detail for p in service.search(city_tx, "南泉街道", None, 5)] == ["开州区"]
    assert [p.name for p in service.search(city_tx, "jiangnan", None, 5)] == ["江南新区"]
    assert [p.name for p in service.search(city_tx, "石龙街道", None, 5)] == ["石龙街道"]


def test_what_was_is_remembered_with_its_dates(city_tx: Tx, tmp_path: Path) -> None:
    banan, nanquan = by_path(city_tx, "巴南区"), by_path(city_tx, "巴南区/南泉街道")
    shilong = by_path(city_tx, "开州区/石龙镇")
    reorganise.apply(city_tx, reorganise.plan(city_tx, file(tmp_path)))
    kaizhou = by_path(city_tx, "开州区")
    rows = city_tx.execute(
        sa.text("""SELECT centre_id, valid_from, valid_to FROM territory_governance
                   WHERE region_id = :id ORDER BY valid_from"""),
        {"id": nanquan},
    ).all()
    day = date(2025, 11, 6)
    assert [tuple(row) for row in rows] == [(banan, date(2023, 6, 30), day), (kaizhou, day, None)]
    past = service.past_names(city_tx, shilong)
    assert [(row.name, row.code, row.valid_to) for row in past] == [
        ("石龙镇", "500154003", day),
        ("石龙街道", "500154004", None),
    ]
    assert service.region(city_tx, banan).name == "巴南区"
    assert service.chain_of(city_tx, banan).label == "巴南区"
    assert service.children(city_tx, banan) == []
    assert service.descendants(city_tx, banan, "grid") == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"expect": [{"region": "jiangnan", "towns": 6}]}, "reorganise.other_count", "expect.0.towns"),
        ({"merge": [{"from": ["没有区"], "into": "jiangnan"}]}, "reorganise.unknown", "merge.0.from.0"),
        (
            {"move": [{"to": "开州区", "towns": [{"code": "巴南区/南泉街道", "name": "南泉镇"}]}]},
            "reorganise.other_name",
            "move.0.towns.0.name",
        ),
        (
            {"move": [{"to": "巴南区", "towns": [{"code": "巴南区/南泉街道", "name": "南泉街道"}]}]},
            "reorganise.orphan",
            "merge",
        ),
        ({"effective": "soon"}, "reorganise.schema", "effective"),
        ({"surprise": 1}, "reorganise.schema", "merger.yaml"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(
    city_tx: Tx, tmp_path: Path, changes: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(Invalid) as caught:
        reorganise.plan(city_tx, file(tmp_path, **changes))
    assert (code, path) in [(wrong.code, wrong.path) for wrong in caught.value.fields]


def test_a_plan_is_for_one_version_only(city_tx: Tx, tmp_path: Path) -> None:
    plan = reorganise.plan(city_tx, file(tmp_path))
    reorganise.apply(city_tx, plan)
    with pytest.raises(Conflict) as caught:
        reorganise.apply(city_tx, plan)
    assert caught.value.code == "reorganise.stale"


def test_it_waits_for_its_day(city_tx: Tx, tmp_path: Path) -> None:
    plan = reorganise.plan(city_tx, file(tmp_path))
    city_tx.now = datetime(2025, 11, 5, 15, 59, tzinfo=UTC)  # 23:59 in Chongqing
    with pytest.raises(Conflict) as caught:
        reorganise.apply(city_tx, plan)
    assert caught.value.code == "reorganise.not_yet"
    city_tx.now = datetime(2025, 11, 5, 16, 0, tzinfo=UTC)
    assert reorganise.apply(city_tx, plan) == 2


def test_a_follower_that_fails_undoes_all(city_db: Database, tmp_path: Path) -> None:
    from chengyun.kernel.contracts import system_actor

    def follower(tx: Tx, news: RegionMoved) -> None:
        raise Conflict("busy")

    city_db.bus.subscribe(RegionMoved, follower)
    with pytest.raises(Conflict, match="busy"), city_db.begin(system_actor("reorganise")) as tx:
        reorganise.apply(tx, reorganise.plan(tx, file(tmp_path)))
    with city_db.begin(actor()) as tx:
        assert service.current_version(tx) == 1
        assert service.locate(tx, 106.61, 29.41).district.name == "巴南区"


def test_it_needs_the_permission(city_db: Database, tmp_path: Path) -> None:
    with city_db.begin(actor(permissions=["incident.read"])) as tx, pytest.raises(Forbidden):
        reorganise.plan(tx, file(tmp_path))

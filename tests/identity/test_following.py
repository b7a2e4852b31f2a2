"""A reorganisation takes people, units, tokens and accesses along."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from chengyun.identity import service
from chengyun.identity.contracts import PostChanged, UnitMerged
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import reorganise
from tests.identity.support import SEED, acting, browser, hire, paths, sign_in, unit_in

FILE = """
schema: 1
label: 撤并
effective: "2023-07-01"
create:
  - {key: new-district, level: district, kind: division, name: 巴九新区, code: null, parent: ""}
merge:
  - {from: [巴南区], into: new-district}
move:
  - to: 开州区
    towns:
      - {code: 巴南区/南泉街道, name: 南泉街道}
      - {code: 九龙坡区/石龙镇, name: 石龙镇}
"""


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def carried_out(db: Database, file: Path) -> list[object]:
    """Apply the file; the news that identity published."""
    told: list[object] = []

    def hear(_: Tx, news: object) -> None:
        told.append(news)

    db.bus.subscribe(PostChanged, hear)
    db.bus.subscribe(UnitMerged, hear)
    with db.begin(SEED) as tx:
        reorganise.apply(tx, reorganise.plan(tx, file))
    return told


def test_the_dry_run_lists_what_follows_and_what_merges(
    city: Database, place: dict[str, int], plan_file: Path
) -> None:
    hire(city, "in-nanquan", unit_in(city, "sanitation", place["巴南区/南泉街道"]), "department")
    with city.begin(SEED) as tx:
        lines = reorganise.plan(tx, plan_file).lines_of_followers
        found = {(line.region_id, line.kind): line.count for line in lines}
    assert found[(place["巴南区/南泉街道"], "unit")] == 6 + 4
    assert found[(place["巴南区/南泉街道"], "post")] == 1
    assert found[(place["巴南区"], "unit")] == 17
    assert found[(place["巴南区"], "post")] == 2
    assert (place["九龙坡区"], "unit") not in found
    with city.begin(SEED) as tx:
        assert service.unit_of(tx, "water", place["巴南区"]) is not None  # nothing happened yet


def test_a_town_s_people_are_governed_by_the_centre_that_takes_over(
    app: FastAPI, city: Database, place: dict[str, int], plan_file: Path
) -> None:
    hire(city, "mover", unit_in(city, "sanitation", place["九龙坡区/石龙镇"]), "department")
    old, new = browser(app), browser(app, "10.0.0.2")
    sign_in(old, "jiulongpo-duty")
    sign_in(new, "kaizhou-duty")
    region = {"region": place["九龙坡区/石龙镇"]}
    assert [len(who.get("/api/identity/people", params=region).json()) for who in (old, new)] == [1, 0]
    told = carried_out(city, plan_file)
    assert [len(who.get("/api/identity/people", params=region).json()) for who in (old, new)] == [0, 1]
    assert "moved" in {news.change for news in told if isinstance(news, PostChanged)}


def test_a_dissolved_centre_s_units_posts_and_shifts_go_to_the_successor(
    app: FastAPI, city: Database, place: dict[str, int], plan_file: Path
) -> None:
    water = unit_in(city, "water", place["巴南区"])
    handler = hire(city, "handler", water, "department")
    client = browser(app)
    sign_in(client, "banan-duty")
    told = carried_out(city, plan_file)
    with city.begin(SEED) as tx:
        new = paths(tx)["巴九新区"]
        assert len(service.find_units(tx, region_id=new)) == 17
        assert service.find_units(tx, region_id=place["巴南区"]) == []
        successor = service.unit_of(tx, "water", new)
        assert successor is not None
        assert successor.name == "巴九新区水利局"
        assert service.successor(tx, water) == successor.id
        assert service.unit(tx, water).name == "巴南区水利局"  # history keeps its name
        assert {person.role for person in service.on_duty(tx, new)} == {"district-duty", "duty-chief"}
    assert UnitMerged(water, successor.id) in told
    assert acting(city, handler).scopes == (successor.id,)
    me = client.get("/api/identity/me").json()
    assert (me["centre"]["name"], me["post"]["region"]["id"], me["on_duty"]) == ("巴九新区", new, True)


def test_tokens_and_accesses_follow(
    app: FastAPI, city: Database, place: dict[str, int], plan_file: Path
) -> None:
    admin, opener = browser(app), browser(app, "10.0.0.2")
    sign_in(admin, "admin")
    sign_in(opener, "kaizhou-duty")
    secrets = {}
    for path in ("巴南区", "九龙坡区/石龙镇"):
        body = {"name": path, "permissions": ["unit.read"], "region": place[path]}
        secrets[path] = admin.post("/api/identity/tokens", json=body).json()["secret"]
    opener.post(
        "/api/identity/break-glass",
        json={"region": place["巴南区"], "reason": "跨区抢险，需要查看相关事件", "minutes": 60},
    )
    carried_out(city, plan_file)
    with city.begin(SEED) as tx:
        new = paths(tx)["巴九新区"]
        rows = tx.execute(sa.text("SELECT name, region_id, readers FROM identity_token")).all()
        found = {row.name: (row.region_id, set(row.readers)) for row in rows}
    assert found["巴南区"] == (new, {new, place[""]})
    town = place["九龙坡区/石龙镇"]
    assert found["九龙坡区/石龙镇"] == (town, {town, place["开州区"], place[""]})
    assert service.actor_for_token(city, secrets["巴南区"]).scopes == (new,)
    actor = service.actor_for_session(city, opener.cookies["chengyun_session"])
    assert new in actor.scopes
    assert place["巴南区"] not in actor.scopes

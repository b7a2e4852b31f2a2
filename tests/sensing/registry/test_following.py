"""A reorganisation: things stay in their grids, and follow the centre and the unit that take over."""

from __future__ import annotations

import pytest

from chengyun.identity import changes, upkeep
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Database
from chengyun.sensing import service
from chengyun.sensing.registry.contracts import Wanted
from chengyun.territory import service as territory
from chengyun.territory.contracts import Move, RegionMoved, ReorganisationPlanned
from tests.identity.support import SEED, acting, hire, unit_in
from tests.sensing.registry.support import BANAN, HERE, TOWN, new_thing
from tests.support import actor

MOVER = system_actor("territory.reorganise")


def seen(city: Database, who: Actor) -> list[str]:
    with city.begin(who) as tx:
        return [row.code for row in service.things(tx, Wanted()).rows]


def test_a_town_s_things_go_with_it_and_a_dry_run_counts_them(city: Database, place: dict[str, int]) -> None:
    old, new = (actor(scopes=[place[name]]) for name in ("九龙坡区", "巴南区"))
    elsewhere = (HERE[0] + 0.08, HERE[1])
    with city.begin(SEED) as tx:
        service.add_things(tx, [new_thing("g-1"), new_thing("g-2", elsewhere), new_thing("b-1", BANAN)])
    with city.begin(MOVER) as tx:
        here, district, other = (territory.region(tx, place[name]) for name in (TOWN, "九龙坡区", "巴南区"))
        planned = ReorganisationPlanned((Move(here, district, other),))
        tx.publish(planned)
        assert [(line.region_id, line.count) for line in planned.lines if line.kind == "thing"] == [
            (place[TOWN], 1)
        ]
        tx.publish(RegionMoved(place[TOWN], place["九龙坡区"], place["巴南区"], 2))
    assert seen(city, old) == ["g-2"]
    assert seen(city, new) == ["b-1", "g-1"]
    assert seen(city, actor(scopes=[place[TOWN]])) == ["g-1"]


def test_a_merged_unit_s_things_are_its_successor_s_until_the_merger_is_undone(
    city: Database, place: dict[str, int]
) -> None:
    water, housing, culture = (
        unit_in(city, kind, place["九龙坡区"]) for kind in ("water", "housing", "culture")
    )
    with city.begin(SEED) as tx:
        service.add_things(
            tx,
            [
                new_thing("w-1", owner=water),
                new_thing("h-1", owner=housing),
                new_thing("c-1", BANAN, owner=culture),
            ],
        )
    admin = acting(city, hire(city, "jlp-admin", unit_in(city, "centre", place["九龙坡区"]), "admin"))
    with city.begin(admin) as tx:
        upkeep.merge(tx, water, housing)
        second = upkeep.merge(tx, housing, culture)
    officer = actor(scopes=[culture])
    assert seen(city, officer) == ["c-1", "h-1", "w-1"]
    assert seen(city, actor(scopes=[water])) == seen(city, actor(scopes=[housing])) == []
    with city.begin(officer) as tx:
        rows = service.things(tx, Wanted(owner=culture)).rows
        assert {row.owner for row in rows} == {culture}
    with city.begin(admin) as tx:
        changes.undo(tx, second)
    assert seen(city, officer) == ["c-1"]
    assert seen(city, actor(scopes=[housing])) == ["h-1", "w-1"]
    with city.begin(actor(scopes=[water])) as tx, pytest.raises(NotFound):
        service.thing(tx, 1)

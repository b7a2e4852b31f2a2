"""The live simulator on a small city: everybody acts by their own account, and keeps to what is simulated."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chengyun.cli.demo.actors import Actors
from chengyun.cli.demo.manual import PATIENCE, Manual
from chengyun.cli.demo.shape import shape
from chengyun.cli.demo.simulator import Simulation
from chengyun.cli.demo.stories import TELLINGS, Places, weights_at
from chengyun.kernel.clock import SHANGHAI
from tests.cli.support import SEED, silence
from tests.support import Cluster
from tests.territory.support import DISTRICTS
from tests.web.support import WRITE, Hub, browser, hub_on, served, sign_in

MIDDLE = 40_000  # of a town, in 1e-6 degree
TOWNS = [(town, x + MIDDLE / 2, y + MIDDLE / 2) for _, towns in DISTRICTS.values() for town, x, y in towns]
PLACES = Places.of((x / 1e6, y / 1e6, 1.0) for _, x, y in TOWNS)
HISTORY = "SELECT incident_id, count(*) AS steps FROM incidents_step GROUP BY incident_id"
SINCE = "SELECT s.* FROM incidents_step s WHERE s.at > :since"


@pytest.fixture
def hub(cluster: Cluster, lived_city: str, tmp_path: Path) -> Iterator[Hub]:
    """The small city with its history behind a real server; no sweeper runs."""
    with cluster.fresh(lived_city) as links, hub_on(links, tmp_path) as found, served(found):
        with found.db.begin(SEED) as tx:
            silence(tx)
        yield found


@pytest.fixture
def simulation(hub: Hub) -> Iterator[Simulation]:
    with Actors(hub.url) as actors:
        yield Simulation(actors, PLACES, 60.0, random.Random(7))


def steps(hub: Hub) -> dict[int, int]:
    with hub.db.begin(SEED) as tx:
        return {row.incident_id: row.steps for row in tx.execute(sa.text(HISTORY))}


def made(hub: Hub, since: datetime) -> list[Any]:
    with hub.db.begin(SEED) as tx:
        return list(tx.execute(sa.text(SINCE), {"since": since}))


def now(hub: Hub) -> datetime:
    with hub.db.begin(SEED) as tx:
        return tx.now


def test_the_city_moves_by_people_with_accounts_of_their_own(hub: Hub, simulation: Simulation) -> None:
    before = now(hub)
    for _ in range(4):
        simulation.report()
    for _ in range(60):
        simulation.advance()
    found = made(hub, before)
    moves = {row.move for row in found}
    assert {"report", "acknowledge", "start", "report_back"} <= moves
    assert {"accept", "verify", "file", "dispatch", "check_pass", "close"} & moves
    people = {row.actor_id for row in found if row.actor_kind == "person"}
    assert len(people) > 10
    with hub.db.begin(SEED) as tx:
        query = sa.text("SELECT login FROM identity_person WHERE id = ANY(:ids)")
        logins = set(tx.execute(query, {"ids": list(people)}).scalars())
    assert all(login.startswith("sim-") for login in logins)


def test_what_is_closed_is_rated_by_whoever_reported_it(hub: Hub, simulation: Simulation) -> None:
    simulation.report()
    with hub.db.begin(SEED) as tx:
        incident = tx.execute(sa.text("SELECT max(id) FROM incidents_incident")).scalar_one()
    detail = {"row": {"id": incident}}
    for _ in range(40):
        detail = simulation.observer.get(f"/api/incidents/{incident}")
        if detail["row"]["state"] == "closed":
            break
        simulation.manual.now = datetime.max.replace(tzinfo=SHANGHAI)  # nobody sits at these desks
        simulation.waiting.append(detail["row"])
        simulation.advance()
    assert detail["row"]["state"] == "closed"
    simulation.rate()
    assert simulation.observer.get(f"/api/incidents/{incident}")["row"]["state"] == "rated"


def test_switched_off_nothing_changes(hub: Hub, simulation: Simulation) -> None:
    with browser(hub) as client:
        sign_in(client, "jiulongpo-duty")
        for wanted in (False, True):
            answer = client.post("/api/demo/simulator", json={"running": wanted}, headers=WRITE)
            assert answer.status_code == 200
            before = steps(hub)
            for _ in range(25):
                simulation.turn()
            assert (steps(hub) == before) is not wanted


def test_what_a_person_reported_is_not_touched(hub: Hub, simulation: Simulation) -> None:
    with browser(hub) as client:
        sign_in(client, "shiqiaopu-duty")
        body = {"text": "路边一堆生活垃圾", "lon": 106.48, "lat": 29.52, "category": "0504"}
        headers = {**WRITE, "Idempotency-Key": "by-hand-0001"}
        answer = client.post("/api/incidents/reports", json=body, headers=headers)
        assert answer.status_code == 201
    incident = answer.json()["incident"]
    before = steps(hub)[incident]
    for _ in range(3):
        simulation.waiting.clear()
        simulation.look_around()
        assert incident not in {row["id"] for row in simulation.waiting}
    assert steps(hub)[incident] == before


def test_desks_with_a_demo_account_are_left_to_whoever_sits_there(hub: Hub, simulation: Simulation) -> None:
    simulation.manual.learn(simulation.actors.guest())
    row = {"changed_at": simulation.manual.now.isoformat()}
    fresh = {"row": row, "history": []}
    assert simulation.manual.at_desk("九龙坡区", fresh)
    assert simulation.manual.in_unit("九龙坡区城市管理局", fresh)
    assert not simulation.manual.at_desk("汉丰街道", fresh)
    old = {"row": {"changed_at": (simulation.manual.now - 2 * PATIENCE).isoformat()}, "history": []}
    assert not simulation.manual.at_desk("九龙坡区", old)
    step = {"actor_kind": "person", "actor": "周敏", "unit": "九龙坡区城市运行治理中心"}
    assert simulation.manual.at_desk("九龙坡区", {**old, "history": [step]})


def test_incidents_at_such_a_desk_wait_for_a_while(hub: Hub, simulation: Simulation) -> None:
    """Through the API: the simulated officer of 九龙坡区 does not take what came a minute ago."""
    with hub.db.begin(SEED) as tx:
        centre = hub.regions["九龙坡区"]
        found = tx.execute(
            sa.text("SELECT id FROM incidents_incident WHERE centre_id = :c AND state = 'filed' LIMIT 1"),
            {"c": centre},
        ).scalar_one()
        touch = sa.text("UPDATE incidents_incident SET changed_at = :at WHERE id = :id")
        tx.execute(touch, {"at": tx.now, "id": found})
    before = steps(hub)[found]
    simulation.manual.learn(simulation.actors.guest())
    for waited in (timedelta(0), 2 * PATIENCE):
        simulation.manual.now += waited
        simulation.waiting.append({"id": found})
        simulation.advance()
        assert steps(hub)[found] == before + (1 if waited else 0)


def test_an_ended_session_is_begun_anew(hub: Hub, simulation: Simulation) -> None:
    simulation.report()
    with hub.db.begin(SEED) as tx:
        tx.execute(sa.text("SELECT set_config('chengyun.system', 'identity.signin', true)"))
        tx.execute(sa.text("UPDATE identity_session SET ended_at = now()"))
    before = now(hub)
    for _ in range(30):
        simulation.turn()
    assert made(hub, before)


def test_an_installation_that_does_not_answer_is_waited_for() -> None:
    with Actors("http://127.0.0.1:9") as actors:
        simulation = Simulation(actors, PLACES, 60.0, random.Random(1))
        simulation.stop.set()  # so that it does not wait
        simulation.turn()
        assert not simulation.waiting


def test_nobody_is_known_before_they_are_asked() -> None:
    assert not Manual().at_desk("九龙坡区", {"row": {}, "history": []})


def test_stories_fit_the_season_and_the_hour() -> None:
    codes = [telling.category for telling in TELLINGS]

    def share(category: str, *moment: int) -> float:
        weights = weights_at(shape(), datetime(*moment, tzinfo=SHANGHAI))
        return weights[codes.index(category)] / sum(weights)

    assert share("0404", 2025, 7, 1, 10) > 3 * share("0404", 2025, 12, 1, 10)
    assert share("0301", 2025, 7, 1, 22) > 3 * share("0301", 2025, 7, 1, 10)

"""The demo's past of signs is what the product itself would have kept: trends, alarms with their incidents, hours, reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa

from chengyun.cli.demo.feeling.placing import kinds_of, place
from chengyun.cli.demo.past.counting import MEASURES, Counted
from chengyun.cli.demo.past.loading import load_past
from chengyun.cli.demo.past.plan import past
from chengyun.cli.demo.seed import SCENARIOS
from chengyun.incidents import rulebook
from chengyun.incidents import service as incidents
from chengyun.incidents.reading.gauges import class_of
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory
from chengyun.vitals import service as vitals
from chengyun.vitals.checkup import jobs, making
from chengyun.vitals.contracts import Input
from tests.cli.support import SEED

EACH = 6  # things of a kind


@pytest.fixture
def felt(lived: Database) -> Iterator[tuple[Tx, dict[str, int]]]:
    """Things in the small city, and their past; nine looks of the towns in two months, each more eventful."""
    told = past()
    more = [{**one, "often": one["often"] * 3} for one in told.happenings]
    sparse = replace(
        told, hours=60.0, happenings=tuple(more), hours_of_things={**told.hours_of_things, "days": 1}
    )
    with lived.begin(SEED) as tx:
        kinds = kinds_of(SCENARIOS / "city-vitals" / "things.yaml")
        place(tx, [replace(kind, count=EACH) for kind in kinds])
    with lived.begin(SEED) as tx:
        yield tx, load_past(tx, sparse)


def one(tx: Tx, query: str) -> object:
    return tx.execute(sa.text(query)).scalar()


def test_the_past_has_trends_alarms_incidents_hours_and_makes_last_months_reports(
    felt: tuple[Tx, dict[str, int]],
) -> None:
    tx, made = felt
    assert made["alarms"] >= 30
    assert made["incidents"] >= 10
    assert one(tx, "SELECT count(DISTINCT at) FROM vitals_trend") == made["looks"]
    assert one(tx, "SELECT count(*) FROM sensing_hour") == made["hours"] > 0
    over = "cleared_at IS NOT NULL AND began < cleared_at AND cleared_at <= now() AND level = 0 AND peak > 0"
    assert one(tx, f"SELECT count(*) FROM vitals_alarm WHERE {over}") == made["alarms"]
    assert one(tx, "SELECT count(*) FROM vitals_alarm WHERE acknowledged_at BETWEEN began AND cleared_at") > 0  # type: ignore[operator]
    led = (
        "SELECT count(*) FROM vitals_alarm a JOIN incidents_incident i ON i.id = a.incident_id AND i.simulated"
        " AND i.origin_kind = 'alarm' AND i.origin_id = a.id::text AND i.channel = 'sensor' AND i.reported_at > a.began"
    )
    assert one(tx, led) == made["incidents"]
    reports_of_last_month(tx)


def reports_of_last_month(tx: Tx) -> None:
    """What the worker schedules can be made, and compares with the month before."""
    jobs.plan_checkups(tx)
    assert making.plan(tx) > 0
    asked = making.due(tx)
    for ref in territory.find_regions(tx, "district"):
        making.make_towns(tx, ref.id, asked)
    making.make_districts(tx, asked)
    scores = "SELECT count(*) FROM vitals_checkup WHERE content->'overall'->>'{}' IS NOT NULL"
    towns = len(territory.find_regions(tx, "town"))
    assert one(tx, scores.format("score")) == towns + len(territory.find_regions(tx, "district")) + 1
    assert one(tx, scores.format("before")) == one(tx, scores.format("score"))


def test_incidents_of_the_past_are_counted_as_those_of_now(lived: Database) -> None:
    with lived.begin(SEED) as tx:
        counted, known = Counted(tx), incidents.gauges(tx)
        tables = counted.at(tx.now.timestamp())
        for measure in MEASURES:
            if measure == "overdue":  # of now it hangs on lamps that the sweeper has set
                continue
            for kind, column in counted.kinds.items():
                gauge = known.get(f"{measure}:{kind}" if kind else measure)
                told = tables[MEASURES.index(measure), :, column]
                mine = np.nan_to_num(told)
                if gauge is None:
                    assert not mine.any(), (measure, kind)
                else:
                    expected = np.zeros(len(counted.regions))
                    expected[np.searchsorted(counted.regions, gauge.regions)] = gauge.values
                    assert np.allclose(mine, expected), (measure, kind)


def test_every_sign_over_incidents_asks_for_something_that_is_counted(lived: Database) -> None:
    with lived.begin(SEED) as tx:
        categories = rulebook.book(tx, rulebook.current(tx)[0]).categories
        known = {"", *categories, *map(class_of, categories)}
        asked = {sign.of.partition(":")[2] for sign in vitals.signs(tx) if sign.input is Input.INCIDENTS}
    assert asked - known == set()

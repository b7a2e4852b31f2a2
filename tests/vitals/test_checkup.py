"""Checkups: the published method by properties and by hand, versions through the door, and the paper."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Forbidden, Invalid, NotFound
from chengyun.kernel.events import Bus
from chengyun.vitals.checkup import rules, service
from chengyun.vitals.checkup.contracts import Checkup, CheckupDomain, CheckupPeriod, Target
from chengyun.vitals.checkup.jobs import make_districts, make_towns, plan_checkups
from chengyun.vitals.checkup.periods import Asked, looks, midnight, parts
from chengyun.vitals.contracts import Level
from tests.incidents.support import SHIQIAOPU, City, incidents_template
from tests.support import Cluster, opened, seeded
from tests.vitals import checkup_support as held

JUNE = Asked(CheckupPeriod.MONTH, date(2025, 6, 15))
NOW = datetime(2025, 7, 3, 2, tzinfo=UTC)
FIRST, MAY = midnight(date(2025, 6, 1)), midnight(date(2025, 5, 1))
TOWN, OTHER, THIRD = "九龙坡区/石桥铺街道", "九龙坡区/杨家坪街道", "九龙坡区/石龙镇"
GOOD = {"gas.methane.max": 0.0, "gas.methane.mean": 0.0, "fire.pressure.min": 0.5, "gas.streams": 9.0}


# the method

signs = st.builds(
    lambda at, gaps, bad, ends: held.sign(
        "x.y", "某体征", bad=bad, low=-1e4 if ends else None, high=1e4 if ends else None,
        thresholds=held.steps(*[
            ((at + sum(gaps[: n + 1])) * (1 if bad == "high" else -1), 0.0) for n in range(len(gaps))
        ]),
    ),
    st.floats(-100, 100), st.lists(st.floats(0.5, 50), min_size=1, max_size=4), st.sampled_from(["high", "low"]),
    st.booleans(),
)  # fmt: skip


@given(signs, st.lists(st.floats(-2e4, 2e4), min_size=2, max_size=20))
def test_points_are_bounded_and_never_rise_with_a_worse_value(one: Any, values: list[float]) -> None:
    curve = rules.curve(one)
    assert curve is not None
    worse = np.array(sorted(values, reverse=one.bad == "low"))
    points = curve.points(worse)
    assert ((points >= 0) & (points <= 100)).all()
    assert (np.diff(points) <= 1e-9).all()
    for mark in one.thresholds:
        assert curve.points(np.array([mark.on]))[0] == pytest.approx(rules.SCORE_AT[mark.level])


def whole_of(points: np.ndarray, alarms: list[int]) -> rules.Scored | None:
    """Two domains of three signs each, two of which look at the same."""
    groups = np.array([0, 0, 1])
    column = rules.over_time(points, np.array([1.0, 2.0, 3.0, 4.0]), np.ones_like(points, bool))
    made = []
    for part in (slice(0, 3), slice(3, 6)):
        cut = rules.Column(column.earned[part], column.known[part], column.coverage[part])
        weight = rules.weights(groups, np.ones(3, bool))
        made.append(rules.domain(cut, weight, rules.deduction(alarms, 3, 30)))
    return rules.whole([one for one in made if one is not None])


matrices = st.lists(st.one_of(st.floats(0, 100), st.just(float("nan"))), min_size=24, max_size=24).map(
    lambda flat: np.array(flat).reshape(4, 6)
)
rung = st.lists(st.integers(0, 50), min_size=4, max_size=4)


@settings(max_examples=200)
@given(matrices, rung, st.integers(0, 23), st.floats(0, 100), st.integers(0, 3))
def test_nothing_bad_or_missing_raises_the_score(
    points: np.ndarray, alarms: list[int], at: int, worse: float, level: int
) -> None:
    scored = whole_of(points, alarms)
    assert scored is not None
    assert 0 <= scored.score <= 100
    assert 0 <= scored.coverage <= 1
    assert scored.known is None or scored.score <= scored.known + 1e-9
    less, more = points.copy(), list(alarms)
    less.flat[at] = min(less.flat[at], worse) if np.isfinite(less.flat[at]) else np.nan
    gone = points.copy()
    gone.flat[at] = np.nan
    more[level] += 1
    for other in (whole_of(less, alarms), whole_of(gone, alarms), whole_of(points, more)):
        assert other is not None
        assert other.score <= scored.score + 1e-9


def test_no_data_is_no_zero() -> None:
    nothing = whole_of(np.full((4, 6), np.nan), [0, 0, 0, 0])
    assert nothing is not None
    assert (nothing.told, nothing.coverage, rules.grade(nothing)) == (None, 0.0, None)
    half = whole_of(np.where(np.arange(6) < 2, 100.0, np.nan) * np.ones((4, 1)), [0, 0, 0, 0])
    assert half is not None
    assert half.told == pytest.approx(25)
    assert half.known == pytest.approx(100)
    assert rules.grade(half) is None, "too little is known for a grade"


def test_a_case_worked_by_hand() -> None:
    methane, mean, pressure = (rules.curve(one) for one in (held.METHANE, held.MEAN, held.PRESSURE))
    assert methane is not None
    assert mean is not None
    assert pressure is not None
    assert rules.curve(held.COUNT) is None
    assert methane.points(np.array([0, 5, 10, 15, 30, 40, 60, 70, 99])).tolist() == pytest.approx(
        [100, 92.5, 85, 77.5, 50, 37.5, 12.5, 0, 0]
    )
    assert mean.points(np.array([0, 7.5, 15])).tolist() == pytest.approx([100, 77.5, 0])
    assert pressure.points(np.array([0.5, 0.35, 0.3, 0.2, 0.15, 0.05])).tolist() == pytest.approx(
        [100, 92.5, 85, 70, 35, 0]
    )
    # two red episodes in a town in 30 days: 4 points, 20 × 4 / (4 + 5)
    assert rules.deduction([0, 0, 0, 2], 1, 30) == pytest.approx(80 / 9)
    assert rules.standing(2, {1: 90.0, 2: 70.0, 3: None, 4: 80.0}) == (80.0, 3, 3)


@given(
    st.sampled_from(list(CheckupPeriod)), st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 400)
)
def test_parts_and_looks_cover_a_period_once(period: CheckupPeriod, day: date, more: int) -> None:
    asked = Asked(period, day, day + timedelta(days=more))
    span = asked.span(datetime(2040, 1, 1, tzinfo=UTC))
    cut = parts(period, span)
    assert (cut[0][0], cut[-1][1]) == (span.first, span.last)
    assert all(b[0] - a[1] == timedelta(days=1) for a, b in pairwise(cut))
    found = looks(period, span)
    assert (found[0].since, found[-1].until) == (span.since, span.ends)
    assert all(a.until == b.since for a, b in pairwise(found))
    assert {look.part for look in found} == set(range(len(cut)))
    assert len(found) >= 48


# versions


@pytest.fixture(scope="session")
def told_city(cluster: Cluster) -> str:
    """The small city in June 2025: 石桥铺 has a gas problem and an alarm with an incident, 杨家坪 lost its pressure sensors."""

    def build(database: Any) -> None:
        city = City(database)
        with database.begin(system_actor("seed")) as tx:
            held.define(tx)
        case = city.report(city.officer(TOWN), "燃气泄漏：某餐馆后厨", SHIQIAOPU, FIRST + timedelta(days=4))
        for path, region in city.regions.items():
            if path.count("/") > 1:
                continue
            held.remember(database, region, GOOD, MAY, 31)
            values = dict(GOOD)
            if path == TOWN:
                values |= {"gas.methane.max": 30.0, "gas.methane.mean": 7.5}
            if path == OTHER:
                del values["fire.pressure.min"]
            held.remember(database, region, values, FIRST, 30)
        held.registered(database, city.region(TOWN), 80.0, "2025-06-01")
        held.ring(
            database,
            held.METHANE.code,
            city.region(TOWN),
            FIRST + timedelta(days=4),
            Level.RED,
            case.incident,
        )

    return cluster.make_template("checkup", seeded(build, Bus()), base=incidents_template(cluster))


@pytest.fixture
def city(cluster: Cluster, told_city: str) -> Iterator[City]:
    with opened(cluster, told_city, Bus(), pool_size=4) as database:
        yield City(database)


def made(city: City, who: Any, path: str, asked: Asked = JUNE) -> Checkup:
    with city.at(who, NOW) as tx:
        return service.one(tx, service.make(tx, city.region(path), asked))


def domain(found: Checkup, code: str) -> CheckupDomain:
    return next(one for one in found.findings.domains if one.code == code)


def test_a_town_by_hand_as_its_own_officer_sees_it(city: City) -> None:
    found = made(city, city.officer(TOWN), TOWN)
    kept = found.findings
    fire, gas = sorted(kept.domains, key=lambda one: one.code)
    # gas: (50 + 77.5) / 2 − the deduction for one red episode (2 points: 20 × 2 / 7); fire: 100 and 80 of a register
    assert gas.score.score == pytest.approx(63.75 - 40 / 7, abs=0.01)
    assert (gas.score.before, gas.alarms, gas.expected, gas.weight) == (100.0, [0, 0, 0, 1], 2, 1.0)
    assert (fire.score.score, fire.weight) == (90.0, 2.0)
    assert kept.overall.score == pytest.approx((63.75 - 40 / 7 + 180) / 3, abs=0.01)
    assert (kept.overall.coverage, kept.recorded, kept.simulated) == (1.0, 1.0, True)
    assert (kept.signs, kept.without_source) == (5, 1)
    worst = kept.problems[0]
    assert (worst.code, worst.value, worst.before, worst.level, worst.alarms_open) == (
        held.METHANE.code, 30.0, 0.0, Level.ORANGE, 1,
    )  # fmt: skip
    assert worst.fresh is not None
    assert FIRST + timedelta(days=29) < worst.fresh < NOW
    assert worst.owner.endswith("住房城乡建委")
    assert len(found.incidents) == 1
    assert worst.incidents == [one.id for one in found.incidents]
    spoken = next(
        one for one in kept.proposals if one.code == held.METHANE.code and one.rule == "sign-orange"
    )
    assert (spoken.target, spoken.owner) == (Target.SIGN, worst.owner)
    assert "30.0 %LEL" in spoken.text
    assert worst.owner in spoken.text
    # the other towns stay nameless: place and median only
    assert (kept.overall.rank, kept.overall.of) == (2, 3)
    assert [peer.region for peer in found.peers] == [city.region(TOWN)]
    assert found.above is None


def test_missing_data_earn_nothing_and_are_said(city: City) -> None:
    found = made(city, city.officer(OTHER), OTHER).findings
    fire, gas = sorted(found.domains, key=lambda one: one.code)
    assert gas.score.score == 100.0
    assert (fire.score.score, fire.score.known, fire.score.coverage, fire.valued) == (None, None, 0.0, 0)
    assert found.overall.score == pytest.approx(50.0)
    assert (found.overall.known, found.overall.coverage) == (100.0, 0.5)
    silent = next(one for one in found.proposals if one.rule == "sign-silent")
    assert "100%" in silent.text
    assert found.parts[0].score == 100.0, "of what is known"


def test_without_an_incident_there_is_nothing_to_be_late_with(city: City) -> None:
    held.remember(city.db, city.region(OTHER), {held.ON_TIME.code: 0.9}, FIRST + timedelta(hours=13), 1)
    events = domain(made(city, city.officer(OTHER), OTHER), "events")
    assert (events.score.score, events.score.coverage) == (pytest.approx(90.0), 1.0)


def test_incidents_of_the_month_before_are_not_missed(city: City) -> None:
    held.remember(city.db, city.region(OTHER), {held.ON_TIME.code: 0.9}, MAY + timedelta(hours=13), 1)
    assert "events" not in {one.code for one in made(city, city.officer(OTHER), OTHER).findings.domains}


def test_the_centre_above_sees_the_names_and_who_pulls_it_down(city: City) -> None:
    made(city, city.officer(TOWN), TOWN)
    found = made(city, city.officer("九龙坡区"), "九龙坡区")
    assert found.findings.areas[0].region == city.region(OTHER)
    assert found.findings.areas[0].weakest == "燃气安全"
    assert domain(found, "gas").alarms == [0, 0, 0, 1], "alarms below count"
    assert any(one.target is Target.REGION for one in found.findings.proposals)
    town = made(city, city.officer("九龙坡区"), OTHER)
    assert {peer.name for peer in town.peers} == {"石桥铺街道", "杨家坪街道"}
    assert town.above == city.region("九龙坡区")


def test_jurisdiction_and_permissions(city: City) -> None:
    version = made(city, city.officer(TOWN), TOWN).line.id
    for stranger in (city.officer("巴南区"), city.officer(OTHER)):
        with city.at(stranger, NOW) as tx:
            assert service.listed(tx, service.CheckupFilters(city.region(TOWN)), None, 50) == []
            with pytest.raises(NotFound):
                service.one(tx, version)
            with pytest.raises(NotFound):
                service.make(tx, city.region(TOWN), JUNE)
            with pytest.raises(NotFound):
                service.paper(tx, version)
    with city.at(city.worker("centre", "九龙坡区", "admin"), NOW) as tx:
        assert service.one(tx, version).incidents == [], "an administrator reads signs, not incidents"
        with pytest.raises(Forbidden):
            service.make(tx, city.region(TOWN), JUNE)
    with city.at(city.officer(TOWN), NOW) as tx:
        with pytest.raises(Invalid):
            service.make(tx, city.region(TOWN), Asked(CheckupPeriod.MONTH, date(2025, 8, 1)))
        village = next(i for path, i in city.regions.items() if path.startswith(TOWN + "/"))
        with pytest.raises(Invalid):
            service.make(tx, village, JUNE)


def test_versions_stay_as_they_were(city: City) -> None:
    who = city.officer("九龙坡区")
    first = made(city, who, TOWN)
    held.ring(city.db, held.PRESSURE.code, city.region(TOWN), FIRST + timedelta(days=9), Level.RED)
    second = made(city, who, TOWN)
    with city.at(who, NOW) as tx:
        versions = service.listed(tx, service.CheckupFilters(city.region(TOWN), JUNE), None, 50)
        assert [one.id for one in versions] == [second.line.id, first.line.id]
        assert service.one(tx, first.line.id).findings == first.findings
        assert (domain(first, "fire").score.score, domain(first, "fire").deducted) == (90.0, 0.0)
        assert domain(second, "fire").score.score == pytest.approx(90 - 40 / 7, abs=0.01)
        other = service.CheckupFilters(city.region(TOWN), Asked(CheckupPeriod.QUARTER, date(2025, 6, 15)))
        assert service.listed(tx, other, None, 50) == []
    with pytest.raises(DBAPIError), city.db.begin(held.LIVE) as tx:
        tx.execute(sa.text("UPDATE vitals_checkup SET method = 'x'"))


def test_last_month_is_made_of_every_region_once(city: City) -> None:
    def run(name: str, job: Any, **ids: Any) -> None:
        with city.at(system_actor(name), NOW) as tx:
            job(tx, **ids)

    def deferred() -> int:
        query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'vitals.%'"
        with city.db.begin(held.LIVE) as tx:
            return int(tx.execute(sa.text(query)).scalar_one())

    run("vitals.checkups", plan_checkups)
    assert deferred() == 3
    for name in ("九龙坡区", "巴南区", "开州区"):
        for _ in range(2):  # a second run finds nothing to do
            run("vitals.checkup-towns", make_towns, district=city.region(name), day="2025-06-30")
    assert deferred() == 4, "the last towns ask for the districts"
    run("vitals.checkup-districts", make_districts, day="2025-06-30")
    run("vitals.checkups", plan_checkups)
    assert deferred() == 4
    with city.at(city.officer(""), NOW) as tx:
        every = service.listed(tx, service.CheckupFilters(None, JUNE), None, 200)
        assert sorted(one.region for one in every) == sorted(
            region for path, region in city.regions.items() if path.count("/") < 2
        )
        assert {one.by for one in every} == {None}
        top = service.one(tx, next(one.id for one in every if one.region == city.region("")))
        assert {area.name for area in top.findings.areas} == {"九龙坡区", "巴南区", "开州区"}
        district = service.one(tx, next(one.id for one in every if one.region == city.region("九龙坡区")))
        assert district.findings.areas[0].score == pytest.approx(50.0)
        assert len(district.peers) == 3
    by_hand = made(city, city.officer("九龙坡区"), "九龙坡区").findings
    assert by_hand == district.findings, "whether the others are computed or read from theirs"


# paper


def test_the_paper_says_it_in_text(city: City) -> None:
    who = city.officer("九龙坡区")
    version = made(city, who, TOWN).line.id
    evil = '#read("/etc/passwd") #import "@preview/x:1.0.0" *粗* $x$'
    with city.at(who, NOW) as tx:
        paper = service.paper(tx, version)
    paper.data["problems"][0]["name"] = evil
    paper.render()
    begun = time.perf_counter()
    pdf = paper.render()
    assert time.perf_counter() - begun < 2
    text = held.pdf_text(pdf)
    said = "".join(text.split())
    assert "石桥铺街道城市体检表" in said
    assert f"{float(paper.data['overall']['score']):.1f}" in said
    assert "30.0%LEL" in said
    assert held.METHANE.code in said
    assert "".join(evil.split()) in said, "what people write is never markup"
    assert "root:" not in said
    with city.db.begin(held.LIVE) as tx:
        query = "SELECT count(*) FROM kernel_audit WHERE action IN ('checkup.made', 'checkup.printed')"
        assert tx.execute(sa.text(query)).scalar_one() == 2

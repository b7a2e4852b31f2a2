"""Figures are those of the log as of the end of their period; every number is as long as its list."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from chengyun.incidents.contracts import Channel
from chengyun.incidents.evaluation import service
from chengyun.incidents.evaluation.contracts import (
    Dimension,
    Evaluation,
    FigurePart,
    PeriodKind,
    Question,
)
from chengyun.incidents.evaluation.rules import INDICATORS, MEASURES, figures, grade, span_of, year_ago
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Forbidden, Invalid
from chengyun.kernel.transactions import Tx
from tests.incidents.support import HOUR, SHIQIAOPU, City
from tests.incidents.wandering import LATER, SEED, expected, wander

JUNE = Question(PeriodKind.MONTH, date(2025, 6, 15))


# rules


def test_a_city_s_published_month() -> None:
    """Filed 996, due 972, closed 911, of these 737 in time, none deferred: 93.72 % and 75.82 %."""
    counts = dict.fromkeys(MEASURES, 0) | {
        "filed": 996, "due": 972, "due_open": 972, "closed": 911, "closed_in_time": 737,
    }  # fmt: skip
    found = figures(counts)
    assert f"{found['closing'].rate:.2%}" == "93.72%"
    assert f"{found['closed_on_time'].rate:.2%}" == "75.82%"
    assert (found["closing"].grade, found["closed_on_time"].grade) == ("A", "B")
    assert found["handling"].rate == 0
    assert found["filing"].rate is found["filing"].grade is None


def test_grades_have_exact_limits_and_small_numbers_none() -> None:
    assert [grade(share, 10) for share in (0.9, 0.899, 0.75, 0.6, 0.4, 0.39)] == list("ABBCDE")
    assert grade(1.0, 9) is None
    assert grade(0.05, 100, "lower") == "A"


def test_periods_are_local_and_neighbours() -> None:
    now = datetime(2025, 6, 15, 4, tzinfo=UTC)
    for period in PeriodKind:
        asked = Question(period, date(2024, 2, 29), date(2024, 3, 3) if period is PeriodKind.CUSTOM else None)
        span, before, past = span_of(asked, now), span_of(asked, now, 1), year_ago(asked, now)
        assert before.ends == span.since < span.until == span.ends
        assert past.ends <= before.ends or period is PeriodKind.YEAR
        assert span.since.hour == 16
    running = span_of(JUNE, now)
    assert running.running
    assert running.until == now
    with pytest.raises(Invalid):
        span_of(Question(PeriodKind.CUSTOM, date(2025, 6, 2), date(2025, 6, 1)), now)


# histories


def cells(found: Evaluation) -> Iterator[tuple[str | None, str, Any]]:
    """Every cell of the table, the total first: key of the line, indicator, figure."""
    for key, figure in found.total.items():
        yield None, key, figure
    for line in found.lines:
        for key, figure in line.figures.items():
            yield line.key, key, figure


def listed(tx: Tx, asked: Question, indicator: str, part: FigurePart, key: str | None) -> list[int]:
    """The list behind a number, read to its end in pages."""
    ids: list[int] = []
    after: int | None = None
    while True:
        page = service.behind(tx, asked, indicator, part, key, after, 40)
        ids += [row.id for row in page.items]
        if page.next is None:
            assert len(ids) == len(set(ids)) == page.total
            return ids
        after = int(page.next)


PERIODS = (
    (PeriodKind.WEEK, date(2025, 6, 4), Dimension.REGION),
    (PeriodKind.DAY, date(2025, 6, 6), Dimension.UNIT),
    (PeriodKind.WEEK, date(2025, 6, 11), Dimension.GROUP),
    (PeriodKind.MONTH, date(2025, 6, 1), Dimension.CATEGORY),
    (PeriodKind.CUSTOM, date(2025, 6, 5), Dimension.CHANNEL),
    (PeriodKind.MONTH, date(2025, 6, 1), Dimension.PERSON),
)
EACH = 6  # cells of a table whose lists are read


@pytest.mark.parametrize("period", range(len(PERIODS)), ids=lambda n: PERIODS[n][2])
def test_every_number_is_what_history_was_then_and_as_long_as_its_list(city: City, period: int) -> None:
    """Recomputed two months later: what happened after the end of a period does not change it."""
    drafts, rng = wander(city, period), random.Random(period)
    kind, day, by = PERIODS[period]
    asked = Question(kind, day, day + timedelta(days=9), by=by, region=city.regions[""])
    with city.at(SEED, LATER) as tx:
        model = expected(tx, drafts, span_of(asked, LATER))
        every = list(cells(service.evaluate(tx, asked)))
        for _, name, figure in [cell for cell in every if cell[0] is None]:
            row = INDICATORS[name]
            top = {i for i, has in model.items() if row.numerator in has}
            bottom = {i for i, has in model.items() if row.denominator in has}
            assert top <= bottom
            assert (figure.numerator, figure.denominator) == (len(top), len(bottom)), name
        for key, name, figure in rng.sample(every, min(EACH, len(every))):
            row = INDICATORS[name]
            top = set(listed(tx, asked, name, FigurePart.NUMERATOR, key))
            bottom = set(listed(tx, asked, name, FigurePart.DENOMINATOR, key))
            assert (len(top), len(bottom)) == (figure.numerator, figure.denominator)
            assert set(listed(tx, asked, name, FigurePart.MISSED, key)) == bottom - top
            assert all(row.numerator in model[i] for i in top)
            assert all(row.denominator in model[i] for i in bottom)


def test_the_histories_make_a_difference_to_every_measure(city: City) -> None:
    """Otherwise the test above could not fail."""
    drafts = wander(city, 3)
    with city.at(SEED, LATER) as tx:
        found = service.evaluate(tx, replace(JUNE, region=city.regions[""])).total
        again = service.evaluate(tx, replace(JUNE, period=PeriodKind.YEAR, region=city.regions[""])).total
    assert all(0 < one.numerator < one.denominator for one in found.values()), found
    assert found != again
    assert any(running.shifts for draft in drafts for running in draft.life.deadlines)


def test_what_happens_after_the_end_changes_nothing(city: City) -> None:
    """Through the door: closed in June, reopened in July, with time granted and taken in between."""
    chief, worker = (
        city.officer("九龙坡区/石桥铺街道"),
        city.worker("enforcement-team", "九龙坡区/石桥铺街道"),
    )
    at = datetime(2025, 6, 20, 2, tzinfo=UTC)
    made = city.report(chief, "路边一堆垃圾", SHIQIAOPU, at, category="0102", channel="centre").incident
    for hours, name in enumerate(("accept", "verify", "file", "dispatch")):
        city.move(chief, made, name, at + hours * HOUR / 10)
    order = city.life(made).orders[0].id
    for other in city.life(made).orders[1:]:
        city.order(chief, other.id, "release", at + HOUR / 2, reason="不需要")
    city.order(worker, order, "acknowledge", at + HOUR)
    city.order(worker, order, "report_back", at + 2 * HOUR, outcome="已清运")
    checker = city.officer("九龙坡区/石桥铺街道", id=991)
    city.move(checker, made, "check_pass", at + 3 * HOUR)
    city.move(checker, made, "close", at + 4 * HOUR)

    def june(now: datetime) -> dict[str, Any]:
        with city.at(chief, now) as tx:
            return service.evaluate(tx, JUNE).total

    end = datetime(2025, 7, 1, 1, tzinfo=UTC)
    before = june(end)
    assert {name: (one.numerator, one.denominator) for name, one in before.items()} == {
        **dict.fromkeys(INDICATORS, (1, 1)), "rework": (0, 1),
    }  # fmt: skip
    city.move(chief, made, "reopen", end + HOUR, reason="又堆满了")
    city.move(chief, made, "dispatch", end + 2 * HOUR)
    assert june(end + 48 * HOUR) == before
    with city.at(chief, end + 48 * HOUR) as tx:
        july = service.evaluate(tx, replace(JUNE, day=date(2025, 7, 1)))
    assert (july.total["closing"].numerator, july.total["closing"].denominator) == (0, 1)


# who may see what


def test_figures_end_at_the_jurisdiction(city: City) -> None:
    drafts = wander(city, 3)
    of_district: dict[int, int] = {}
    for draft in drafts:
        of_district[draft.life.incident.district_id] = of_district.get(draft.life.incident.district_id, 0) + 1
    asked = Question(PeriodKind.YEAR, date(2025, 6, 1))
    everything = {}
    for path in ("九龙坡区", "开州区"):
        region = city.region(path)
        with city.at(city.officer(path), LATER) as tx:
            own = service.evaluate(tx, asked)
            other = service.evaluate(tx, replace(asked, region=city.region("巴南区")))
        assert own.scope.whole
        assert own.scope.region == region
        assert own.total["filing"].denominator <= of_district[region]
        everything[str(region)] = own.total
        assert not other.scope.whole
        assert other.total["filing"].denominator == 0
    with city.at(city.officer(""), LATER) as tx:
        lines = {line.key: line.figures for line in service.evaluate(tx, asked).lines}
    assert {key: lines[key] for key in everything} == everything


def test_persons_need_a_permission_of_their_own_and_never_leave_in_a_file(city: City) -> None:
    people = replace(JUNE, by=Dimension.PERSON)
    duty = city.officer("九龙坡区", "district-duty")
    with city.at(duty, LATER) as tx:
        for call in (
            service.evaluate,
            lambda t, q: service.behind(t, q, "closing", FigurePart.MISSED, None, None, 9),
        ):
            with pytest.raises(Forbidden):
                call(tx, people)
        with pytest.raises(Invalid):
            service.sheet(tx, people)
    with city.at(city.officer("九龙坡区", "wall"), LATER) as tx, pytest.raises(Forbidden):
        service.evaluate(tx, JUNE)
    with city.at(city.worker("enforcement-team", "九龙坡区/石桥铺街道"), LATER) as tx:
        assert service.evaluate(tx, JUNE).scope.whole is False
        with pytest.raises(Forbidden):
            service.sheet(tx, JUNE)


def test_the_file_carries_the_figures_who_took_them_and_no_formula(city: City) -> None:
    wander(city, 4)
    officer = replace(city.officer("九龙坡区/石桥铺街道"), name="王值班")
    unit = city.unit("enforcement-team", "九龙坡区/石桥铺街道")
    evil = '=HYPERLINK("http://evil.example","x")'
    with city.db.begin(SEED) as tx:
        tx.execute(
            sa.text("UPDATE identity_unit SET name = :name WHERE id = :id"), {"name": evil, "id": unit}
        )
    asked = replace(JUNE, by=Dimension.UNIT, channel=(Channel.HOTLINE, Channel.RESIDENT))
    with city.at(officer, LATER) as tx:
        name, content = service.sheet(tx, asked)
        found = service.evaluate(tx, asked)
        audited = tx.execute(
            sa.text("SELECT detail FROM kernel_audit WHERE action = 'evaluation.export'")
        ).one()
    assert name == "evaluation-2025-06-01-2025-06-30.xlsx"
    assert audited.detail["by"] == "unit"
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_name("明细").to_python()
    assert "王值班" in rows[0][0]
    assert "石桥铺街道" in rows[0][0]
    assert "hotline" in rows[0][0]
    assert {row[0] for row in rows[3:]} == {"合计", *(line.name for line in found.lines)}
    assert evil in {row[0] for row in rows}
    assert b"<f>" not in content
    assert rows[3][2] == found.total["handling"].denominator


def test_a_stranger_gets_nothing(city: City) -> None:
    stranger = Actor("anonymous", None, "匿名")
    with city.at(stranger, LATER) as tx:
        for call in (service.evaluate, service.trend, service.hot_spots, service.hot_topics, service.sheet):
            with pytest.raises(Forbidden):
                call(tx, JUNE)


def test_unknown_things_are_refused(city: City) -> None:
    with city.at(city.officer(""), LATER) as tx:
        for indicator, key in (("nonsense", None), ("closing", "１２"), ("closing", "1;--")):
            with pytest.raises(Invalid):
                service.behind(tx, JUNE, indicator, FigurePart.NUMERATOR, key, None, 10)

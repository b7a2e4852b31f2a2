"""The calendar in force and the demo's clock, in the database."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chengyun.kernel import audit, clock, jobs
from chengyun.kernel.clock import SHANGHAI, Clock, Limit, current_calendar, import_calendar
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Invalid
from chengyun.kernel.transactions import Database, Tx

NEXT_YEAR = """# the arrangement of a year that does not ship
day,kind,name
2026-12-31,holiday,元旦
2027-01-01,holiday,元旦
2027-02-14,workday,春节调休
2027-10-01,holiday,国庆节
"""


@jobs.job("test.clock_nothing")
def nothing(tx: Tx) -> None:
    """A job that waits for its moment."""


def write(folder: Path, text: str) -> Path:
    path = folder / "calendar.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_an_import_the_shipped_years_hold(system_tx: Tx) -> None:
    calendar = current_calendar(system_tx)
    assert calendar.years == {2023, 2024, 2025, 2026}
    assert current_calendar(system_tx) is calendar


def test_an_imported_year_counts_from_then_on(db: Database, tmp_path: Path) -> None:
    start = datetime(2026, 12, 30, 10, tzinfo=SHANGHAI)
    with db.begin(system_actor("seed")) as tx:
        assert not current_calendar(tx).covers(2027)
        assert import_calendar(tx, write(tmp_path, NEXT_YEAR)) == (2027,)
    with db.begin(system_actor("seed")) as tx:
        calendar = current_calendar(tx)
        assert calendar.covers(2027)
        assert calendar.covers(2026)
        assert calendar.is_working_day(date(2027, 2, 14))
        # Thursday 31 December and Friday 1 January rest, then the weekend
        due = calendar.due(start, Limit(1, Clock.WORKING_DAYS))
        assert due == datetime(2027, 1, 4, 10, tzinfo=SHANGHAI)
        actions = tx.execute(sa.text("SELECT action, detail FROM kernel_audit")).all()
    assert [(row[0], row[1]["years"], row[1]["days"]) for row in actions] == [
        ("calendar.imported", [2027], 4)
    ]


def test_importing_a_year_again_replaces_it_whole(system_tx: Tx, tmp_path: Path) -> None:
    import_calendar(system_tx, write(tmp_path, NEXT_YEAR))
    shorter = "day,kind,name\n2027-10-01,holiday,国庆节\n2026-05-01,workday,不放假\n"
    import_calendar(system_tx, write(tmp_path, shorter))
    calendar = current_calendar(system_tx)
    assert not calendar.is_working_day(date(2027, 2, 14))
    assert calendar.is_working_day(date(2027, 1, 1))
    assert calendar.is_working_day(date(2026, 5, 1)), "a day of another year replaces that day"
    assert not calendar.is_working_day(date(2026, 10, 1))


def test_an_import_that_is_rolled_back_leaves_no_calendar(db: Database, tmp_path: Path) -> None:
    path = write(tmp_path, NEXT_YEAR)

    def import_and_fail() -> None:
        with db.begin(system_actor("seed")) as tx:
            import_calendar(tx, path)
            assert current_calendar(tx).covers(2027)
            raise RuntimeError("undo")

    with pytest.raises(RuntimeError, match="undo"):
        import_and_fail()
    with db.begin(system_actor("seed")) as tx:
        assert not current_calendar(tx).covers(2027)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day,kind,name\n2027-01-01,holiday,元旦\n", "National Day is missing"),
        ("day,kind,name\n2027-99-01,holiday,元旦\n", "line 2: 2027-99-01"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(system_tx: Tx, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        import_calendar(system_tx, write(tmp_path, text))
    assert said in str(refused.value)
    with pytest.raises(Invalid):
        import_calendar(system_tx, tmp_path / "missing.csv")
    assert not current_calendar(system_tx).covers(2027)


def test_the_clock_moves_forward_for_everybody_and_says_so(db: Database) -> None:
    with db.begin(system_actor("seed")) as tx:
        before = tx.now
        told = clock.advance(tx, timedelta(hours=30))
        assert told == before + timedelta(hours=30)
    with db.begin(system_actor("test")) as tx:
        assert tx.now >= told
        assert clock.offset(tx) == timedelta(hours=30)
        clock.advance(tx, timedelta(minutes=30))
        assert clock.offset(tx) == timedelta(hours=30, minutes=30)
        assert audit.verify(tx).unsealed == 2


@pytest.mark.parametrize("delta", [timedelta(0), timedelta(seconds=-1)])
def test_the_clock_never_moves_back(system_tx: Tx, delta: timedelta) -> None:
    with pytest.raises(Invalid):
        clock.advance(system_tx, delta)
    assert clock.offset(system_tx) == timedelta(0)


def test_jobs_that_wait_for_a_moment_come_forward_with_the_clock(db: Database) -> None:
    due = sa.text("SELECT scheduled_at - now() FROM procrastinate_jobs")
    with db.begin(system_actor("seed")) as tx:
        clock.advance(tx, timedelta(days=400))
    with db.begin(system_actor("seed")) as tx:
        jobs.defer(tx, "test.clock_nothing", at=tx.now + timedelta(hours=10))
        assert tx.execute(due).scalar_one() == timedelta(hours=10)
        clock.advance(tx, timedelta(hours=4))
        assert tx.execute(due).scalar_one() == timedelta(hours=6)

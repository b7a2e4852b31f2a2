"""Simulated history is what the product would have made of the same reports, and looks like a city."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from chengyun.cli.demo.cast import seed_chiefs
from chengyun.cli.demo.happenings import Happenings, draw
from chengyun.cli.demo.history import load_history
from chengyun.cli.demo.shape import shape
from chengyun.cli.demo.spots import Spots, spots_of
from chengyun.cli.demo.stories import TELLINGS
from chengyun.identity import service as identity
from chengyun.incidents import rulebook, service
from chengyun.incidents.contracts import State
from chengyun.incidents.effects.replay import differences, replay
from chengyun.incidents.reading.filters import Filters
from chengyun.incidents.rules import SENSITIVE
from chengyun.kernel import audit
from chengyun.kernel.clock import SHANGHAI, Calendar, current_calendar
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Database, Tx
from tests.cli.support import LIVES, SEED, Again, ids, plain, silence
from tests.incidents.support import kept

THROUGH_THE_DOOR = 60


def one(tx: Tx, query: str, **params: object) -> object:
    return tx.execute(sa.text(query), params).scalar()


def test_every_life_reads_back_from_its_history(lived: Database) -> None:
    with lived.begin(SEED) as tx:
        found = ids(tx)
        assert len(found) >= LIVES
        for incident in found:
            life = kept(tx, incident)
            book = rulebook.book(tx, life.incident.rulebook_id or 0)
            assert differences(life, replay(life.incident, life.steps, book)) == []


def test_the_door_makes_the_same_of_the_same_reports(lived: Database) -> None:
    live_again(lived, THROUGH_THE_DOOR)


@pytest.mark.nightly
def test_the_door_makes_the_same_of_every_report(lived: Database) -> None:
    live_again(lived, LIVES)


def live_again(db: Database, count: int) -> None:
    """The richest histories first: each again through service.report, service.move and the sweeper."""
    with db.begin(SEED) as tx:
        lives = [kept(tx, incident) for incident in ids(tx, order="steps DESC, id")[:count]]
        names = tx.execute(sa.text("SELECT incident_id, masked_name FROM incidents_report ORDER BY id DESC"))
        known = {row.incident_id: {"masked_name": row.masked_name and row.masked_name[0]} for row in names}
        silence(tx)
    actors: dict[tuple[int, int | None], object] = {}
    for life in lives:
        again = Again(db, life, known[life.incident.id], actors=actors)  # type: ignore[arg-type]
        assert plain(again.run()) == plain(life), life.incident.number


def test_lives_take_every_turn(lived: Database) -> None:
    with lived.begin(SEED) as tx:
        moves = set(tx.execute(sa.text("SELECT DISTINCT move FROM incidents_step")).scalars())
        states = set(tx.execute(sa.text("SELECT DISTINCT state FROM incidents_incident")).scalars())
    assert {"transfer", "return", "arbitrate", "suspend_approve", "check_fail", "rate", "overdue"} <= moves
    assert {State.CLOSED, State.RATED, State.REPORTED, State.TRANSFERRING, State.ARBITRATING} <= states
    assert {State.SUSPENDED, State.DISPATCHED, State.HANDLING} <= states


def test_all_of_it_is_marked_and_lies_in_the_past(lived: Database) -> None:
    with lived.begin(SEED) as tx:
        assert one(tx, "SELECT count(*) FROM incidents_incident WHERE NOT simulated") == 0
        late = "SELECT count(*) FROM incidents_step WHERE at > :now"
        assert one(tx, late, now=tx.now) == 0
        early = "SELECT count(*) FROM incidents_incident WHERE reported_at < :first"
        assert one(tx, early, first=tx.now - timedelta(days=shape().days, hours=1)) == 0
        backwards = (
            "SELECT count(*) FROM incidents_step a JOIN incidents_step b"
            " ON b.incident_id = a.incident_id AND b.seq = a.seq + 1 WHERE b.at < a.at"
        )
        assert one(tx, backwards) == 0


def test_what_is_open_runs_against_a_limit_and_was_told_already(lived: Database) -> None:
    """The sweeper of a city that has just been set up finds nothing to catch up with."""
    with lived.begin(SEED) as tx:
        loaded = one(tx, "SELECT max(at) FROM kernel_audit WHERE action = 'demo.history'")
        idle = (
            "SELECT count(*) FROM incidents_incident i WHERE state NOT IN ('closed', 'rated', 'voided')"
            " AND NOT EXISTS (SELECT 1 FROM incidents_deadline d WHERE d.incident_id = i.id AND d.state = 'running')"
        )
        assert one(tx, idle) == 0
        assert (
            one(
                tx, "SELECT count(*) FROM incidents_incident WHERE lamp = 'red' AND due_at > :now", now=loaded
            )
            == 0
        )
    assert isinstance(loaded, datetime)
    with lived.begin(system_actor("incidents.sweep")) as tx:
        tx.now = loaded
        assert service.sweep(tx) == 0
        tx.now = loaded + timedelta(days=3)
        assert service.sweep(tx) > 0


def test_the_duty_officer_of_jiulongpo_finds_everything_to_do(lived: Database) -> None:
    with lived.begin(SEED) as tx:
        people = "SELECT p.id, o.id AS post FROM identity_person p JOIN identity_post o ON o.person_id = p.id"
        row = tx.execute(sa.text(f"{people} WHERE p.login = 'jiulongpo-duty'")).one()
        officer = identity.actor_for_post(tx, row.id, row.post)
    with lived.begin(officer) as tx:
        found = service.counts(tx, Filters())
        page = service.queue(tx, Filters(open=True))
    assert found.to_accept
    assert found.to_verify
    assert found.to_dispatch
    assert found.handling
    assert found.to_check
    assert found.arbitrating
    assert found.transfers_in
    assert found.alerts
    assert page.total >= 10
    assert all(item.simulated for item in page.items)


def test_only_who_may_has_moved_anything(lived: Database) -> None:
    """Sensitive moves are audited one by one, and the chain holds."""
    with lived.begin(SEED) as tx:
        listed = ", ".join(f"'{move}'" for move in sorted(SENSITIVE))
        steps = one(tx, f"SELECT count(*) FROM incidents_step WHERE move IN ({listed})")
        rows = one(tx, "SELECT count(*) FROM kernel_audit WHERE action LIKE 'incident.%'")
        assert steps == rows
        assert rows
        while audit.seal(tx):
            pass
        verified = audit.verify(tx)
    assert verified.ok
    assert verified.unsealed == 0


def test_several_processes_write_the_same_amount_and_a_second_start_finds_it(people: Database) -> None:
    with people.begin(SEED) as tx:
        made = load_history(tx, 40, processes=2, spots=60)
    with people.begin(SEED) as tx:
        assert len(ids(tx)) == made
        assert (
            one(tx, "SELECT 1 FROM kernel_audit WHERE subject_kind = 'demo' AND subject_id = 'history'") == 1
        )
        numbers = one(tx, "SELECT count(DISTINCT number) FROM incidents_incident")
        assert numbers == made
        assert seed_chiefs(tx) == 0


def test_history_needs_rules(lived: Database) -> None:
    """Nothing is invented beside the rules: a move that the table does not have is refused."""
    with lived.begin(SEED) as tx:
        closed = kept(tx, ids(tx, "state = 'closed'")[0])
        book = rulebook.book(tx, closed.incident.rulebook_id or 0)
    steps = [step for step in closed.steps if step.move != "check_pass"]
    with pytest.raises(Conflict):
        replay(closed.incident, steps, book)


# patterns

NOW = datetime(2025, 9, 20, 4, 0, tzinfo=UTC)
MANY = 40_000


@pytest.fixture
def drawn(people: Database) -> tuple[Spots, Happenings, Calendar]:
    with people.begin(SEED) as tx:
        source = np.random.default_rng(1)
        spots = spots_of(tx, shape(), source, 300)
        calendar = current_calendar(tx)
        return spots, draw(source, shape(), spots, calendar, NOW, MANY), calendar


def test_reports_follow_hours_weeks_seasons_and_rain(drawn: tuple[Spots, Happenings, Calendar]) -> None:
    _spots, found, calendar = drawn
    assert len(found) == MANY
    assert found.at.max() < NOW.timestamp()
    assert (np.diff(found.at) >= 0).all()
    usual = found.part(np.flatnonzero(~found.storm))
    local = [datetime.fromtimestamp(int(at), SHANGHAI) for at in usual.at]
    hours = Counter(moment.hour for moment in local)
    assert hours[9] > 5 * hours[3]
    days = Counter(moment.date() for moment in local)
    work = [n for day, n in days.items() if calendar.is_working_day(day) and day != NOW.date()]
    rest = [n for day, n in days.items() if not calendar.is_working_day(day) and day != NOW.date()]
    assert sum(work) / len(work) > 1.08 * sum(rest) / len(rest)
    assert found.storm.any()
    wet = Counter(TELLINGS[int(n)].category for n in found.telling[found.storm])
    assert {code for code, _ in wet.most_common(2)} == {"0404", "0406"}


def test_summer_has_its_drains_and_streets_have_more_of_everything(
    drawn: tuple[Spots, Happenings, Calendar],
) -> None:
    spots, found, _ = drawn
    streets = np.array([spot.ground.town.endswith("街道") for spot in spots.every])
    shares = np.diff(spots.heaped, prepend=0.0)
    assert shares[streets].mean() > 1.5 * shares[~streets].mean()
    heard = Counter(TELLINGS[int(n)].category for n in found.telling[~found.storm])
    assert heard["0404"] > 5 * heard["0115"]  # drains in summer, burning leaves in winter
    assert len(heard) > 60


def test_the_same_seed_draws_the_same(people: Database) -> None:
    with people.begin(SEED) as tx:
        calendar = current_calendar(tx)
        made = []
        for _ in range(2):
            source = np.random.default_rng(5)
            spots = spots_of(tx, shape(), source, 100)
            made.append((spots.every, draw(source, shape(), spots, calendar, NOW, 500)))
    assert made[0][0] == made[1][0]
    assert (made[0][1].at == made[1][1].at).all()
    assert (made[0][1].spot == made[1][1].spot).all()

"""Which incidents each measure counts, set-based from the log, as of the end of each period.

`facts` gives a row per period and incident that the period has anything to say about: its dimensions and one
boolean per measure. Sums over it are the figures, its rows are the lists behind them: one definition for both.

"As of the end" means that only steps before it count, and that a deadline which was moved later is where it was
then (`shifts`). So nothing that happens afterwards changes the figures of a past period. Two things follow
today's view on purpose: the category (a correction counts) and, after a reorganisation, the region.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import aggregate_order_by

from chengyun.incidents.evaluation.contracts import PeriodSpan
from chengyun.incidents.tables import MARKS, WHEN, deadline, incident, order, step
from chengyun.kernel.transactions import Tx

i, s, o, d = incident.c, step.c, order.c, deadline.c
FILING = ("accept", "verify", "file")  # stages up to filing
CLOSING = ("check", "close")  # stages after handling
_NOBODY = sa.cast(sa.null(), sa.BigInteger)
POLICY = "incidents.evaluation"


def facts(
    tx: Tx, spans: Sequence[PeriodSpan], where: Sequence[ColumnElement[bool]], keep: Collection[str]
) -> sa.TableClause:
    """n (number of the span), id, the dimensions to `keep`, and a boolean per measure. `where`: conditions on
    incidents. Dimensions are columns of the incident, `unit` that led last, and `person` who worked for it last.

    Temporary tables, counted, hold what the caller sees, what of it the spans concern, and what the log says of
    that: with true numbers PostgreSQL reads a village's few by index and a city's many in one pass.
    """
    tx.execute(sa.text("SET LOCAL work_mem = '64MB'"))
    kept = [i[name] for name in keep if name in i]
    seen = _made(tx, "evaluation_seen", sa.select(i.id, i.reported_at, *kept).where(*where))
    # The log of incidents that the caller sees is read without asking again, line by line, whether its incident is
    # seen: whatever is read in here is joined to what was seen.
    with tx.under(POLICY):
        base = _made(tx, "evaluation_base", _base(_spans(spans), seen))
        return _made(tx, "evaluation_fact", _facts(base, spans, keep))


def _made(tx: Tx, name: str, query: sa.Select[Any]) -> sa.TableClause:
    """A temporary table of what the query finds, counted by id."""
    tx.execute(sa.text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    made = query.compile(tx.conn.engine, compile_kwargs={"render_postcompile": True})
    tx.conn.exec_driver_sql(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {made}", made.params)
    tx.execute(sa.text(f"ANALYZE {name} (id)"))
    return sa.table(name, *(sa.column(column.name, column.type) for column in query.selected_columns))


def _facts(base: sa.TableClause, spans: Sequence[PeriodSpan], keep: Collection[str]) -> sa.Select[Any]:
    leading = _leading(base)
    led = _led(base, leading, "unit" in keep)
    mark, clock = _marks(led, "person" in keep), _clocks(base, leading, spans)
    joined: sa.FromClause = led
    for part in (mark, clock):
        joined = joined.outerjoin(part, sa.and_(part.c.n == led.c.n, part.c.id == led.c.id))
    kept = [mark.c[name] if name == "person" else led.c[name] for name in keep]
    return sa.select(led.c.n, led.c.id, *kept, *_measures(led.c, mark.c, clock.c)).select_from(joined)


def _spans(spans: Sequence[PeriodSpan]) -> sa.CTE:
    columns = (sa.column("n", sa.Integer), sa.column("since", WHEN), sa.column("until", WHEN))
    rows = [(number, span.since, span.until) for number, span in enumerate(spans)]
    return sa.select(sa.values(*columns, name="asked").data(rows)).cte("span")


def _base(span: sa.CTE, seen: sa.TableClause) -> sa.Select[Any]:
    """Incidents that were reported or filed in a period, or whose handling fell due in it."""

    def within(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return sa.and_(column >= span.c.since, column < span.c.until)

    def told(log: sa.Table, *conditions: ColumnElement[bool]) -> sa.Select[Any]:
        of_seen = log.c.incident_id == seen.c.id
        return (
            sa.select(span, seen.c.id).select_from(seen).join(log, of_seen).join(span, sa.and_(*conditions))
        )

    moved = sa.and_(d.moved_at.is_not(None), d.moved_at >= span.c.until, d.started < span.c.until)
    found = sa.union(
        sa.select(span, seen.c.id).join_from(span, seen, within(seen.c.reported_at)),
        told(step, s.move == "file", within(s.at)),
        told(deadline, d.stage == "handle", within(d.due_at)),
        told(deadline, d.stage == "handle", moved),
    ).subquery("found")
    kept = [column for column in seen.c if column.name != "id"]
    return sa.select(found, *kept).join(seen, seen.c.id == found.c.id)


def _leading(base: sa.TableClause) -> sa.CTE:
    """Every work order that leads at some time: the lead answers for the whole."""
    leads = sa.and_(o.incident_id == base.c.id, o.role == "lead")
    then = (o.issued_at < base.c.until).label("then")
    columns = (base.c.n, base.c.id, o.id.label("lead"), o.unit_id.label("unit"), then)
    return sa.select(*columns).join_from(base, order, leads).cte("leading")


def _led(base: sa.TableClause, leading: sa.CTE, unit: bool) -> sa.CTE:
    """The base with the one that led last as of the end."""
    latest = (
        sa.func.array_agg(aggregate_order_by(leading.c.unit, leading.c.lead.desc()))[1] if unit else _NOBODY
    )
    last = (
        sa.select(leading.c.n, leading.c.id, sa.func.max(leading.c.lead).label("lead"), latest.label("unit"))
        .where(leading.c.then)
        .group_by(leading.c.n, leading.c.id)
        .subquery("last")
    )
    same = sa.and_(last.c.n == base.c.n, last.c.id == base.c.id)
    return sa.select(base, last.c.lead, last.c.unit).select_from(base.outerjoin(last, same)).cte("led")


def _marks(led: sa.CTE, person: bool) -> sa.CTE:
    """When (at) and in which order (seq) the moves that count were made."""
    by_lead = s.order_id == led.c.lead
    worked = sa.and_(s.move.in_(("acknowledge", "report_back")), by_lead)
    latest = sa.func.array_agg(aggregate_order_by(s.actor_id, s.seq.desc())).filter(worked)[1]

    # only the person who worked for it needs the most frequent of them
    counted = sa.and_(sa.text(f"incidents_step.{MARKS}"), sa.true() if person else s.move != "acknowledge")

    def last(*moves: str) -> ColumnElement[Any]:
        return sa.func.max(s.seq).filter(s.move.in_(moves))

    return (
        sa.select(
            led.c.n,
            led.c.id,
            sa.func.min(s.at).filter(s.move == "file").label("filed"),
            last("decline").label("declined"),
            last("void").label("voided"),
            sa.func.max(s.seq).filter(s.move == "report_back", by_lead).label("reported_back"),
            sa.func.max(s.at).filter(s.move == "report_back", by_lead).label("reported_back_at"),
            last("check_fail", "reopen").label("undone"),
            last("close").label("closed"),
            last("reopen").label("reopened"),
            last("suspend_approve").label("suspended"),
            sa.func.max(s.at).filter(s.move == "suspend_approve").label("suspended_at"),
            last("resume").label("resumed"),
            (latest if person else _NOBODY).label("person"),
        )
        .join_from(led, step, sa.and_(s.incident_id == led.c.id, s.at < led.c.until, counted))
        .group_by(led.c.n, led.c.id)
        .cte("mark")
    )


def _clocks(base: sa.TableClause, leading: sa.CTE, spans: Sequence[PeriodSpan]) -> sa.CTE:
    """When the lead's handling fell due within the period, and the first limits of the centre that were overrun.

    A clock of handling that a returned lead left behind is the lead's; an overrun clock has ended for good.
    """
    ends = [sa.and_(d.due_at >= span.since, d.due_at < span.until) for span in spans]
    handling = sa.and_(d.stage == "handle", sa.or_(*ends, d.moved_at.is_not(None)))
    of_lead = sa.and_(d.stage == "handle", sa.or_(d.order_id.is_(None), leading.c.lead.is_not(None)))
    found = (
        sa.select(
            base.c.n, base.c.id, base.c.since, base.c.until, d.stage, d.state, d.ended_at,
            sa.case((of_lead, _due_then(base.c.until))).label("due"),
        )
        .select_from(base)
        .join(deadline, sa.and_(d.incident_id == base.c.id, d.started < base.c.until))
        .outerjoin(leading, sa.and_(leading.c.n == base.c.n, leading.c.lead == d.order_id))
        .where(sa.or_(handling, d.state == "missed"))
        .subquery("found")
    )  # fmt: skip
    within = sa.and_(found.c.due >= found.c.since, found.c.due < found.c.until)

    def overrun(stages: Sequence[str]) -> ColumnElement[Any]:
        known = sa.and_(
            found.c.state == "missed", found.c.ended_at < found.c.until, found.c.stage.in_(stages)
        )
        return sa.func.min(found.c.ended_at).filter(known)

    due = sa.func.max(found.c.due).filter(within).label("due")
    late = (overrun(FILING).label("late_filing"), overrun(CLOSING).label("late_closing"))
    return sa.select(found.c.n, found.c.id, due, *late).group_by(found.c.n, found.c.id).cte("clock")


def _due_then(until: ColumnElement[Any]) -> ColumnElement[Any]:
    """Where a deadline ended as of `until`: before the first move that came later, else where it ends now."""
    place = sa.func.generate_series(1, sa.func.cardinality(d.shifts), 2).column_valued("place")
    later = sa.select(d.shifts[place + 1]).where(d.shifts[place] >= until).order_by(place).limit(1)
    kept = sa.func.coalesce(later.scalar_subquery(), d.due_at)
    return sa.case((d.moved_at.is_(None), d.due_at), else_=kept)


def _measures(base: Any, mark: Any, clock: Any) -> list[ColumnElement[bool]]:
    """One boolean per measure of data/indicators.csv; numerators lie within their denominators."""
    never = sa.literal(0)
    suspended = mark.suspended > sa.func.coalesce(mark.resumed, never)
    ended = sa.or_(mark.declined.is_not(None), mark.voided.is_not(None))
    filed = _between(mark.filed, base)
    valid = sa.and_(
        _between(base.reported_at, base), mark.declined.is_(None),
        sa.or_(mark.voided.is_(None), mark.filed.is_not(None)),
    )  # fmt: skip
    # A clock that was stopped before its end has not fallen due.
    stopped = sa.and_(suspended, mark.suspended_at < clock.due)
    due = sa.and_(clock.due.is_not(None), sa.not_(ended), sa.not_(sa.func.coalesce(stopped, sa.false())))
    due_open = sa.and_(due, sa.not_(sa.func.coalesce(suspended, sa.false())))
    handled = sa.and_(due, mark.reported_back > sa.func.coalesce(mark.undone, never))
    on_time = sa.and_(handled, mark.reported_back_at <= clock.due)
    closed = sa.and_(due, mark.closed > sa.func.coalesce(mark.reopened, never))
    named = {
        "valid": valid,
        "accepted": sa.and_(valid, mark.filed.is_not(None)),
        "filed": filed,
        "filed_in_time": sa.and_(filed, sa.func.coalesce(clock.late_filing > mark.filed, sa.true())),
        "filed_right": sa.and_(filed, mark.voided.is_(None)),
        "due": due,
        "handled": handled,
        "handled_in_time": on_time,
        "closed": closed,
        "due_open": due_open,
        "closed_in_time": sa.and_(due_open, closed, on_time, clock.late_closing.is_(None)),
        "reworked": sa.and_(handled, mark.undone.is_not(None)),
    }
    return [sa.func.coalesce(flag, sa.false()).label(name) for name, flag in named.items()]


def _between(moment: ColumnElement[Any], base: Any) -> ColumnElement[bool]:
    return sa.and_(moment >= base.since, moment < base.until)

"""Lists of incidents: queue, counts, map points, values per region."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from chengyun.incidents.contracts import Level, State
from chengyun.incidents.reading.filters import Filters, conditions, readable, walk
from chengyun.incidents.reading.rows import rows_of
from chengyun.incidents.tables import ABOVE, DONE, DUE, MISSED, deadline, incident
from chengyun.incidents.views import Counts, IncidentPage, IncidentRow, MapPoint
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

i = incident.c
COUNT_CAP = 10_000  # a queue says "10,000+" beyond this
SEARCH_CAP = 1_000  # … of what was searched for: each has to be read
TOP = 100  # pinned and alarming incidents shown above the queue at most
MAP_CAP = 5_000
CITY_TIME = ZoneInfo("Asia/Shanghai")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
REGION_COLUMNS = {"district": i.district_id, "town": i.town_id, "village": i.village_id, "grid": i.grid_id}
PARENT_COLUMNS = (i.city_id, i.district_id, i.town_id, i.village_id)


def queue(
    tx: Tx, filters: Filters, sort: str = "urgency", after: str | None = None, limit: int = 50
) -> IncidentPage:
    """A page of the queue. Sorted by urgency, what is pinned or alarming stands above everything else."""
    _plan_for(tx)
    where = conditions(tx, filters)
    listed, top = where, list[Any]()
    if sort == "urgency":
        special = sa.or_(i.pinned, i.alerts.contains([tx.actor.home or 0]))
        if after is None:
            found = sa.select(incident).where(*where, sa.text(f"({ABOVE})"), special)
            top = list(tx.execute(found.order_by(i.rank, i.due_at, i.id).limit(TOP)))
        listed = [*where, sa.not_(special)]
    rest, following = page_of(tx, listed, sort, after, limit)
    total, more = _total(tx, where, bool(filters.q))
    return IncidentPage(rows_of(tx, [*top, *rest]), total, following, more)


def by_ids(tx: Tx, ids: Sequence[int]) -> list[IncidentRow]:
    """Those of `ids` that the caller may read, newest first."""
    query = sa.select(incident).where(readable(tx), i.id.in_(ids)).order_by(i.id.desc())
    return rows_of(tx, list(tx.execute(query)))


def page_of(
    tx: Tx, where: Sequence[ColumnElement[bool]], sort: str, after: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """Rows of the table in the order `sort`, from the cursor `after` on, and the cursor behind them."""
    keys = _keys(sort)
    query = sa.select(incident).where(*where)
    if after is not None:
        query = query.where(_beyond(keys, _cursor(after, len(keys))))
    order_by = [column.desc() if descending else column.asc() for column, descending in keys]
    found = list(tx.execute(query.order_by(*order_by).limit(limit + 1)))
    more = _encode(keys, found[limit - 1]) if len(found) > limit else None
    return found[:limit], more


# Who sees everything reads in the order of the queue; the planner, which takes jurisdiction for selective, would
# gather and sort it all. Such a plan is nobody else's: it is not kept.
_ALL = sa.text(
    "SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true)"
)


def _plan_for(tx: Tx) -> None:
    if territory.city(tx) in tx.actor.scopes:
        tx.execute(_ALL)


def _keys(sort: str) -> list[tuple[ColumnElement[Any], bool]]:
    """Columns of the order and whether each descends; the id makes the order total."""
    due: ColumnElement[Any] = sa.literal_column(DUE)
    known: dict[str, list[tuple[ColumnElement[Any], bool]]] = {
        "urgency": [(i.rank, False), (due.label("due"), False), (i.id, False)],
        "due": [(due.label("due"), False), (i.id, False)],
        "newest": [(i.reported_at, True), (i.id, True)],
    }
    if sort not in known:
        raise Invalid([FieldError("sort", "field.not_allowed")])
    return known[sort]


def _value(column: ColumnElement[Any], row: Any) -> Any:
    name = getattr(column, "name", "")
    return (row.due_at or FAR) if name == "due" else getattr(row, name)


def _encode(keys: Sequence[tuple[ColumnElement[Any], bool]], row: Any) -> str:
    values = [_value(column, row) for column, _ in keys]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


def _cursor(after: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(after.encode("ascii", "strict")))
        if not (isinstance(values, list) and len(values) == length):
            raise ValueError
        return [datetime.fromisoformat(value) if isinstance(value, str) else int(value) for value in values]
    except (ValueError, TypeError, OverflowError, UnicodeEncodeError, binascii.Error) as error:
        raise Invalid([FieldError("after", "field.invalid")]) from error


def _beyond(keys: Sequence[tuple[ColumnElement[Any], bool]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Row comparison: all keys of one order go the same way."""
    left = sa.tuple_(*(column.element if isinstance(column, sa.Label) else column for column, _ in keys))
    right = sa.tuple_(*(sa.bindparam(None, value) for value in values))
    return left < right if keys[0][1] else left > right


def _total(tx: Tx, where: Sequence[ColumnElement[bool]], searched: bool) -> tuple[int, bool]:
    """How many there are, and whether there are more than are counted."""
    cap = SEARCH_CAP if searched else COUNT_CAP
    found = sa.select(sa.literal(1)).select_from(incident).where(*where).limit(cap + 1)
    if searched:  # open ones come first in this order, and most that is searched for is open
        found = found.order_by(*(column for column, _ in _keys("urgency")))
    counted = int(tx.execute(sa.select(sa.func.count()).select_from(found.subquery())).scalar_one())
    return min(counted, cap), counted > cap


def counts(tx: Tx, filters: Filters) -> Counts:
    """The strip of counts of a centre (or of all that the caller may see)."""
    _plan_for(tx)
    where = conditions(tx, filters)
    now = tx.now.astimezone(CITY_TIME)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)

    def when(*parts: ColumnElement[bool]) -> ColumnElement[int]:
        return sa.func.count().filter(*parts)

    def state(*names: State) -> ColumnElement[int]:
        return when(i.state.in_([str(name) for name in names]))

    query = sa.select(
        state(State.REPORTED).label("to_accept"),
        state(State.ACCEPTED).label("to_verify"),
        state(State.VERIFIED, State.FILED).label("to_dispatch"),
        state(State.DISPATCHED, State.HANDLING).label("handling"),
        when(i.lamp == "red").label("overdue"),
        state(State.HANDLED, State.CHECKED).label("to_check"),
        when(i.alerts.contains([tx.actor.home or 0])).label("alerts"),
        state(State.ARBITRATING).label("arbitrating"),
        when(i.transfer_to == (tx.actor.home or 0)).label("transfers_in"),
    ).where(*where, i.state.not_in(DONE))
    row = tx.execute(query).one()
    closed = sa.select(sa.func.count()).where(*where, i.closed_at >= day)
    return Counts(
        **row._mapping,
        closed_today=int(tx.execute(closed).scalar_one()),
        on_time_share=_on_time(tx, where, day.replace(day=1)),
    )


def _on_time(tx: Tx, where: Sequence[ColumnElement[bool]], month: datetime) -> float | None:
    """Share of the incidents closed this month none of whose handling deadlines was missed."""
    missed = sa.exists().where(deadline.c.incident_id == i.id, sa.text(MISSED))
    in_time = sa.func.count().filter(sa.not_(missed)).label("in_time")
    query = sa.select(sa.func.count().label("closed"), in_time).where(*where, i.closed_at >= month)
    found = tx.execute(query).one()
    return found.in_time / found.closed if found.closed else None


def points(tx: Tx, filters: Filters, box: tuple[float, float, float, float]) -> list[MapPoint]:
    """Incidents in a box (west, south, east, north), the most urgent first, `MAP_CAP` at most."""
    walk(tx)
    west, south, east, north = box
    query = (
        sa.select(i.id, i.lon, i.lat, i.level, i.state)
        .where(*conditions(tx, filters), i.lon.between(west, east), i.lat.between(south, north))
        .order_by(i.rank, i.id.desc())
        .limit(MAP_CAP)
    )
    return [
        MapPoint(row.id, row.lon, row.lat, Level(row.level), State(row.state)) for row in tx.execute(query)
    ]


def region_values(tx: Tx, level: str, parent: int | None) -> dict[str, dict[str, object]]:
    """Open and overdue incidents per region of a level, below `parent`: what colours the map."""
    column = REGION_COLUMNS.get(level)
    if column is None:
        raise Invalid([FieldError("level", "field.not_allowed")])
    walk(tx)
    worst = sa.func.min(
        sa.case((i.level == "red", 0), (i.level == "orange", 1), (i.level == "yellow", 2), else_=3)
    )
    query = sa.select(
        column.label("region"),
        sa.func.count().label("open"),
        sa.func.count().filter(i.lamp == "red").label("overdue"),
        worst.label("worst"),
    ).where(readable(tx), i.state.not_in(DONE), column.is_not(None))
    if parent is not None:
        query = query.where(sa.or_(*(above == parent for above in PARENT_COLUMNS)))
    names = list(Level)
    return {
        str(row.region): {"open": row.open, "overdue": row.overdue, "level": names[row.worst].value}
        for row in tx.execute(query.group_by(column))
    }

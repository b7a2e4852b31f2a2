"""The board: which incidents stand on it, why, and what can be done about them now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from chengyun.identity import service as identity
from chengyun.incidents.contracts import OrderState, Role, State
from chengyun.incidents.messages import moment_words
from chengyun.incidents.moving.standing import allowed_among
from chengyun.incidents.reading.filters import Filters, conditions
from chengyun.incidents.reading.queries import page_of
from chengyun.incidents.reading.rows import rows_of
from chengyun.incidents.rules import STATE_NAMES
from chengyun.incidents.supervision.contracts import Because, Board, BoardRow, Tab
from chengyun.incidents.supervision.rules import (
    SILENCE,
    cutoff,
    explanation,
    long,
    stage_words,
    times_of,
)
from chengyun.incidents.tables import DONE, deadline, incident, order, step
from chengyun.incidents.views import IncidentRow
from chengyun.kernel.clock import current_calendar
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

i = incident.c
OPEN = i.state.not_in([sa.literal_column(f"'{state}'") for state in DONE])  # as the partial indexes say it
MOVES = (
    "supervise",
    "supervise_accept",
    "supervise_refuse",
    "supervise_reply",
    "urge",
    "seek_arbitration",
    "arbitrate",
)
# States in which somebody has to act next; with a unit, until it has begun.
TURN = (
    State.REPORTED, State.ACCEPTED, State.VERIFIED, State.FILED, State.TRANSFERRING, State.ARBITRATING,
    State.HANDLED, State.CHECKED, State.DISPATCHED,
)  # fmt: skip
BOUNCES = ("return", "transfer_refuse")


def board(tx: Tx, tab: Tab, filters: Filters, after: str | None = None, limit: int = 50) -> Board:
    """A page of one tab, narrowed by `filters`, with the counts of all tabs under the same filters."""
    within = [*conditions(tx, filters), OPEN]
    on = {one: [*within, *where] for one, where in _tabs(tx).items()}
    sort = "due" if tab is Tab.OVERDUE else "urgency"
    found, following = page_of(tx, on[tab], sort, after, limit)
    english = tx.actor.language == "en"
    return Board(
        tab=tab,
        counts=_counts(tx, on),
        rules={one: explanation(one, english) for one in Tab},
        items=_rows(tx, tab, found),
        next=following,
    )


def _counts(tx: Tx, on: Mapping[Tab, Sequence[ColumnElement[bool]]]) -> dict[Tab, int]:
    """One statement; each tab is counted by its own partial index."""
    parts = [
        sa.select(sa.func.count()).select_from(incident).where(*where).scalar_subquery().label(tab.value)
        for tab, where in on.items()
    ]
    row = tx.execute(sa.select(*parts)).one()
    return {tab: int(row._mapping[tab.value]) for tab in on}


def _tabs(tx: Tx) -> dict[Tab, list[ColumnElement[bool]]]:
    """The condition of each tab; the literals repeat the predicates of the partial indexes."""
    zero: ColumnElement[int] = sa.literal_column("0")
    return {
        Tab.OVERDUE: [i.lamp == sa.literal_column("'red'")],
        Tab.BOUNCING: [i.returns + i.refusals > zero, i.returns + i.refusals >= times_of(Tab.BOUNCING)],
        Tab.FORGOTTEN: [_silent(tx), sa.or_(i.state.in_([str(one) for one in TURN]), _acknowledged())],
        Tab.REDONE: [i.reopened + i.reworks > zero],
        Tab.URGED: [i.urges > zero, i.urges >= times_of(Tab.URGED)],
        Tab.SUPERVISED: [i.supervision.is_not(None)],
    }


def _silent(tx: Tx) -> ColumnElement[bool]:
    """Nothing has been done for so long as the level allows; the widest bound comes first, for the index."""
    calendar = current_calendar(tx)
    bounds = {level: cutoff(calendar, tx.now, one.limit) for level, one in SILENCE.items()}
    each = [sa.and_(i.level == level, i.acted_at <= bound) for level, bound in bounds.items()]
    return sa.and_(i.acted_at <= max(bounds.values()), sa.or_(*each))


def _acknowledged() -> ColumnElement[bool]:
    """The lead has signed for it and not begun."""
    lead = sa.exists().where(
        order.c.incident_id == i.id, order.c.role == Role.LEAD, order.c.state == OrderState.ACKNOWLEDGED
    )
    return sa.and_(i.state == State.HANDLING, lead)


# why


@dataclass(frozen=True, slots=True)
class _Page:
    """What the words for a page of rows need beside the rows, read at once for all of them."""

    tx: Tx
    english: bool
    late: Mapping[int, Sequence[Any]]  # red deadlines
    bounced: Mapping[int, Any]  # the last return or refusal
    units: Mapping[int, str]

    def words(self, zh: str, en: str) -> str:
        return en if self.english else zh

    def moment(self, at: datetime) -> str:
        return moment_words(at, "en" if self.english else "zh")

    def ago(self, at: datetime) -> str:
        return long(self.tx.now - at, self.english)


def _rows(tx: Tx, tab: Tab, found: Sequence[Any]) -> list[BoardRow]:
    shown = rows_of(tx, found)
    page = _page(tx, [row.id for row in found])
    return [
        BoardRow(view, _because(page, tab, row, view), allowed_among(tx, row, MOVES))
        for row, view in zip(found, shown, strict=True)
    ]


def _page(tx: Tx, ids: Sequence[int]) -> _Page:
    query = (
        sa.select(deadline, order.c.unit_id)
        .outerjoin(order, order.c.id == deadline.c.order_id)
        .where(deadline.c.incident_id.in_(ids), deadline.c.lamp == "red")
        .where(deadline.c.state.in_(("running", "paused")))
        .order_by(deadline.c.due_at)
    )
    late: dict[int, list[Any]] = {}
    for row in tx.execute(query):
        late.setdefault(row.incident_id, []).append(row)
    back = sa.select(step).where(step.c.incident_id.in_(ids), step.c.move.in_(BOUNCES))
    bounced = {row.incident_id: row for row in tx.execute(back.order_by(step.c.incident_id, step.c.seq))}
    wanted = {row.unit_id for rows in late.values() for row in rows} | {
        row.unit_id for row in bounced.values()
    }
    units = identity.units_by_ids(tx, [unit for unit in wanted if unit is not None])
    names = {unit.id: unit.name for unit in units.values()}
    return _Page(tx, tx.actor.language == "en", late, bounced, names)


def _because(page: _Page, tab: Tab, row: Any, view: IncidentRow) -> list[Because]:
    """Every reason for which the row needs attention, that of the tab first."""
    found = [one for words in _WORDS.values() for one in words(page, row, view)]
    return sorted(found, key=lambda one: one.tab is not tab)


def _overdue(page: _Page, row: Any, view: IncidentRow) -> list[Because]:
    found = []
    for late in page.late.get(row.id, ()):
        holder = page.units.get(late.unit_id) or territory.region(page.tx, row.desk_id).name
        for_, due = page.ago(late.due_at), page.moment(late.due_at)
        zh = f"{stage_words(late.stage, False)}超期 {for_}：应于 {due} 完成，由{holder}负责"
        en = f"{stage_words(late.stage, True)} is {for_} late: was due {due}, with {holder}"
        found.append(Because(Tab.OVERDUE, page.words(zh, en), late.due_at, late.due_at, 1, holder))
    return found


def _bouncing(page: _Page, row: Any, view: IncidentRow) -> list[Because]:
    last = page.bounced.get(row.id)
    if row.returns + row.refusals < times_of(Tab.BOUNCING) or last is None:
        return []
    who = page.units.get(last.unit_id) or last.actor_name
    said = identity.shown(page.tx.actor, last.text)
    zh = f"退单 {row.returns} 次、拒收移送 {row.refusals} 次；最近一次 {page.moment(last.at)} {who}：{said}"
    en = f"{row.returns} returns, {row.refusals} refusals; last {page.moment(last.at)} by {who}: {said}"
    times = row.returns + row.refusals
    return [Because(Tab.BOUNCING, page.words(zh, en), last.at, None, times, view.holder)]


def _forgotten(page: _Page, row: Any, view: IncidentRow) -> list[Because]:
    """Read again by the same rule as the query: the words must not claim more than it found."""
    limit = SILENCE[row.level].limit
    at_work = view.state is State.HANDLING and not view.unstarted
    if at_work or view.state is State.SUSPENDED or row.acted_at is None:
        return []
    if row.acted_at > cutoff(current_calendar(page.tx), page.tx.now, limit):
        return []
    since = page.moment(row.acted_at)
    state = STATE_NAMES[view.state]
    if view.state is State.HANDLING:
        zh, en = (
            f"{view.holder}已签收，{since} 起没有进展",
            f"{view.holder} has signed and been silent since {since}",
        )
    else:
        zh = f"{state[0]}，轮到{view.holder}，{since} 起无人处理（已 {page.ago(row.acted_at)}）"
        en = f"{state[1]}: {view.holder}'s turn, nothing since {since} ({page.ago(row.acted_at)})"
    return [Because(Tab.FORGOTTEN, page.words(zh, en), row.acted_at, None, 1, view.holder)]


def _redone(page: _Page, row: Any, view: IncidentRow) -> list[Because]:
    found = []
    if row.reopened:
        words = page.words(f"结案后重开 {row.reopened} 次", f"reopened {row.reopened} times")
        found.append(Because(Tab.REDONE, words, None, None, row.reopened, view.holder))
    if row.reworks:
        words = page.words(f"核查不通过、返工 {row.reworks} 次", f"failed its check {row.reworks} times")
        found.append(Because(Tab.REDONE, words, None, None, row.reworks, view.holder))
    return found


def _urged(page: _Page, row: Any, view: IncidentRow) -> list[Because]:
    if row.urges < times_of(Tab.URGED):
        return []
    last = page.moment(row.urged_at)
    words = page.words(f"反映人催办 {row.urges} 次，最近 {last}", f"urged {row.urges} times, last {last}")
    return [Because(Tab.URGED, words, row.urged_at, None, row.urges, view.holder)]


def _supervised(page: _Page, row: Any, view: IncidentRow) -> list[Because]:
    one = view.supervision
    if one is None:
        return []
    by = f"{one.centre}第 {one.times} 次督办" if one.times > 1 else f"{one.centre}督办"
    due = page.moment(one.due) if one.due else "—"
    if one.state == "answered":
        how = page.words("（逾期答复）", " (late)") if one.late else ""
        words = page.words(
            f"{by}：已答复{how}，待认可：{one.reply}",
            f"supervised by {one.centre}; answered{how}: {one.reply}",
        )
    elif one.state == "late" and one.due:
        for_ = page.ago(one.due)
        words = page.words(
            f"{by}：应于 {due} 前答复，已逾期 {for_}",
            f"supervised by {one.centre}; answer was due {due}, {for_} late",
        )
    else:
        words = page.words(f"{by}：应于 {due} 前答复", f"supervised by {one.centre}; answer due {due}")
    return [Because(Tab.SUPERVISED, words, one.since, one.due, one.times, view.holder)]


_WORDS: dict[Tab, Callable[[_Page, Any, IncidentRow], list[Because]]] = {
    Tab.OVERDUE: _overdue,
    Tab.BOUNCING: _bouncing,
    Tab.FORGOTTEN: _forgotten,
    Tab.REDONE: _redone,
    Tab.URGED: _urged,
    Tab.SUPERVISED: _supervised,
}

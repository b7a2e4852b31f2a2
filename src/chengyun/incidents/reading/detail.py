"""One incident as its page shows it: history, work orders, reports, evidence, why, and what may be done now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.attachments import service as attachments
from chengyun.identity import service as identity
from chengyun.identity.contracts import Unit
from chengyun.incidents.contracts import Channel, OrderState, Role, State
from chengyun.incidents.moving import merged, standing
from chengyun.incidents.reading.filters import readable
from chengyun.incidents.reading.rows import brief, deadline_of, rows_of
from chengyun.incidents.rules import MOVES, ORDER_MOVE
from chengyun.incidents.tables import deadline, incident, order, report, rulebook, step
from chengyun.incidents.views import Evidence, Former, IncidentDetail, Reason, ReportView, Step, WorkOrder
from chengyun.kernel.clock import Calendar, current_calendar
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

# The closed loop as people see it, and the states in which each of its steps is the current one.
LOOP: tuple[tuple[str, frozenset[State]], ...] = (
    ("report", frozenset()),
    ("accept", frozenset({State.REPORTED})),
    ("verify", frozenset({State.ACCEPTED, State.VERIFIED, State.TRANSFERRING})),
    ("dispatch", frozenset({State.FILED, State.ARBITRATING, State.DISPATCHED})),
    ("handle", frozenset({State.HANDLING, State.SUSPENDED})),
    ("check", frozenset({State.HANDLED})),
    ("close", frozenset({State.CHECKED})),
    ("rate", frozenset({State.CLOSED})),
)
INPUT_NAMES = {
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
    "neighbour": ("相邻", "neighbour"),
    "border_m": ("距边界（米）", "metres to the border"),
    "version": ("区划版本", "territory version"),
    "words": ("命中词", "words that hit"),
    "category": ("类别", "category"),
    "level": ("级别", "level"),
    "hits": ("命中词", "words that hit"),
    "score": ("得分", "score"),
    "confidence": ("把握", "confidence"),
    "needed": ("自动采用的门槛", "decides from"),
    "amount": ("时长", "length"),
    "clock": ("时钟", "clock"),
}
ASIDE = {State.VOIDED: "void", State.MERGED: "merged"}
LINKED = frozenset({"merge_into", "unmerge", "take_in", "let_go", "split_off", "split_from"})
TOPICS = ("routing", "limit", "level", "category", "centre", "place")


def find(tx: Tx, incident_id: int) -> Any:
    """The row of an incident that the caller may see; NotFound tells nothing about others."""
    query = sa.select(incident).where(incident.c.id == incident_id, readable(tx))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("incidents.none", id=incident_id)
    return row


def loop_of(state: State, before: str | None) -> tuple[list[str], str]:
    """Steps of the closed loop that are passed, and the current one ("done" after the last)."""
    if state is State.SUSPENDED and before:
        state = State(before)
    names = [name for name, _ in LOOP]
    for place, (name, states) in enumerate(LOOP):
        if state in states:
            return names[:place], name
    if state in ASIDE:
        return ["report"], ASIDE[state]
    return names, "done"


def detail(tx: Tx, incident_id: int) -> IncidentDetail:
    """Everything that the page of an incident shows to the caller."""
    row = find(tx, incident_id)
    group = merged.group_of(tx, incident_id)
    evidence = _all_evidence(tx, group)
    told = reports_of(tx, group, evidence)
    passed, now = loop_of(State(row.state), row.state_before)
    lowest = row.grid_id or row.village_id or row.town_id
    return IncidentDetail(
        row=rows_of(tx, [row])[0],
        text=identity.shown(tx.actor, row.text),
        chain=territory.chain_of(tx, lowest),
        border_m=row.border_m,
        schematic=row.schematic,
        territory_version=row.territory_version,
        steps_passed=passed,
        step_now=now,
        history=history(tx, incident_id, evidence),
        orders=orders_of(tx, row),
        reports=told,
        evidence=list(evidence.values()),
        why=reasons(identity.shown_within(tx.actor, row.why), tx.actor.language),
        allowed=standing.allowed(tx, row),
        transfer_to=territory.region(tx, row.transfer_to) if row.transfer_to else None,
        outcome=identity.shown(tx.actor, row.outcome) if row.outcome else None,
        rulebook=_versions(tx, row.rulebook_id),
        channels=list(dict.fromkeys(one.channel for one in told)),
        merged=merged.briefs(tx, incident_id, group),
        master=merged.master_of(tx, row),
        former=former_of(tx, row),
        binding=row.binding,
    )


def former_of(tx: Tx, row: Any) -> Former | None:
    """The incident that `row` takes up again; none where the caller may not see it."""
    if row.origin_kind != "incident":
        return None
    query = sa.select(incident.c.id, incident.c.number).where(
        incident.c.id == int(row.origin_id), readable(tx)
    )
    found = tx.execute(query).one_or_none()
    return Former(found.id, found.number) if found is not None else None


def _versions(tx: Tx, rulebook_id: int | None) -> dict[str, str]:
    found = tx.execute(sa.select(rulebook.c.versions).where(rulebook.c.id == rulebook_id)).scalar()
    return dict(found or {})


def reasons(why: Mapping[str, Any], language: str) -> list[Reason]:
    """The stored answers to "why" in the reader's language, in a fixed order."""
    found = []
    for topic in TOPICS:
        item = why.get(topic)
        if item:
            found.append(
                Reason(
                    topic=topic,
                    text=str(item.get(language) or item.get("zh") or ""),
                    rule=item.get("rule"),
                    source=item.get("source"),
                    inputs=_inputs(item.get("inputs") or {}, language),
                    rejected=_rejected(item.get("rejected"), language),
                )
            )
    return found


def _inputs(inputs: Mapping[str, Any], language: str) -> dict[str, object]:
    """What was looked at, by its name on the screen; the trace of rules stays with the history's step."""
    place = 1 if language == "en" else 0
    return {
        INPUT_NAMES.get(name, (name, name))[place]: value
        for name, value in inputs.items()
        if value not in (None, "", [], {}) and name != "trace"
    }


def _rejected(rejected: Mapping[str, Any] | None, language: str) -> dict[str, object] | None:
    """The alternative that was not taken: which unit, and why not."""
    if not rejected:
        return None
    return {"name": rejected.get("name"), "why": rejected.get(language) or rejected.get("zh")}


def _all_evidence(tx: Tx, group: Sequence[int]) -> dict[int, Evidence]:
    """Evidence of reports and steps by attachment id, oldest first."""
    ids: list[int] = []
    for table in (report, step):
        query = sa.select(table.c.attachments).where(table.c.incident_id.in_(group))
        for (found,) in tx.execute(query.order_by(table.c.at)):
            ids += found
    return evidence_of(tx, ids)


def evidence_of(tx: Tx, ids: Sequence[int]) -> dict[int, Evidence]:
    """Attachments as evidence, by id."""
    return {
        item.id: Evidence(
            id=item.id,
            kind=item.kind,
            url=item.url,
            thumb_url=item.thumb_url,
            sha256=item.sha256,
            taken_at=item.taken_at,
            verified=item.verified,
            public=item.public,
        )
        for item in (attachments.of(tx, list(dict.fromkeys(ids))) if ids else [])
    }


def history(tx: Tx, incident_id: int, evidence: Mapping[int, Evidence]) -> list[Step]:
    """All steps in their order."""
    found = list(tx.execute(sa.select(step).where(step.c.incident_id == incident_id).order_by(step.c.seq)))
    units = identity.units_by_ids(tx, [row.unit_id for row in found if row.unit_id])
    return [
        Step(
            id=row.seq,
            at=row.at,
            move=row.move,
            label=label_of(row.move, row.order_id is not None, tx.actor.language),
            actor_kind=row.actor_kind,
            actor=row.actor_name,
            unit=units[row.unit_id].name if row.unit_id in units else None,
            text=identity.shown(tx.actor, _words(row, tx.actor.language)),
            order=row.order_id,
            state=State(row.state),
            evidence=[evidence[item] for item in row.attachments if item in evidence],
            why=identity.shown_within(tx.actor, row.why),
        )
        for row in found
    ]


def _words(row: Any, language: str) -> str:
    """What was said at a step, and which work orders ended with it."""
    ended = row.why.get("ended")
    other = row.args.get("number") if row.move in LINKED else None
    return " · ".join(words for words in (other, row.text, ended and ended.get(language)) if words)


def label_of(move: str, of_order: bool, language: str) -> str:
    """The name of a move in the reader's language."""
    row = (ORDER_MOVE if of_order else MOVES).get(move) or MOVES.get(move) or ORDER_MOVE.get(move)
    if row is None:
        return move
    return row.en if language == "en" else row.zh


def orders_of(tx: Tx, row: Any) -> list[WorkOrder]:
    """Work orders of an incident, lead first."""
    found = list(tx.execute(sa.select(order).where(order.c.incident_id == row.id).order_by(order.c.id)))
    return order_views(tx, row, found)


def order_views(tx: Tx, row: Any, found: Sequence[Any]) -> list[WorkOrder]:
    """Work orders of one incident `row` as people see them."""
    if not found:
        return []
    calendar = current_calendar(tx)
    units = identity.units_by_ids(tx, [item.unit_id for item in found])
    running = _order_deadlines(tx, [item.id for item in found])
    return [_order(tx, row, item, units[item.unit_id], running.get(item.id), calendar) for item in found]


def order_view(tx: Tx, order_id: int) -> WorkOrder:
    """One work order of an incident that the caller may see."""
    item = tx.execute(sa.select(order).where(order.c.id == order_id)).one_or_none()
    if item is None:
        raise NotFound("incidents.no_order", id=order_id)
    return order_views(tx, find(tx, item.incident_id), [item])[0]


def _order_deadlines(tx: Tx, ids: Sequence[int]) -> dict[int, Any]:
    """What runs against each work order, the nearest end where several do; one that is done has nothing running."""
    live = sa.and_(deadline.c.order_id.in_(ids), deadline.c.state.in_(("running", "paused")))
    rows = tx.execute(sa.select(deadline).where(live).order_by(deadline.c.due_at.desc(), deadline.c.id))
    return {row.order_id: row for row in rows}


def _order(tx: Tx, row: Any, item: Any, unit: Unit, running: Any, calendar: Calendar) -> WorkOrder:
    return WorkOrder(
        id=item.id,
        incident=row.id,
        number=item.number,
        role=Role(item.role),
        unit=brief(unit),
        person=item.person_name,
        person_id=item.person_id,
        state=OrderState(item.state),
        deadline=deadline_of(running, tx.now, calendar) if running is not None else None,
        issued_at=item.issued_at,
        acknowledged_at=item.acknowledged_at,
        done_at=item.done_at,
        returns=item.returns,
        outcome=identity.shown(tx.actor, item.outcome) if item.outcome else None,
        measures=identity.shown_within(tx.actor, item.measures),
        allowed=standing.allowed_of_order(tx, row, item),
    )


def reports_of(tx: Tx, group: Sequence[int], evidence: Mapping[int, Evidence]) -> list[ReportView]:
    """All tellings of these incidents; a reporter who asked to stay hidden is hidden from everyone but the owner's desk."""
    query = (
        sa.select(report, incident.c.number)
        .join(incident, incident.c.id == report.c.incident_id)
        .where(report.c.incident_id.in_(group))
        .order_by(report.c.at, report.c.id)
    )
    may_see = tx.actor.may("reporter.contact")
    found = []
    for row in tx.execute(query):
        name = row.masked_name or ("匿名居民" if tx.actor.language == "zh" else "Anonymous resident")
        if row.hidden and not may_see:
            name = "已隐藏" if tx.actor.language == "zh" else "Hidden"
        found.append(
            ReportView(
                id=row.id,
                incident=row.incident_id,
                number=row.number,
                channel=Channel(row.channel),
                text=identity.shown(tx.actor, row.text),
                at=row.at,
                reporter=name,
                phone=row.masked_phone if may_see else None,
                hidden=row.hidden,
                spam=row.spam,
                evidence=[evidence[item] for item in row.attachments if item in evidence],
            )
        )
    return found

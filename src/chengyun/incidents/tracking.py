"""What a reporter sees: the incident like a parcel, step by step, in plain words and without other people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.vault import bearer_hash
from chengyun.incidents import merged
from chengyun.incidents.contracts import State, Tracking, TrackingStep
from chengyun.incidents.detail import evidence_of, loop_of
from chengyun.incidents.rows import categories
from chengyun.incidents.rules import REOPEN_DAYS, STATE_NAMES
from chengyun.incidents.tables import deadline, incident, message, order, report, step
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

# Steps of the parcel: name, zh, en, the move of the history that passes it.
STEPS: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("report", "已收到", "Received", frozenset({"report"})),
    ("accept", "已受理", "Accepted", frozenset({"accept"})),
    ("dispatch", "已交给责任单位", "With the unit responsible", frozenset({"dispatch", "arbitrate"})),
    ("handle", "正在处理", "Being handled", frozenset({"acknowledge", "start"})),
    ("check", "核查结果", "Result checked", frozenset({"check_pass"})),
    ("close", "已办结", "Closed", frozenset({"close"})),
)
ENDED = frozenset({State.CLOSED, State.RATED})


def report_by_token(tx: Tx, token: str) -> Any:
    """The report behind an unguessable link; the transaction runs under the policy "tracking"."""
    row = tx.execute(sa.select(report).where(report.c.token_hash == bearer_hash(token))).one_or_none()
    if row is None:
        raise NotFound("incidents.no_tracking")
    return row


def tracking(tx: Tx, told: Any, language: str) -> Tracking:
    """The view of the reporter of `told` (a row of incidents_report)."""
    line = merged.line_of(tx, told.incident_id)
    rows = {found.id: found for found in tx.execute(sa.select(incident).where(incident.c.id.in_(line)))}
    own, row = rows[told.incident_id], rows[line[-1]]  # merged: what becomes of it is written there
    state = State(row.state)
    return Tracking(
        number=own.number,
        title=identity.masked(_title(tx, own, told, language)),
        text=identity.masked(told.text),
        place=_place(tx, own, told),
        state=state,
        state_label=_state_label(state, language),
        steps=_steps(tx, row, language),
        messages=_messages(tx, line, told.id, language),
        promised_at=_promised(tx, row.id),
        holder=_holder(tx, row),
        can_rate=state is State.CLOSED,
        can_reopen=_can_reopen(tx, row),
        stars=row.stars,
        evidence=list(evidence_of(tx, told.attachments).values()),
        simulated=own.simulated,
        merged_into=row.number if row.id != own.id else None,
        reports=row.reports_count,
    )


def of_reporter(tx: Tx, reports: Sequence[Any], language: str) -> list[Tracking]:
    """The views of several reports of one reporter, newest first."""
    return [tracking(tx, told, language) for told in reports]


def own_reports(tx: Tx, limit: int = 50) -> list[Any]:
    """Reports of the signed-in caller, newest first."""
    column = report.c.resident_id if tx.actor.kind == "resident" else report.c.person_id
    query = sa.select(report).where(column == tx.actor.id).order_by(report.c.at.desc()).limit(limit)
    return list(tx.execute(query))


def _title(tx: Tx, row: Any, told: Any, language: str) -> str:
    """The title is made of the first teller's words: who joined later reads the class instead."""
    known = categories(tx).get(row.category or "")
    if row.text == told.text or known is None:
        return str(row.title) if row.text == told.text else row.number
    return known.name_en if language == "en" else known.name_zh


def _place(tx: Tx, row: Any, told: Any) -> str:
    """The first teller's door number is for the first teller."""
    label = territory.chain_of(tx, row.village_id or row.town_id).label
    return f"{label} {row.address}".strip() if row.text == told.text else label


def _state_label(state: State, language: str) -> str:
    return STATE_NAMES[state][1 if language == "en" else 0]


def _can_reopen(tx: Tx, row: Any) -> bool:
    ended = State(row.state) in ENDED and row.closed_at is not None
    return ended and tx.now - row.closed_at <= timedelta(days=REOPEN_DAYS)


def _steps(tx: Tx, row: Any, language: str) -> list[TrackingStep]:
    """Each step with the time and the words of the move that passed it last."""
    query = sa.select(step.c.move, step.c.at).where(step.c.incident_id == row.id).order_by(step.c.seq)
    times: dict[str, Any] = {}
    for made in tx.execute(query):
        for name, _, _, moves in STEPS:
            if made.move in moves:
                times[name] = made.at
    passed, _ = loop_of(State(row.state), row.state_before)
    reached = {"dispatch"} if State(row.state) is State.DISPATCHED else set()
    done = {*passed, *reached}
    return [
        TrackingStep(
            name=name,
            label=en if language == "en" else zh,
            at=times.get(name) if name in done or name == "handle" else None,
            text="",
            done=name in done,
        )
        for name, zh, en, _ in STEPS
    ]


def _messages(tx: Tx, line: Sequence[int], report_id: int, language: str) -> list[str]:
    """What reporters were told, oldest first; from a master what it has told since the merge."""
    found: list[str] = []
    mine = sa.or_(message.c.target_id.is_(None), message.c.target_id == report_id)
    for place, incident_id in enumerate(line):
        about = sa.and_(message.c.incident_id == incident_id, message.c.audience == "reporter", mine)
        if place:
            about = sa.and_(about, message.c.at >= merged.merged_since(tx, line[place - 1]))
        rows = tx.execute(sa.select(message).where(about).order_by(message.c.id))
        found += [identity.masked(row.en if language == "en" else row.zh) for row in rows]
    return found


def _promised(tx: Tx, incident_id: int) -> Any:
    """The latest end of a handling limit that runs: what the reporter was promised."""
    query = sa.select(sa.func.max(deadline.c.due_at)).where(
        deadline.c.incident_id == incident_id, deadline.c.stage == "handle", deadline.c.state == "running"
    )
    return tx.execute(query).scalar()


def _holder(tx: Tx, row: Any) -> str:
    """Whose turn it is: a unit or a centre, never a person."""
    if State(row.state) in {State.DISPATCHED, State.HANDLING}:
        query = sa.select(order.c.unit_id).where(order.c.incident_id == row.id, order.c.role == "lead")
        unit = tx.execute(query.order_by(order.c.id.desc()).limit(1)).scalar()
        if unit is not None:
            return identity.unit(tx, unit).name
    if State(row.state) in ENDED or State(row.state) is State.VOIDED:
        return ""
    return f"{territory.region(tx, row.desk_id).name}治理中心"

"""What a reporter sees: the incident like a parcel, step by step, in plain words and without other people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.vault import bearer_hash
from chengyun.incidents.contracts import Stage, State
from chengyun.incidents.moving import merged
from chengyun.incidents.reading.detail import evidence_of, former_of, loop_of
from chengyun.incidents.reading.rows import categories
from chengyun.incidents.reporter.delays import Facts, delay_of, facts_of
from chengyun.incidents.rules import MOVES, PERIODS, STAGE_OF, STATE_NAMES
from chengyun.incidents.tables import incident, message, order, report, step
from chengyun.incidents.views import Tracking, TrackingStep
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

# Steps of the parcel: name, zh, en, the moves of the history that pass it, and what comes after it in words.
STEPS: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("report", "已收到", "Received", frozenset({"report", "add_report"})),
    ("accept", "已受理", "Accepted", frozenset({"accept"})),
    ("dispatch", "已交给责任单位", "With the unit responsible", frozenset({"dispatch", "arbitrate"})),
    ("handle", "正在处理", "Being handled", frozenset({"acknowledge", "start"})),
    ("check", "核查结果", "Result checked", frozenset({"check_pass"})),
    ("close", "已办结", "Closed", frozenset({"close"})),
)
# What a step is called while it is still ahead, where that differs: nobody reads "accepted" of what is not.
AHEAD = {
    "accept": ("等待受理", "To be accepted"),
    "dispatch": ("交给责任单位", "To the unit responsible"),
    "check": ("核查结果", "Check of the result"),
    "close": ("办结", "Closing"),
}
# The step that each state of the loop works on, and what comes next: zh, en with {holder}.
NEXT_WORDS: dict[str, tuple[str, str]] = {
    "accept": ("等待{holder}受理", "{holder} is to accept it"),
    "verify": ("{holder}正在核实，确定责任单位", "{holder} is verifying it and finding who is responsible"),
    "dispatch": ("{holder}正在确定由谁处理", "{holder} is deciding who handles it"),
    "handle": ("{holder}处理，完成后由他人核查", "{holder} handles it; somebody else checks the result"),
    "check": ("{holder}核查处理结果", "{holder} checks the result"),
    "close": ("{holder}办结并告知您", "{holder} closes it and tells you"),
    "rate": ("请您评价", "Please rate it"),
}
SHOWN_AT = {"verify": "dispatch"}  # a step of the loop that the parcel shows as part of another
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
    state, english = State(row.state), language == "en"
    facts, holder = facts_of(tx, row), _holder(tx, row)
    former = former_of(tx, own)
    urge_from = _until(row.urged_at, "urge_again")
    return Tracking(
        number=own.number,
        title=identity.masked(_title(tx, own, told, language)),
        text=identity.masked(told.text),
        place=_place(tx, own, told),
        state=state,
        state_label=STATE_NAMES[state][english],
        steps=_steps(tx, row, facts, english),
        messages=_messages(tx, line, told.id, language),
        promised_at=facts.due(Stage.HANDLE),
        holder=holder,
        can_rate=state is State.CLOSED or (state is State.RATED and _open(tx, row.rated_at, "rate_change")),
        can_reopen=state in ENDED and _open(tx, row.closed_at, "reopen"),
        stars=row.stars,
        evidence=list(evidence_of(tx, told.attachments).values()),
        simulated=own.simulated,
        merged_into=row.number if row.id != own.id else None,
        reports=row.reports_count,
        next_words=_next(row, holder, english),
        delay=delay_of(tx, facts, holder, english),
        can_urge=state in MOVES["urge"].source and (urge_from is None or urge_from < tx.now),
        urge_from=urge_from,
        urges=row.urges,
        rate_until=_until(row.rated_at, "rate_change"),
        reopen_until=_until(row.closed_at, "reopen") if state in ENDED else None,
        closed_at=row.closed_at,
        lon=own.lon,
        lat=own.lat,
        former=former.number if former else None,
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
    return f"{label} {identity.masked(row.address)}".strip() if row.text == told.text else label


def _until(since: datetime | None, period: str) -> datetime | None:
    return since + PERIODS[period] if since is not None else None


def _open(tx: Tx, since: datetime | None, period: str) -> bool:
    return since is not None and tx.now - since <= PERIODS[period]


def _next(row: Any, holder: str, english: bool) -> str:
    _, now = loop_of(State(row.state), row.state_before)
    words = NEXT_WORDS.get(now)
    return words[english].format(holder=holder) if words else ""


def _steps(tx: Tx, row: Any, facts: Facts, english: bool) -> list[TrackingStep]:
    """Each step with the time and the unit of the move that passed it last, and how long the present one may take."""
    times = _times(tx, row.id)
    passed, now = loop_of(State(row.state), row.state_before)
    done = {*passed, "dispatch"} if State(row.state) is State.DISPATCHED else set(passed)
    now = "handle" if State(row.state) is State.DISPATCHED else SHOWN_AT.get(now, now)
    reached = [name for name, *_ in STEPS if name in done or name == "handle"]
    units = identity.units_by_ids(tx, [unit for _, kind, unit in times.values() if kind == "unit"])
    found = []
    for name, zh, en, _ in STEPS:
        at, kind, unit = times.get(name, (None, "", 0)) if name in reached else (None, "", 0)
        who = units[unit].name if unit in units else _centre(tx, unit, english) if kind == "centre" else ""
        until = _due_now(row, facts) if name == now and name not in done else None
        found.append(
            TrackingStep(
                name,
                ((zh, en) if name in done else AHEAD.get(name, (zh, en)))[english],
                at,
                "",
                name in done,
                who,
                until,
                name == now and name not in done,
            )
        )
    return found


def _centre(tx: Tx, region: int, english: bool) -> str:
    return f"{territory.region(tx, region).name}{' centre' if english else '治理中心'}"


def _times(tx: Tx, incident_id: int) -> dict[str, tuple[datetime, str, int]]:
    """Step → when it was passed last and by which unit or centre; what was before a reopening counts no more."""
    query = (
        sa.select(step, order.c.unit_id.label("order_unit"))
        .outerjoin(order, order.c.id == step.c.order_id)
        .where(step.c.incident_id == incident_id)
        .order_by(step.c.seq)
    )
    found: dict[str, tuple[datetime, str, int]] = {}
    for made in tx.execute(query):
        if made.move == "reopen":
            found = {name: passed for name, passed in found.items() if name in ("report", "accept")}
        for name, _, _, moves in STEPS:
            if made.move in moves and not (name == "report" and name in found):
                found[name] = (made.at, *_who(made))
    return found


def _who(made: Any) -> tuple[str, int]:
    """Who made it: for a dispatch the unit that got it, for a work order its unit, else the centre."""
    leads = [given["unit"] for given in made.args.get("orders", ()) if given["role"] == "lead"]
    if leads:
        return "unit", leads[0]
    if made.order_unit is not None:
        return "unit", made.order_unit
    return ("", 0) if made.move in ("report", "add_report") else ("centre", made.centre_id)


def _due_now(row: Any, facts: Facts) -> datetime | None:
    """When the present step is to be over: its own limit, with the units that of handling."""
    if row.state == State.SUSPENDED:
        return facts.due(Stage.SUSPENSION)
    return facts.due(STAGE_OF.get(row.state, Stage.HANDLE))


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

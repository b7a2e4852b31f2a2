"""Who is to be called back, and what a call has brought."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from chengyun.incidents.callbacks.contracts import Answer, Attempt, Callback, Callbacks
from chengyun.incidents.callbacks.rules import BY_REASON, LINES, LONGEST, POOR, STRIDE, TRIES, Line
from chengyun.incidents.contracts import Channel, State
from chengyun.incidents.inputs import Move
from chengyun.incidents.moving import moves
from chengyun.incidents.moving.resolving import wrong
from chengyun.incidents.reading.detail import find
from chengyun.incidents.reading.filters import readable
from chengyun.incidents.rules import PERIODS
from chengyun.incidents.tables import DONE, callback, incident, report
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

i = incident.c
CAP = 100
CLOSED = i.state.in_([sa.literal_column(f"'{state}'") for state in DONE if state != State.VOIDED])
# Calls since it was closed last: what was said before a reopening is about another closing.
_CALLS = (
    sa.select(
        sa.func.count().label("tries"),
        sa.func.max(callback.c.at).label("tried_at"),
        sa.func.coalesce(sa.func.bool_or(callback.c.reached), sa.false()).label("reached"),
    )
    .where(callback.c.incident_id == i.id, callback.c.round == i.reopened)
    .lateral("calls")
)
_REPORT = (  # the first report that left a number
    sa.select(report.c.id.label("report"), report.c.masked_name, report.c.masked_phone)
    .where(report.c.incident_id == i.id, report.c.masked_phone.is_not(None), sa.not_(report.c.spam))
    .order_by(report.c.id)
    .limit(1)
    .lateral("told")
)


def due(tx: Tx) -> Callbacks:
    """Whom the caller's desk has to call now, the dissatisfied first, then the longest closed."""
    tx.actor.require("reporter.contact")
    query = _due(tx)
    total = tx.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    places = {line.reason: place for place, line in enumerate(LINES)}
    order = sa.case(places, value=query.selected_columns["reason"])
    found = tx.execute(query.order_by(order, i.closed_at, i.id).limit(CAP))
    return Callbacks(int(total), [_callback(tx, row) for row in found])


def _due(tx: Tx) -> sa.Select[Any]:
    reason = sa.case(*((_fits(tx, line), line.reason) for line in LINES), else_=None).label("reason")
    calls, told = _CALLS.c, _REPORT.c
    again = sa.or_(calls.tried_at.is_(None), calls.tried_at <= tx.now - PERIODS["callback_again"])
    return (
        sa.select(
            incident, reason, calls.tries, calls.tried_at, told.report, told.masked_name, told.masked_phone
        )
        .select_from(incident)
        .join(_REPORT, sa.true())
        .join(_CALLS, sa.true())
        .where(readable(tx), CLOSED, i.closed_at >= tx.now - LONGEST, reason.is_not(None))
        .where(sa.not_(calls.reached), calls.tries < TRIES, again)
    )


def _fits(tx: Tx, line: Line) -> ColumnElement[bool]:
    """Whether a line of the table is about an incident."""
    poor = sa.or_(i.stars <= POOR, i.solved.is_(False))
    about: dict[str, ColumnElement[bool]] = {
        "dissatisfied": sa.and_(i.state == State.RATED, poor),
        "by_phone": sa.and_(i.state == State.CLOSED, i.channel == Channel.HOTLINE),
        "sample": sa.true(),
    }
    drawn = i.id * STRIDE % 100 < round(line.share * 100)
    return sa.and_(
        about[line.reason], drawn, i.closed_at <= tx.now - line.after, i.closed_at >= tx.now - line.within
    )


def _callback(tx: Tx, row: Any) -> Callback:
    return Callback(
        incident=row.id,
        report=row.report,
        number=row.number,
        title=row.title,
        place=territory.chain_of(tx, row.village_id or row.town_id).label,
        outcome=row.outcome,
        closed_at=row.closed_at,
        reason=row.reason,
        reason_words=_words(tx, row.reason),
        reporter=row.masked_name or ("匿名居民" if tx.actor.language == "zh" else "Anonymous resident"),
        phone=row.masked_phone,
        tries=row.tries,
        tried_at=row.tried_at,
        stars=row.stars,
        solved=row.solved,
        reopen_until=row.closed_at + PERIODS["reopen"],
    )


def _words(tx: Tx, reason: str) -> str:
    line = BY_REASON.get(reason)
    if line is None:
        return reason
    return line.en if tx.actor.language == "en" else line.zh


def made(tx: Tx) -> list[Attempt]:
    """Calls of the last weeks, newest first."""
    tx.actor.require("reporter.contact")
    query = (
        sa.select(callback, i.number, i.title)
        .join(incident, i.id == callback.c.incident_id)
        .where(readable(tx), callback.c.at >= tx.now - LONGEST)
        .order_by(callback.c.at.desc(), callback.c.id.desc())
        .limit(CAP)
    )
    return [
        Attempt(
            row.incident_id, row.number, row.title, row.at, _words(tx, row.reason), row.reached, row.stars,
            row.solved, row.words, row.by_name,
        )
        for row in tx.execute(query)
    ]  # fmt: skip


def record(tx: Tx, incident_id: int, answer: Answer) -> None:
    """Keep what a call has brought; reached, it becomes a rating and, where asked for, a reopening.

    Raises NotFound outside the caller's jurisdiction, Conflict where it is not to be called back now, and as moves do.
    """
    tx.actor.require("reporter.contact")
    if answer.reached and (answer.stars is None or answer.solved is None):
        raise wrong("stars" if answer.stars is None else "solved", "incidents.stars_needed")
    if answer.reopen and not answer.words:
        raise wrong("words", "incidents.needed")
    number = find(tx, incident_id).number
    row = tx.execute(_due(tx).where(i.id == incident_id)).one_or_none()
    if row is None:
        raise Conflict("incidents.not_to_call", number=number)
    _keep(tx, row, answer)
    wanted = _moves(tx, row, answer) if answer.reached else []
    if wanted:
        moves.move_for_reporter(tx, incident_id, wanted)


def _moves(tx: Tx, row: Any, answer: Answer) -> list[Move]:
    """A rating that can no longer be changed stays as the reporter gave it; the call is kept all the same."""
    words = f"回访：{answer.words}" if answer.words else "回访"
    found = []
    changeable = row.rated_at is None or tx.now - row.rated_at <= PERIODS["rate_change"]
    if changeable:
        found.append(Move("rate", {"stars": answer.stars, "solved": answer.solved, "note": words}))
    if answer.reopen:
        found.append(Move("reopen", {"reason": words}))
    return found


def _keep(tx: Tx, row: Any, answer: Answer) -> None:
    said = {"reached": answer.reached, "stars": answer.stars, "solved": answer.solved, "words": answer.words}
    if not answer.reached:
        said |= {"stars": None, "solved": None}
    who = {"by_id": tx.actor.id, "by_name": tx.actor.name}
    about = {"incident_id": row.id, "round": row.reopened, "at": tx.now, "reason": row.reason}
    tx.execute(sa.insert(callback), {**about, **said, **who})
    detail = {"number": row.number, "reached": answer.reached, "stars": answer.stars}
    audit.record(tx, "incident.callback", ("incident", row.id), detail)

"""Checkups as they are read: in the reader's language, with what the reader may see of incidents and peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import distinct_on

from chengyun.identity import service as identity
from chengyun.incidents import service as incidents
from chengyun.incidents.evaluation import service as evaluation
from chengyun.incidents.evaluation.contracts import FigurePart, PeriodKind, Question
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.checkup.contracts import (
    Checkup,
    CheckupIncident,
    CheckupLine,
    CheckupPeer,
    CheckupPeriod,
    Findings,
)
from chengyun.vitals.checkup.making import MAKES, reads
from chengyun.vitals.checkup.periods import Asked
from chengyun.vitals.checkup.rules import GRADES
from chengyun.vitals.tables import checkup

MISSED = 10  # incidents of the evaluation that are listed
_FINDINGS = TypeAdapter(Findings)
c = checkup.c
_LINE = (
    c.id, c.region_id, c.period, c.since, c.until, c.ends, c.method, c.computed_at, c.by_name,
    c.content["overall"]["score"].label("score"), c.content["overall"]["grade"].label("grade"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckupFilters:
    """What the list is narrowed to; `asked`: versions of one very period."""

    region: int | None = None
    asked: Asked | None = None


def listed(tx: Tx, by: CheckupFilters, after: int | None, limit: int) -> list[CheckupLine]:
    """Versions that the caller may read, the newest first."""
    tx.actor.require("sign.read")
    where = [identity.readable_by(tx.actor, c.readers)]
    if by.region is not None:
        where.append(c.region_id == by.region)
    if by.asked is not None:
        span = by.asked.span(tx.now)
        where += [c.period == by.asked.period.value, c.since == span.since, c.ends == span.ends]
    if after is not None:
        where.append(c.id < after)
    rows = tx.execute(sa.select(*_LINE).where(*where).order_by(c.id.desc()).limit(limit)).all()
    return [_line(tx, row) for row in rows]


def one(tx: Tx, checkup_id: int) -> Checkup:
    """A version. Raises NotFound outside the caller's jurisdiction."""
    tx.actor.require("sign.read")
    query = sa.select(*_LINE, c.content).where(c.id == checkup_id, identity.readable_by(tx.actor, c.readers))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("checkup.not_found", id=checkup_id)
    line = _line(tx, row)
    language = "en" if tx.actor.language == "en" else "zh"
    findings = _FINDINGS.validate_python(spoken(row.content, language))
    above = territory.centre_above(tx, line.region)
    return Checkup(
        line=line,
        label=territory.chain_of(tx, line.region).label,
        level=territory.region(tx, line.region).level,
        above=above if above is not None and reads(tx, above) else None,
        findings=findings,
        peers=_peers(tx, line, above),
        incidents=_of_problems(tx, findings),
        missed=_missed(tx, line),
        grades={each["grade"]: each[language] for each in GRADES},
        may_make=tx.actor.may(MAKES),
    )


def spoken(value: Any, language: str) -> Any:
    """Kept content with every {zh, en} as one text."""
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            return value[language]
        return {key: spoken(each, language) for key, each in value.items()}
    if isinstance(value, list):
        return [spoken(each, language) for each in value]
    return value


def _line(tx: Tx, row: Any) -> CheckupLine:
    known = territory.regions(tx, [row.region_id]).get(row.region_id)
    return CheckupLine(
        id=row.id,
        region=row.region_id,
        region_name=known.name if known else str(row.region_id),
        period=CheckupPeriod(row.period),
        first=row.since.astimezone(SHANGHAI).date(),
        last=_last_day(row.ends),
        since=row.since,
        until=row.until,
        ends=row.ends,
        score=row.score,
        grade=row.grade,
        method=row.method,
        computed_at=row.computed_at,
        by=row.by_name,
    )


def _last_day(ends: datetime) -> date:
    return (ends.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


def _peers(tx: Tx, line: CheckupLine, above: int | None) -> list[CheckupPeer]:
    """Those with a checkup of the same period that the reader may read; of the others the report has median and rank."""
    if above is None:
        return []
    refs = {ref.id: ref for ref in territory.children(tx, above)}
    query = (
        sa.select(c.region_id, c.id, c.content["overall"]["score"].label("score"))
        .ext(distinct_on(c.region_id))
        .where(identity.readable_by(tx.actor, c.readers), c.region_id.in_(refs))
        .where(c.period == line.period.value, c.since == line.since, c.ends == line.ends)
        .order_by(c.region_id, c.id.desc())
    )
    found = [
        CheckupPeer(row.region_id, refs[row.region_id].name, row.score, row.id) for row in tx.execute(query)
    ]
    return sorted(found, key=lambda peer: (peer.score is None, -(peer.score or 0.0), peer.region))


def _of_problems(tx: Tx, findings: Findings) -> list[CheckupIncident]:
    ids = sorted({one for problem in findings.problems for one in problem.incidents})
    if not ids or not tx.actor.may("incident.read"):
        return []
    return [_incident(row) for row in incidents.by_ids(tx, ids)]


def _missed(tx: Tx, line: CheckupLine) -> list[CheckupIncident]:
    """Incidents that fell due in the period and were not handled in time, the newest."""
    actor = tx.actor
    if not (actor.may("incident.read") and actor.may("evaluation.read") and reads(tx, line.region)):
        return []
    asked = Question(PeriodKind.CUSTOM, line.first, line.last, region=line.region)
    page = evaluation.behind(tx, asked, "handled_on_time", FigurePart.MISSED, None, None, MISSED)
    return [_incident(row) for row in page.items]


def _incident(row: Any) -> CheckupIncident:
    return CheckupIncident(row.id, row.number, row.title, str(row.state))

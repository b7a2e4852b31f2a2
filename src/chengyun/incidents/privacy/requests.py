"""What is asked for or has run out: who may have personal data erased, and what is due by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.purposes import kept_for
from chengyun.identity.vault import Vault
from chengyun.incidents.privacy.erasing import POLICY, empty_incident, mask_incident, mask_reports
from chengyun.incidents.reading.detail import find
from chengyun.incidents.tables import DONE, incident, report
from chengyun.kernel import audit
from chengyun.kernel.errors import NotFound, Unauthenticated, register_messages
from chengyun.kernel.transactions import Tx

BATCH = 50
register_messages(
    {"privacy.no_report": ("没有这条上报。", "There is no such report.")},
)
_WAITING = sa.and_(report.c.erase_asked_at.is_not(None), report.c.erased_at.is_(None))
_ENDED_AT = sa.func.coalesce(incident.c.closed_at, incident.c.changed_at)


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many incidents have been masked now, and how many wait until they have ended."""

    erased: int
    waiting: int


def erase_report(tx: Tx, report_id: int, vault: Vault, reason: str) -> Erasure:
    """On somebody's request: now where the incident has ended, else as soon as it has. Audited with the reason.

    Needs personal.erase and sight of the incident. Raises Forbidden, NotFound.
    """
    tx.actor.require("personal.erase")
    number = tx.execute(sa.select(report.c.incident_id).where(report.c.id == report_id)).scalar()
    if number is None:
        raise NotFound("privacy.no_report")
    row = find(tx, number)
    audit.record(tx, "personal.erasure_asked", ("report", report_id), {"reason": reason})
    return _erase(tx, [(number, row.state)], report.c.id == report_id, vault, "request")


def erase_mine(tx: Tx, vault: Vault) -> Erasure:
    """Everything that the signed-in resident reported, and the number by which they sign in once nothing waits.

    Raises Unauthenticated for whoever is no resident.
    """
    if tx.actor.kind != "resident" or tx.actor.id is None:
        raise Unauthenticated("session.required")
    mine = report.c.resident_id == tx.actor.id
    query = sa.select(incident.c.id, incident.c.state).where(
        incident.c.id.in_(sa.select(report.c.incident_id).where(mine)), incident.c.emptied_at.is_(None)
    )
    audit.record(tx, "personal.erasure_asked", ("resident", tx.actor.id), {})
    done = _erase(tx, [(row.id, row.state) for row in tx.execute(query)], mine, vault, "request")
    if not done.waiting:
        identity.forget_phone(tx, tx.actor.id)
    return done


def _erase(
    tx: Tx, found: list[tuple[int, str]], which: sa.ColumnElement[bool], vault: Vault, why: str
) -> Erasure:
    ended = [number for number, state in found if state in DONE]
    with tx.under(POLICY):  # under which alone history may be rewritten
        tx.execute(sa.update(report).where(which).values(erase_asked_at=tx.now))
        for number in ended:
            mask_reports(tx, number, vault, why, which)
    return Erasure(len(ended), len(found) - len(ended))


def erase_due(tx: Tx, vault: Vault) -> int:
    """What has run out by the city's clock, or was asked for and has ended since; the number of erasures, at most BATCH
    of each. Run as the system actor "incidents.privacy"."""
    late = _due(tx, incident.c.masked_at.is_(None), tx.now - kept_for("case.texts"))
    for number in late:
        mask_incident(tx, number, vault, "retention")
    gone = _due(tx, incident.c.emptied_at.is_(None), tx.now - kept_for("case.words"))
    for number in gone:
        empty_incident(tx, number, "retention")
    asked = _asked(tx)
    for number in asked:
        mask_reports(tx, number, vault, "request", _WAITING)
    return len(late) + len(gone) + len(asked)


def _due(tx: Tx, still: sa.ColumnElement[bool], before: datetime) -> list[int]:
    query = (
        sa.select(incident.c.id)
        .where(still, incident.c.emptied_at.is_(None), incident.c.state.in_(DONE))
        .where(incident.c.changed_at < before, before > _ENDED_AT)
        .order_by(incident.c.changed_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(tx.execute(query).scalars())


def _asked(tx: Tx) -> list[int]:
    """Incidents that have ended since a reporter asked."""
    query = (
        sa.select(incident.c.id)
        .join(report, report.c.incident_id == incident.c.id)
        .where(_WAITING, incident.c.state.in_(DONE))
        .distinct()
        .limit(BATCH)
    )
    return list(tx.execute(query).scalars())

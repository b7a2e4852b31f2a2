"""Masking and erasing the texts of one incident, history included; the only way in which history is rewritten.

The steps stay: who did what and when, and everything that a replay needs. docs/decisions/0012 says why.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from chengyun.identity.vault import Vault
from chengyun.incidents.intake.taking import opened_contact
from chengyun.incidents.privacy.rules import WRITTEN, WRITTEN_WHY, Rewrite, emptying, masking, rewritten
from chengyun.incidents.tables import incident, message, order, report, step
from chengyun.kernel import audit
from chengyun.kernel.transactions import Tx

POLICY = "incidents.privacy"
_STEP = sa.text(
    "SELECT incidents_rewrite_step(:incident, :seq, :text, CAST(:args AS jsonb), CAST(:why AS jsonb))"
)
_MESSAGE = sa.text("SELECT incidents_rewrite_message(:id, :zh, :en)")


def mask_incident(tx: Tx, number: int, vault: Vault, why: str) -> None:
    """Erase the contacts of all its reports and mask its texts for good. Audited, without what was erased."""
    mask_reports(tx, number, vault, why, sa.true())
    tx.execute(sa.update(incident).where(incident.c.id == number).values(masked_at=tx.now))


def mask_reports(tx: Tx, number: int, vault: Vault, why: str, which: sa.ColumnElement[bool]) -> None:
    """The same for some of its reports: other reporters can still be called back, the texts are masked for all."""
    known = _contacts(tx, number, vault, which)
    for contact in known or [{}]:
        _rewrite(tx, number, masking(contact))
    _drop_contacts(tx, number, which)
    audit.record(tx, "personal.masked", ("incident", number), {"why": why, "contacts": len(known)})


def empty_incident(tx: Tx, number: int, why: str) -> None:
    """Erase every word of it and all contacts; the steps stay with their times."""
    _rewrite(tx, number, emptying)
    _drop_contacts(tx, number, sa.true())
    moments = {"masked_at": tx.now, "emptied_at": tx.now}
    tx.execute(sa.update(incident).where(incident.c.id == number).values(**moments))
    audit.record(tx, "personal.emptied", ("incident", number), {"why": why})


def _contacts(
    tx: Tx, number: int, vault: Vault, which: sa.ColumnElement[bool]
) -> list[dict[str, str | None]]:
    query = sa.select(report.c.id, report.c.contact).where(
        report.c.incident_id == number, report.c.contact.is_not(None), which
    )
    return [dict(opened_contact(bytes(row.contact), row.id, vault)) for row in tx.execute(query)]


def _drop_contacts(tx: Tx, number: int, which: sa.ColumnElement[bool]) -> None:
    """Name, phone and the trace of the address it came from."""
    nothing = {"contact": None, "masked_name": None, "masked_phone": None, "source_hash": None}
    tx.execute(
        sa.update(report).where(report.c.incident_id == number, which).values(**nothing, erased_at=tx.now)
    )


def _rewrite(tx: Tx, number: int, rewrite: Rewrite) -> None:
    """All texts that people wrote about an incident."""
    _incident(tx, number, rewrite)
    for row in tx.execute(
        sa.select(report.c.id, report.c.text, report.c.spam_reason).where(report.c.incident_id == number)
    ).all():
        values = {"text": rewrite(row.text), "spam_reason": row.spam_reason and rewrite(row.spam_reason)}
        tx.execute(sa.update(report).where(report.c.id == row.id).values(**values))
    _orders(tx, number, rewrite)
    _steps(tx, number, rewrite)
    for row in tx.execute(
        sa.select(message.c.id, message.c.zh, message.c.en).where(message.c.incident_id == number)
    ).all():
        tx.execute(_MESSAGE, {"id": row.id, "zh": rewrite(row.zh), "en": rewrite(row.en)})


def _incident(tx: Tx, number: int, rewrite: Rewrite) -> None:
    c = incident.c
    row: Any = tx.execute(
        sa.select(c.title, c.text, c.address, c.outcome, c.why, c.pending).where(c.id == number)
    ).one()
    values = {
        "title": rewrite(row.title),
        "text": rewrite(row.text),
        "address": rewrite(row.address),
        "outcome": row.outcome and rewrite(row.outcome),
        "why": rewritten(row.why, rewrite, WRITTEN_WHY),
        "pending": rewritten(row.pending, rewrite, WRITTEN),
    }
    tx.execute(sa.update(incident).where(c.id == number).values(**values))


def _orders(tx: Tx, number: int, rewrite: Rewrite) -> None:
    c = order.c
    rows = tx.execute(sa.select(c.id, c.outcome, c.measures, c.pending, c.why).where(c.incident_id == number))
    for row in rows.all():
        values = {
            "outcome": row.outcome and rewrite(row.outcome),
            "measures": rewritten(row.measures, rewrite, WRITTEN, inside=True),
            "pending": rewritten(row.pending, rewrite, WRITTEN),
            "why": row.why and rewrite(row.why),
        }
        tx.execute(sa.update(order).where(c.id == row.id).values(**values))


def _steps(tx: Tx, number: int, rewrite: Rewrite) -> None:
    c = step.c
    for row in tx.execute(sa.select(c.seq, c.text, c.args, c.why).where(c.incident_id == number)).all():
        changed = {
            "text": rewrite(row.text),
            "args": rewritten(row.args, rewrite, WRITTEN),
            "why": rewritten(row.why, rewrite, WRITTEN_WHY),
        }
        if changed != {"text": row.text, "args": row.args, "why": row.why}:
            args, why = (json.dumps(changed[name], ensure_ascii=False) for name in ("args", "why"))
            tx.execute(
                _STEP, {"incident": number, "seq": row.seq, "text": changed["text"], "args": args, "why": why}
            )

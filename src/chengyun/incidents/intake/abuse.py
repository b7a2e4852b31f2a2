"""Limits on reports from people without an account: rates, spam marks, blocks with a reason and an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.identity import service as identity
from chengyun.incidents.moving import merged
from chengyun.incidents.tables import block, counter, incident, report
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, Forbidden, NotFound, TooMany
from chengyun.kernel.transactions import Tx


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` reports of one source in each window."""

    limit: int
    window: timedelta


UNKNOWN = frozenset({"anonymous", "resident"})  # people without a post
ASKING = (Rate(60, timedelta(minutes=10)), Rate(300, timedelta(days=1)))
ANONYMOUS = (Rate(10, timedelta(minutes=10)), Rate(40, timedelta(days=1)))
RESIDENT = (Rate(20, timedelta(minutes=10)), Rate(100, timedelta(days=1)))


def admit(tx: Tx, source: bytes | None) -> None:
    """Let one report of a resident or of nobody in particular through, or raise TooMany / Forbidden.

    `source` is the keyed hash of the address it comes from. Staff and integrations are not limited here.
    """
    if tx.actor.kind not in UNKNOWN:
        return
    keys = _keys(tx, source)
    _refuse_blocked(tx, keys)
    rates = RESIDENT if tx.actor.kind == "resident" else ANONYMOUS
    # A resident is counted as a person; many may share one address behind a carrier's gateway.
    for rate in rates:
        _count(tx, keys[0], rate)


def admit_question(tx: Tx, source: bytes | None) -> None:
    """The same for a question that a phone asks while somebody writes, counted apart."""
    if tx.actor.kind in UNKNOWN:
        keys = _keys(tx, source)
        _refuse_blocked(tx, keys)
        for rate in ASKING:
            _count(tx, ("asking", ":".join(keys[0])), rate)


def _keys(tx: Tx, source: bytes | None) -> list[tuple[str, str]]:
    address = ("source", source.hex() if source else "unknown")
    if tx.actor.kind == "resident":
        return [("resident", str(tx.actor.id)), address]
    return [address]


def _refuse_blocked(tx: Tx, keys: list[tuple[str, str]]) -> None:
    query = sa.select(block.c.reason, block.c.until).where(
        sa.tuple_(block.c.kind, block.c.key).in_(keys), block.c.until > tx.now
    )
    found = tx.execute(query.order_by(block.c.until.desc()).limit(1)).one_or_none()
    if found is not None:
        raise Forbidden("incidents.blocked", reason=found.reason, until=f"{found.until:%Y-%m-%d}")


def _count(tx: Tx, key: tuple[str, str], rate: Rate) -> None:
    """Count in real time, so that moving the demo clock neither frees nor traps anybody."""
    seconds = rate.window.total_seconds()
    now = datetime.now(UTC)
    opened = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
    name = f"{key[0]}:{key[1]}:{seconds:.0f}"
    statement = insert(counter).values(key=name, opened_at=opened, n=1)
    counted = statement.on_conflict_do_update(
        index_elements=["key", "opened_at"], set_={"n": counter.c.n + 1}
    ).returning(counter.c.n)
    if tx.execute(counted).scalar_one() > rate.limit:
        wait = int((opened + rate.window - now).total_seconds()) + 1
        raise TooMany("incidents.too_many_reports", retry_after=wait, limit=rate.limit)


def mark_spam(tx: Tx, report_id: int, on: bool, reason: str) -> None:
    """Mark or unmark a report as spam; it stays readable and stops counting as a telling."""
    tx.actor.require("reporter.block")
    row = _report(tx, report_id)
    if row.spam == on:
        raise Conflict("incidents.spam_already")
    tx.execute(sa.update(report).where(report.c.id == report_id).values(spam=on, spam_reason=reason))
    change = -1 if on else 1
    tx.execute(
        sa.update(incident)
        .where(incident.c.id.in_(merged.line_of(tx, row.incident_id)))  # a master counts it too
        .values(reports_count=incident.c.reports_count + change, version=incident.c.version + 1)
    )
    audit.record(tx, "report.spam", ("report", report_id), {"on": on, "reason": reason})


def block_reporter(tx: Tx, report_id: int, reason: str, until: datetime) -> None:
    """Refuse further reports of whoever sent this one: the resident, or else the address."""
    tx.actor.require("reporter.block")
    row = _report(tx, report_id)
    if row.resident_id is None and row.source_hash is None:
        raise Conflict("incidents.nobody_to_block")
    kind, key = ("resident", str(row.resident_id)) if row.resident_id else ("source", row.source_hash.hex())
    values = {"kind": kind, "key": key, "report_id": report_id, "reason": reason, "until": until}
    tx.execute(sa.insert(block).values(**values, by_id=tx.actor.id, by_name=tx.actor.name, at=tx.now))
    audit.record(
        tx, "reporter.blocked", ("report", report_id), {"reason": reason, "until": until.isoformat()}
    )


def _report(tx: Tx, report_id: int) -> sa.Row[tuple[object, ...]]:
    """A report within the caller's jurisdiction."""
    query = (
        sa.select(report.c.incident_id, report.c.resident_id, report.c.source_hash, report.c.spam)
        .join(incident, incident.c.id == report.c.incident_id)
        .where(report.c.id == report_id, identity.readable_by(tx.actor, incident.c.readers))
    )
    found = tx.execute(query).one_or_none()
    if found is None:
        raise NotFound("incidents.no_report", id=report_id)
    return found

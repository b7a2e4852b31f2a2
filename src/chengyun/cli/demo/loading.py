"""Simulated lives into the database, some thousands at a time, with their audit and further reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

import sqlalchemy as sa

from chengyun.incidents import history_bulk
from chengyun.incidents.history_bulk import Draft
from chengyun.incidents.life import StepRow
from chengyun.incidents.rules import SENSITIVE
from chengyun.kernel import bulk
from chengyun.kernel.transactions import Tx

BATCH = 2_500  # lives in memory at a time
_AUDIT = (
    "at", "actor_kind", "actor_id", "actor_name", "post", "action", "subject_kind", "subject_id", "detail",
)  # fmt: skip
_REPORT = (
    "id", "incident_id", "channel", "text", "at", "hidden", "spam", "token_hash", "language", "attachments",
)  # fmt: skip


def take_time(tx: Tx) -> None:
    """This transaction may be silent for minutes: it thinks, or waits for others to finish."""
    tx.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def write(tx: Tx, lives: Iterator[Draft]) -> int:
    """Live through a stretch and load it; the number of incidents."""
    take_time(tx)
    count = 0
    while batch := list(islice(lives, BATCH)):
        history_bulk.load(tx, batch)
        bulk.insert(tx, "incidents_report", _REPORT, _reported_again(batch))
        bulk.insert(tx, "kernel_audit", _AUDIT, _audited(batch))
        count += len(batch)
    return count


def _steps(drafts: Iterable[Draft], moves: frozenset[str]) -> Iterator[tuple[Draft, StepRow]]:
    return ((draft, step) for draft in drafts for step in draft.life.steps if step.move in moves)


def _reported_again(drafts: Sequence[Draft]) -> Iterator[Sequence[Any]]:
    """A row for every further telling; nobody holds the secret of a simulated one."""
    for draft, step in _steps(drafts, frozenset({"add_report"})):
        number = draft.world.new("report")
        nobody = sha256(b"simulated again" + str(number).encode()).digest()
        yield number, step.incident_id, "resident", step.text, step.at, False, False, nobody, "zh", []


def _audited(drafts: Sequence[Draft]) -> Iterator[Sequence[Any]]:
    """One row per sensitive move, in the order in which they were made."""
    found = sorted(_steps(drafts, SENSITIVE), key=lambda one: one[1].at)
    for draft, step in found:
        detail = {"number": draft.life.incident.number, "reason": step.text, "order": step.order_id}
        who = (step.actor_kind, step.actor_id, step.actor_name, step.post_id)
        yield step.at, *who, f"incident.{step.move}", "incident", str(step.incident_id), detail

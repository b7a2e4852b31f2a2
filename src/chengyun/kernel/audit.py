"""Who did what, when, to what: rows that commit with the act, chained by hashes a moment later.

hash(n) = sha256(hash(n − 1) ‖ canonical JSON of row n, its number included). Changing, removing, adding or
exchanging sealed rows breaks the chain at the first row concerned. Cutting off the end leaves a chain that is
whole in itself: that shows against a head kept elsewhere (`head`, the last line of an export, the log).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.audit_chain import (
    FIELDS,
    GENESIS,
    Chain,
    Head,
    Verification,
    as_line,
    link_hash,
    verify_lines,
)
from chengyun.kernel.contracts import Actor
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.job_registry import periodic, running_job
from chengyun.kernel.personal import masked
from chengyun.kernel.tables import audit
from chengyun.kernel.transactions import Database, Tx
from chengyun.kernel.writes import document

log = logging.getLogger(__name__)

BATCH = 1_000
PAGE = 5_000
_SEAL_LOCK = 7_108_063
_COLUMNS = ", ".join(FIELDS)
__all__ = [
    "Head",
    "Verification",
    "export_lines",
    "head",
    "record",
    "record_read",
    "seal",
    "verify",
    "verify_lines",
]

Subject = tuple[str, int | str]


def record(
    tx: Tx, action: str, subject: Subject | None = None, detail: Mapping[str, object] | None = None
) -> None:
    """Add a row to this transaction: it commits with the act. `detail` is JSON; a job adds who asked for it."""
    told = {name: _masked(value) for name, value in (detail or {}).items()}
    running = running_job.get()
    if running is not None and tx.actor.kind == "system":
        told.setdefault("asked_by", running.asked_by.as_json())
    row = {
        "at": tx.now,
        "actor_kind": tx.actor.kind,
        "actor_id": tx.actor.id,
        "actor_name": tx.actor.name,
        "post": tx.actor.post,
        "action": action,
        "subject_kind": subject[0] if subject else None,
        "subject_id": str(subject[1]) if subject else None,
        "detail": document(told),
    }
    tx.add(audit, [row])


def _masked(value: object) -> object:
    """What somebody wrote as a reason is masked: this row can never be changed, not even when the case is erased."""
    return masked(value) if isinstance(value, str) else value


def record_read(
    db: Database, actor: Actor, action: str, subject: Subject, detail: Mapping[str, object] | None = None
) -> None:
    """Commit a row of its own. Call it before sensitive data leaves; if it fails, the data must stay."""
    with db.begin(actor) as tx:
        record(tx, action, subject, detail)


def seal(tx: Tx) -> int:
    """Chain the next batch of committed rows → how many (fewer than BATCH: none are left).

    One sealer at a time. A row that commits later is chained later, whatever its id: the order is that of
    commits as the sealer saw them.
    """
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEAL_LOCK})
    last = head(tx)
    rows = tx.execute(
        sa.text(f"SELECT {_COLUMNS} FROM kernel_audit WHERE seq IS NULL ORDER BY id LIMIT :n"), {"n": BATCH}
    ).all()
    sealed = list(_links(last, (dict(zip(FIELDS, row, strict=True)) for row in rows)))
    if sealed:
        tx.execute(
            sa.text(
                "UPDATE kernel_audit a SET seq = v.seq, prev_hash = v.prev, hash = v.hash FROM unnest("
                "CAST(:ids AS bigint[]), CAST(:seqs AS bigint[]), CAST(:prevs AS bytea[]),"
                " CAST(:hashes AS bytea[])) AS v (id, seq, prev, hash) WHERE a.id = v.id"
            ),
            dict(zip(("ids", "seqs", "prevs", "hashes"), map(list, zip(*sealed, strict=True)), strict=True)),
        )
        failpoint("audit.sealed")
    return len(sealed)


def _links(last: Head, rows: Iterable[dict[str, Any]]) -> Iterator[tuple[int, int, bytes, bytes]]:
    seq, prev = last.seq, bytes.fromhex(last.hash)
    for row in rows:
        seq += 1
        digest = link_hash(prev, seq, row)
        yield row["id"], seq, prev, digest
        prev = digest


@periodic("kernel.audit_seal", every=2.0)
def seal_all(tx: Tx) -> None:
    """Seal what is there; the head goes to the log, where it outlives this database."""
    count = 0
    while (sealed := seal(tx)) and count < 20 * BATCH:
        count += sealed
    if count:
        log.info("audit head %s", head(tx))


def head(tx: Tx) -> Head:
    """The last sealed link."""
    row = tx.execute(
        sa.text("SELECT seq, hash FROM kernel_audit WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1")
    ).first()
    return Head(row.seq, row.hash.hex()) if row else Head(0, GENESIS.hex())


def verify(tx: Tx, anchors: Sequence[Head] = ()) -> Verification:
    """Recompute the whole chain. `anchors` are heads kept elsewhere: against them also a cut-off end shows, and a chain
    that was rewritten from some link on.

    Reads in pages; some 20,000 rows a second.
    """
    found = Chain(anchors)
    for row in _sealed(tx, None):
        if not found.follows(row["seq"], row["prev_hash"], row["hash"], row):
            break
    waiting = tx.execute(sa.text("SELECT count(*) FROM kernel_audit WHERE seq IS NULL")).scalar_one()
    return found.result(int(waiting))


def _sealed(tx: Tx, until: int | None) -> Iterator[dict[str, Any]]:
    """Sealed rows in order, in pages."""
    query = sa.text(
        f"SELECT {_COLUMNS}, seq, prev_hash, hash FROM kernel_audit WHERE seq > :after"
        " AND (CAST(:until AS bigint) IS NULL OR seq <= :until) ORDER BY seq LIMIT :n"
    )
    names = (*FIELDS, "seq", "prev_hash", "hash")
    after = -(2**62)
    while rows := tx.execute(query, {"after": after, "until": until, "n": PAGE}).all():
        yield from (dict(zip(names, row, strict=True)) for row in rows)
        after = rows[-1].seq


def export_lines(tx: Tx) -> Iterator[str]:
    """The sealed chain as JSON lines, oldest first; the last line is the head, so that a cut shows."""
    until = head(tx)
    for row in _sealed(tx, until.seq):
        yield as_line(row)
    yield json.dumps({"head": {"seq": until.seq, "hash": until.hash}})

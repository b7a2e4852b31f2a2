"""Heads of audit chains, kept by others: who rewrites or cuts off a chain cannot rewrite those.

A centre sends its head to its witnesses every few minutes; each keeps it under the sender's name. A head that
contradicts one that is kept (another hash at the same number), or that goes back, is refused and put on record there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chengyun.kernel import audit
from chengyun.kernel.audit import Head
from chengyun.kernel.tables import witness
from chengyun.kernel.transactions import Tx

OWN, HERE = "own", "here"
SHOWN = 500


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A head as it was received, in real time. `witness` keeps it."""

    seq: int
    hash: str
    witness: str
    received_at: datetime

    @property
    def head(self) -> Head:
        return Head(self.seq, self.hash)


def keep(tx: Tx, chain: str, head: Head, keeper: str = HERE) -> bool:
    """Keep a head of `chain` → whether it fits what is kept. One that does not is not kept; it is audited."""
    tx.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:chain, 7108066))"),
        {"chain": f"witness {chain}"},
    )
    known = kept(tx, chain, keeper, limit=1)
    if known and head.seq <= known[0].seq:
        same = sa.select(witness.c.hash).where(
            witness.c.chain == chain, witness.c.witness == keeper, witness.c.seq == head.seq
        )
        found = tx.execute(same).scalar()
        if found is not None and found.hex() == head.hash:
            return True
        detail = {"chain": chain, "sent": str(head), "kept": str(known[0].head)}
        audit.record(tx, "audit.contradicted", ("chain", chain), detail)
        return False
    values = {"chain": chain, "seq": head.seq, "hash": bytes.fromhex(head.hash), "witness": keeper}
    tx.execute(sa.insert(witness).values(values))
    return True


def kept(tx: Tx, chain: str, keeper: str | None = None, limit: int = SHOWN) -> list[Witnessed]:
    """Heads of `chain`, newest first; only those that `keeper` keeps, where one is named."""
    query = sa.select(witness.c.seq, witness.c.hash, witness.c.witness, witness.c.received_at)
    query = query.where(witness.c.chain == chain).order_by(witness.c.seq.desc(), witness.c.id).limit(limit)
    if keeper is not None:
        query = query.where(witness.c.witness == keeper)
    return [
        Witnessed(row.seq, row.hash.hex(), row.witness, row.received_at) for row in tx.execute(query).all()
    ]

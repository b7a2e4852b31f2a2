"""The door of sensing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables
from chengyun.sensing.contracts import Kind
from chengyun.sensing.finding import ThingBrief, things_by_ids, things_having, things_of_streams
from chengyun.sensing.intake.catalogue import streams
from chengyun.sensing.intake.moments import microseconds
from chengyun.sensing.live.follower import Follower

__all__ = [
    "Follower", "ThingBrief", "install_kinds", "microseconds", "streams", "things_by_ids", "things_having", "things_of_streams",
]  # fmt: skip


def install_kinds(tx: Tx, kinds: Sequence[Kind]) -> None:
    """Make these kinds known, with their quantities; what things still use stays. Whether the caller may is asked before."""
    for kind in kinds:
        values = {"code": kind.code, "name_zh": kind.name_zh, "name_en": kind.name_en, "domain": kind.domain}
        tx.execute(
            insert(tables.kind).values(values).on_conflict_do_update(index_elements=["code"], set_=values)
        )
    known = {row.code: row for row in tx.execute(sa.select(tables.quantity))}
    for one in (one for kind in kinds for one in kind.quantities):
        row = {**asdict(one), "sentinels": list(one.sentinels)}
        if one.code not in known or dict(known[one.code]._mapping) != row:
            tx.execute(
                insert(tables.quantity).values(row).on_conflict_do_update(index_elements=["code"], set_=row)
            )

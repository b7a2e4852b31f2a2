"""What a merge would do, tried out and taken back: the page says it before anybody agrees."""

from __future__ import annotations

from dataclasses import dataclass

from chengyun.identity import service as identity
from chengyun.incidents.inputs import Move
from chengyun.incidents.moving import merged, moves, store
from chengyun.incidents.reading.detail import find
from chengyun.incidents.views import MergedBrief
from chengyun.kernel.errors import AppError, text_of
from chengyun.kernel.transactions import Tx


@dataclass(frozen=True, slots=True)
class MergePreview:
    """`problem`: why it cannot be done, else what follows from it."""

    master: MergedBrief
    problem: str | None
    reports: int  # of the master afterwards
    withdrawn: list[str]  # units whose work order ends
    limits: int  # that stand still, with the time spent


def preview(tx: Tx, incident_id: int, into: int) -> MergePreview:
    """Merging `incident_id` into `into`. NotFound where the caller may not see one of them."""
    own = find(tx, incident_id)
    row = find(tx, merged.root_of(tx, find(tx, into).id))
    life = store.load(tx, incident_id).life
    units = identity.units_by_ids(tx, [order.unit_id for order in life.open_orders()])
    limits = sum(one.live and one.order_id is None for one in life.deadlines)
    return MergePreview(
        master=merged.brief(tx, row),
        problem=_problem(tx, incident_id, into),
        reports=row.reports_count + own.reports_count,
        withdrawn=[unit.name for unit in units.values()],
        limits=limits,
    )


def _problem(tx: Tx, incident_id: int, into: int) -> str | None:
    """The move itself is the judge; nothing of it stays."""
    try:
        with tx.savepoint():
            moves.move(tx, incident_id, [Move("merge_into", {"into": into})])
            raise _Enough
    except AppError as error:
        return text_of(error, tx.actor.language)
    except _Enough:
        return None


class _Enough(Exception):
    """It could be done: that is all that was asked."""

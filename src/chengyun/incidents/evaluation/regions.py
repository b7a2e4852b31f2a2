"""Figures of many regions at once, for what compares regions with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.incidents.evaluation.contracts import PeriodSpan, RateFigure
from chengyun.incidents.evaluation.measures import POLICY, facts
from chengyun.incidents.evaluation.rules import MEASURES, figures
from chengyun.incidents.tables import incident
from chengyun.kernel.transactions import Tx

Figures = dict[str, RateFigure]


def by_region(
    tx: Tx, spans: Sequence[PeriodSpan], level: str, regions: Sequence[int]
) -> list[dict[int, Figures]]:
    """Per span the figures of each of `regions`, all of `level` (city, district, town); those without any are left out.

    Numbers only, of regions beyond the caller's jurisdiction too, so it runs as a part of the system; who may read
    which is settled by whoever shows them.
    """
    column = f"{level}_id"
    with tx.under(POLICY):
        fact = facts(tx, spans, [incident.c[column].in_(regions)], [column])
        sums: list[Any] = [sa.func.count().filter(fact.c[name]).label(name) for name in MEASURES]
        query = sa.select(fact.c.n, fact.c[column].label("region"), *sums).group_by(fact.c.n, fact.c[column])
        rows = tx.execute(query).all()
    found: list[dict[int, Figures]] = [{} for _ in spans]
    for row in rows:
        found[row.n][row.region] = figures({name: getattr(row, name) for name in MEASURES})
    return found

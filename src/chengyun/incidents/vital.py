"""What cannot wait when not everything can be done: life-safety, as the rulebook and the open incidents say it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.incidents import rulebook, tables
from chengyun.incidents.contracts import Level
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.transactions import Tx

MOST = 20_000  # open red incidents that are known by number; a city has a few dozen


@dataclass(frozen=True, slots=True)
class Vital:
    """Categories that are red by themselves, the words that hint at them, open red incidents and their work orders."""

    categories: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    incidents: frozenset[int] = frozenset()
    orders: frozenset[int] = frozenset()

    def report(self, level: object, category: object, text: str) -> bool:
        """Whether a report with these fields is about life and limb; `level` counts as the sender is trusted."""
        if level == Level.RED or category in self.categories:
            return True
        return not category and any(word in text for word in self.words)


def vital(tx: Tx) -> Vital:
    """As of now; needs a system actor that reads incidents. Without a rulebook nothing is red by category."""
    try:
        book = rulebook.book(tx, rulebook.current(tx)[0])
        red = [category for category in book.categories.values() if category.level == Level.RED]
    except Unavailable:
        red = []
    incident, order = tables.incident, tables.order
    open_red = (
        sa.select(incident.c.id)
        .where(sa.text(tables.IS_OPEN), incident.c.level == sa.literal_column("'red'"))
        .order_by(incident.c.id.desc())
        .limit(MOST)
    )
    incidents = list(tx.execute(open_red).scalars())
    orders = tx.execute(sa.select(order.c.id).where(order.c.incident_id.in_(incidents))).scalars()
    return Vital(
        frozenset(category.code for category in red),
        tuple(sorted({word for category in red for word in category.hints})),
        frozenset(incidents),
        frozenset(orders),
    )

"""What somebody types into the search of a queue: a piece of a number, title, text or address.

Migration 0020 keeps every incident's pieces of two or three characters with an index of their own. Few incidents
contain all of what is asked for: their ids narrow the query, which then compares once more and applies jurisdiction.
Many do: then the list is read in its own order, where a page is full soon.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import ARRAY

from chengyun.incidents.tables import incident
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

i = incident.c
FEW = (
    15_000  # more than a queue counts: beyond it, what is asked for stands in one incident of a hundred or so
)
_ESCAPE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
# Whoever has the ids looks them up and sorts what is left: neither the index of jurisdiction nor the order of the
# queue is a way to so few.
_FIND = sa.text(
    """
    WITH named AS MATERIALIZED (SELECT incidents_found(:q, :texts, :most + 1) AS ids)
    SELECT ids, set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'on', true),
           set_config('plan_cache_mode', 'force_custom_plan', true)
    FROM named WHERE cardinality(ids) <= :most
    """
)

# Too many for that: who sees a part of the city gathers that part. The planner, which cannot know how few of it match,
# would walk the whole queue in order.
_GATHER = sa.text("SELECT set_config('enable_indexscan', 'off', true)")


def matches(tx: Tx, q: str) -> list[ColumnElement[bool]]:
    """Conditions: number, title, text or address contain `q`; % and _ are plain characters, case does not count.

    Whoever reads texts masked looks by number only: a search that answers is a way of reading.
    """
    asked, texts = q.strip(), tx.actor.may("personal.read")
    columns = (i.number, i.title, i.text, i.address) if texts else (i.number,)
    found = [sa.or_(*(_contains(column, asked) for column in columns))]
    if asked and not (len(asked) == 1 and asked.isdecimal()):  # there is no number without that
        row = tx.execute(_FIND, {"q": asked, "texts": texts, "most": FEW}).one_or_none()
        if row is not None:
            found.insert(0, i.id == sa.any_(sa.bindparam(None, row.ids, type_=ARRAY(sa.BigInteger))))
        elif territory.city(tx) not in tx.actor.scopes:
            tx.execute(_GATHER)
    return found


def _contains(column: ColumnElement[str], asked: str) -> ColumnElement[bool]:
    """Without regard to case, which costs ten times as much where there is none."""
    pattern = f"%{asked.translate(_ESCAPE)}%"
    return column.like(pattern) if asked.lower() == asked.upper() else column.ilike(pattern)

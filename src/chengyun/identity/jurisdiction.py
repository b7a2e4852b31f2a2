"""The one place where jurisdiction enters queries. Row-level security stands behind it with the same rule."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from chengyun.kernel.contracts import Actor


def readable_by(actor: Actor, readers: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """A condition: the row's `readers` overlap the actor's scopes. System actors see what their policy lets them."""
    if actor.kind == "system":
        return sa.true()
    if not actor.scopes:
        return sa.false()
    scopes = sa.cast(array(list(actor.scopes)), ARRAY(sa.BigInteger))
    return readers.op("&&", is_comparison=True)(scopes)

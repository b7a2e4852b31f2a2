"""Definitions of signs as they are stored, in memory per revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.vitals import tables
from chengyun.vitals.contracts import Domain, Input, Level, Sign, Statistic, Threshold


def signs(tx: Tx) -> list[Sign]:
    """Every sign in the order of the catalogue."""
    return list(remembered(tx, "signs", "catalogue.signs", lambda: _signs(tx)))


def domains(tx: Tx) -> list[Domain]:
    """Every field of the city."""
    return list(remembered(tx, "signs", "catalogue.domains", lambda: _domains(tx)))


def _signs(tx: Tx) -> tuple[Sign, ...]:
    query = sa.select(tables.sign.c.content).order_by(tables.sign.c.place, tables.sign.c.code)
    return tuple(_sign(content) for content in tx.execute(query).scalars())


def _domains(tx: Tx) -> tuple[Domain, ...]:
    rows = tx.execute(sa.select(tables.domain).order_by(tables.domain.c.code))
    return tuple(Domain(row.code, row.name_zh, row.name_en, row.section) for row in rows)


def _sign(content: Mapping[str, Any]) -> Sign:
    data = dict(content)
    data["input"] = Input(data["input"])
    data["statistic"] = Statistic(data.get("statistic", Statistic.GAUGE))
    data["thresholds"] = tuple(
        Threshold(Level(one["level"]), float(one["on"]), float(one["off"]))
        for one in data.get("thresholds", ())
    )
    for name in ("alarm_levels", "tells"):
        data[name] = tuple(data.get(name, ()))
    data["opens"] = None  # nothing here opens incidents
    return Sign(**data)

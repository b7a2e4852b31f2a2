"""Definitions of signs as they are stored, in memory per revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.vitals import tables
from chengyun.vitals.contracts import Domain, Input, Level, Opens, Sign, Statistic, Threshold


def signs(tx: Tx) -> list[Sign]:
    """Every sign in the order of the catalogue."""
    return remembered(tx, "signs", "catalogue", lambda: _signs(tx))


def domains(tx: Tx) -> list[Domain]:
    """Every field of the city, by section and code."""
    return remembered(tx, "signs", "domains", lambda: _domains(tx))


def install_signs(tx: Tx, domains: Sequence[Domain], signs: Sequence[Sign], scenario: str) -> int:
    """Make these the catalogue of an installation that has none; how many there are."""
    rows = [
        {"code": one.code, "place": place, "content": asdict(one), "scenario": scenario}
        for place, one in enumerate(signs)
    ]
    tx.execute(sa.insert(tables.domain), [asdict(one) for one in domains])
    tx.execute(sa.insert(tables.sign), rows)
    tx.renew()
    return len(rows)


def _signs(tx: Tx) -> list[Sign]:
    return [
        _sign(row)
        for row in tx.execute(sa.select(tables.sign.c.content).order_by(tables.sign.c.place)).scalars()
    ]


def _domains(tx: Tx) -> list[Domain]:
    d = tables.domain.c
    rows = tx.execute(sa.select(d.code, d.name_zh, d.name_en, d.section).order_by(d.section, d.code))
    return [Domain(row.code, row.name_zh, row.name_en, row.section) for row in rows]


def _sign(content: dict[str, Any]) -> Sign:
    opens = content.get("opens")
    return Sign(
        **{
            **content,
            "input": Input(content["input"]),
            "statistic": Statistic(content.get("statistic", Statistic.GAUGE)),
            "thresholds": tuple(
                Threshold(Level(one["level"]), one["on"], one["off"]) for one in content.get("thresholds", ())
            ),
            "alarm_levels": tuple(content.get("alarm_levels", ())),
            "tells": tuple(content.get("tells", ())),
            "opens": Opens(**{**opens, "level": Level(opens["level"])}) if opens else None,
        }
    )

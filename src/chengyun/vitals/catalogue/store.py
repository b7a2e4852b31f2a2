"""The catalogue in the database: installed whole, read once per revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import orjson
import sqlalchemy as sa

from chengyun.kernel import audit
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.vitals import tables
from chengyun.vitals.catalogue.serial import from_json, thresholds_from_json, to_json
from chengyun.vitals.contracts import Domain, Sign, Threshold

REVISION = "signs"
_PUT = sa.text(  # thousands of rows in one statement
    "INSERT INTO vitals_sign (code, place, content, scenario) SELECT code, place, content, scenario"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (code text, place int, content jsonb, scenario text)"
    " ON CONFLICT (code) DO UPDATE SET place = excluded.place, content = excluded.content, scenario = excluded.scenario"
)


def install_signs(
    tx: Tx, domains: Sequence[Domain], signs: Sequence[Sign], scenario: str | Mapping[str, str]
) -> int:
    """Make these the whole catalogue; returns how many signs were added, changed or removed. Audited where any was.

    `scenario`: whose they are, one for all or by code. What is there already stays untouched, so that installing the
    same again makes nobody read it anew. With a sign its regions' thresholds go. Whether the caller may is asked before.
    """
    wanted = {
        sign.code: (place, to_json(sign), scenario if isinstance(scenario, str) else scenario[sign.code])
        for place, sign in enumerate(signs)
    }
    table = tables.sign
    known = {
        row.code: (row.place, row.content, row.scenario)
        for row in tx.execute(sa.select(table.c.code, table.c.place, table.c.content, table.c.scenario))
    }
    gone = sorted(known.keys() - wanted.keys())
    changed = {code: row for code, row in wanted.items() if known.get(code) != row}
    _set_domains(tx, domains)
    _remove(tx, gone)
    _put(tx, changed)
    if gone or changed:
        told = {"signs": len(wanted), "changed": len(changed), "removed": len(gone)}
        audit.record(tx, "vitals.catalogue_installed", ("catalogue", "signs"), told)
    tx.renew()
    return len(gone) + len(changed)


def _put(tx: Tx, rows: Mapping[str, tuple[int, dict[str, object], str]]) -> None:
    if not rows:
        return
    names = ("place", "content", "scenario")
    told = [{"code": code, **dict(zip(names, row, strict=True))} for code, row in rows.items()]
    tx.execute(_PUT, {"rows": orjson.dumps(told).decode()})


def _remove(tx: Tx, codes: Sequence[str]) -> None:
    """Thresholds that regions have set for a sign go with it; those of all regions, whoever installs."""
    if not codes:
        return
    with tx.under("vitals"):
        tx.execute(sa.delete(tables.override).where(tables.override.c.sign.in_(codes)))
    tx.execute(sa.delete(tables.sign).where(tables.sign.c.code.in_(codes)))


def _set_domains(tx: Tx, domains: Iterable[Domain]) -> None:
    table = tables.domain
    wanted = {one.code: (one.name_zh, one.name_en, one.section) for one in domains}
    known = {row.code: (row.name_zh, row.name_en, row.section) for row in tx.execute(sa.select(table))}
    if wanted == known:
        return
    tx.execute(sa.delete(table))
    rows = [
        {"code": code, "name_zh": zh, "name_en": en, "section": section}
        for code, (zh, en, section) in wanted.items()
    ]
    if rows:
        tx.execute(sa.insert(table), rows)


def signs(tx: Tx) -> list[Sign]:
    """Every sign in the order of the catalogue."""
    return list(remembered(tx, REVISION, "catalogue.signs", lambda: _read(tx)))


def _read(tx: Tx) -> tuple[Sign, ...]:
    query = sa.select(tables.sign.c.content).order_by(tables.sign.c.place, tables.sign.c.code)
    return tuple(from_json(content) for content in tx.execute(query).scalars())


def signs_by_code(tx: Tx) -> Mapping[str, Sign]:
    """The same by code; not to be changed."""
    return remembered(tx, REVISION, "catalogue.by_code", lambda: {one.code: one for one in signs(tx)})


def overrides(tx: Tx) -> dict[tuple[str, int], tuple[Threshold, ...]]:
    """Thresholds that regions have set for themselves and what is below, by sign and region. Policy "vitals"."""
    o = tables.override.c
    rows = tx.execute(sa.select(o.sign, o.region_id, o.thresholds))
    return {(row.sign, row.region_id): thresholds_from_json(row.thresholds) for row in rows}


def domains(tx: Tx) -> list[Domain]:
    """Every domain, in the order in which the catalogue comes to them."""
    return list(remembered(tx, REVISION, "catalogue.domains", lambda: _read_domains(tx)))


def _read_domains(tx: Tx) -> tuple[Domain, ...]:
    places: dict[str, int] = {}
    for at, sign in enumerate(signs(tx)):
        places.setdefault(sign.domain, at)
    rows = tx.execute(sa.select(tables.domain).order_by(tables.domain.c.code))
    found = [Domain(row.code, row.name_zh, row.name_en, row.section) for row in rows]
    return tuple(sorted(found, key=lambda one: places.get(one.code, len(places))))

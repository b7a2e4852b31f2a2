"""The arbitration desk: both sides of a dispute, what the duty matrix says, how it was decided before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.kinds import KINDS
from chengyun.incidents import rulebook
from chengyun.incidents.contracts import DutyLine, State
from chengyun.incidents.moving.standing import allowed
from chengyun.incidents.reading.detail import find, label_of
from chengyun.incidents.reading.filters import readable
from chengyun.incidents.reading.rows import rows_of
from chengyun.incidents.rules import STATE_NAMES
from chengyun.incidents.supervision.contracts import Case, Clause, Party, Precedent, Said
from chengyun.incidents.tables import incident, order, step
from chengyun.incidents.views import IncidentRow
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

CAP = 200
LOOKED_AT = 60  # earlier decisions of the category, newest first
SHOWN = 5
# Moves with which somebody takes sides: with whom it was left, and who did not want it.
SIDES = ("dispatch", "transfer", "return", "transfer_refuse", "seek_arbitration")
Key = tuple[str, int]  # unit | centre, id


def disputes(tx: Tx) -> list[IncidentRow]:
    """Incidents whose decision is up to the caller's centre."""
    query = (
        sa.select(incident)
        .where(
            readable(tx), incident.c.state == State.ARBITRATING, incident.c.desk_id == (tx.actor.home or 0)
        )
        .order_by(incident.c.rank, incident.c.due_at, incident.c.id)
        .limit(CAP)
    )
    return rows_of(tx, list(tx.execute(query)))


def case(tx: Tx, incident_id: int) -> Case:
    """One dispute as its arbiter sees it; also readable after the decision. Raises NotFound."""
    row = find(tx, incident_id)
    steps = _steps(tx, [row.id])
    parties = _parties(tx, steps)
    asked = [
        f"{one.actor_name}：{identity.shown(tx.actor, one.text)}"
        for one in steps
        if one.move == "seek_arbitration"
    ]
    return Case(
        row=rows_of(tx, [row])[0],
        text=identity.shown(tx.actor, row.text),
        parties=parties,
        clauses=_clauses(tx, row),
        precedents=_precedents(tx, row, {(one.kind, one.id) for one in parties}),
        returns=row.returns,
        refusals=row.refusals,
        asked_by=asked[-1] if asked else None,
        allowed=allowed(tx, row),
    )


def _steps(tx: Tx, ids: Iterable[int]) -> list[Any]:
    """The steps of a dispute, each with the unit of its work order; what was before a reopening is forgotten."""
    query = (
        sa.select(step, order.c.unit_id.label("order_unit"))
        .outerjoin(order, order.c.id == step.c.order_id)
        .where(step.c.incident_id.in_(list(ids)), step.c.move.in_((*SIDES, "reopen")))
        .order_by(step.c.incident_id, step.c.seq)
    )
    found: list[Any] = []
    for one in tx.execute(query):
        if one.move == "reopen":
            found = [other for other in found if other.incident_id != one.incident_id]
        else:
            found.append(one)
    return found


def _party(one: Any) -> Key:
    """Who took sides with a step."""
    if one.move == "return":
        return "unit", int(one.order_unit)
    return "centre", int(one.home_id or one.centre_id)


def _parties(tx: Tx, steps: Sequence[Any]) -> list[Party]:
    """Both sides (there may be more), each with what it said, in the order in which they came in."""
    units = identity.units_by_ids(tx, [key[1] for key in map(_party, steps) if key[0] == "unit"])
    found: dict[Key, Party] = {}
    for one in steps:
        key = _party(one)
        if key not in found:
            area = territory.region(tx, units[key[1]].region_id if key[0] == "unit" else key[1])
            name = units[key[1]].name if key[0] == "unit" else area.name
            found[key] = Party(key[0], key[1], name, area, [])
        label = label_of(one.move, one.order_id is not None, tx.actor.language)
        said = identity.shown(tx.actor, _reason(one, tx.actor.language))
        found[key].said.append(Said(one.at, one.move, label, said))
    return list(found.values())


def _reason(one: Any, language: str) -> str:
    """The words of a step; a dispatch by rule has those of the rule."""
    routing = one.why.get("routing") or {}
    return str(one.text or routing.get(language) or routing.get("zh") or "")


def _clauses(tx: Tx, row: Any) -> list[Clause]:
    """The lines of the duty matrix about the category, under the rules that the incident was opened with."""
    if row.rulebook_id is None or row.category is None:
        return []
    duties = rulebook.find(tx, row.rulebook_id).duties
    found: dict[str, DutyLine] = {}
    for line in duties:
        if fnmatchcase(row.category, line.category):
            found.setdefault(line.level, line)
    english = tx.actor.language == "en"
    return [
        Clause(line.level, line.clause, _kind(line.lead, line.level, english), [
            _kind(kind, line.level, english) for kind in line.assist
        ])
        for line in found.values()
    ]  # fmt: skip


def _kind(kind: str, level: str, english: bool) -> str:
    known = KINDS.get(kind)
    if known is None:
        return kind
    return known.name_en if english else known.suffix.get(level) or next(iter(known.suffix.values()))


def _precedents(tx: Tx, row: Any, sides: set[Key]) -> list[Precedent]:
    """Earlier decisions about the category within the caller's jurisdiction, between the same sides first."""
    query = (
        sa.select(step, incident.c.number, incident.c.title, incident.c.state.label("now"), incident.c.stars)
        .join(incident, incident.c.id == step.c.incident_id)
        .where(step.c.move == sa.literal_column("'arbitrate'"), incident.c.category == row.category)
        .where(incident.c.id != row.id, readable(tx))
        .order_by(step.c.at.desc())
        .limit(LOOKED_AT)
    )
    found = list(tx.execute(query))
    theirs: dict[int, set[Key]] = {}
    for one in _steps(tx, {decided.incident_id for decided in found}):
        theirs.setdefault(one.incident_id, set()).add(_party(one))
    shown = [_precedent(tx, one, len(theirs.get(one.incident_id, set()) & sides) > 1) for one in found]
    return sorted(shown, key=lambda one: not one.same_pair)[:SHOWN]


def _precedent(tx: Tx, one: Any, same_pair: bool) -> Precedent:
    return Precedent(
        incident=one.incident_id,
        number=one.number,
        title=identity.shown(tx.actor, one.title),
        at=one.at,
        by=one.actor_name,
        decided_for=_decided_for(tx, one.args),
        reason=identity.shown(tx.actor, one.text),
        same_pair=same_pair,
        state_label=STATE_NAMES[State(one.now)][tx.actor.language == "en"],
        stars=one.stars,
    )


def _decided_for(tx: Tx, args: dict[str, Any]) -> str:
    """The units or the centre that a decision named."""
    units = [given["unit"] for given in args.get("orders", ())]
    names = identity.units_by_ids(tx, units)
    found = [names[unit].name for unit in units if unit in names]
    if args.get("to_centre"):
        found.insert(0, territory.region(tx, args["to_centre"]).name)
    return "、".join(found)

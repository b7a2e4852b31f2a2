"""The door of risks: the colours of regions, and why one has its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import Lamp
from chengyun.incidents.contracts import Level as Urgency
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.territory import service as territory
from chengyun.territory.contracts import RegionRef
from chengyun.vitals.alarms import reading
from chengyun.vitals.alarms.contracts import Alarm
from chengyun.vitals.lookup import finding, reach
from chengyun.vitals.lookup.values import Live, moment
from chengyun.vitals.risk import messages  # noqa: F401  registers the texts
from chengyun.vitals.risk.contracts import (
    RiskFact,
    RiskKind,
    RiskRegion,
    RiskRegions,
    RiskThingCount,
    RiskWhy,
)
from chengyun.vitals.risk.gathering import Alarmed, Gathered, gather
from chengyun.vitals.risk.items import hours, items
from chengyun.vitals.risk.rules import BOUNDS, DROP, Weight, of_incident, of_sign
from chengyun.vitals.risk.things import points, things
from chengyun.vitals.tables import alarm

__all__ = ["hours", "items", "points", "regions", "things", "why"]
MOST_REGIONS = 5000
MOST_FACTS, MOST_THINGS = 60, 12
_BELOW = {"city": "district", "district": "town", "town": "grid", "village": "grid"}  # by which one goes down


def regions(tx: Tx, live: Live, level: str | None, parent: int | None) -> RiskRegions:
    """The regions of a level (by default the next one down) at or below a region. Raises NotFound, Invalid."""
    ref = reach.asked(tx, parent)
    wanted = level or _BELOW.get(ref.level, ref.level)
    ids = sorted(territory.descendants(tx, ref.id, wanted))
    if len(ids) > MOST_REGIONS:
        raise Invalid([FieldError("parent", "risk.too_many", {"most": MOST_REGIONS})])
    found = _rows(tx, gather(tx, live, wanted, ids, ref.id))
    found.sort(key=lambda one: (-one.level, -one.score, one.region.code or "", one.region.id))
    scope = reach.scope(tx, ref, live)
    return RiskRegions(ref, scope.label, wanted, live.fresh, scope.beat, territory.schematic(tx), found)


def why(tx: Tx, live: Live, region: int) -> RiskWhy:
    """What makes a region's colour, the worst first. Raises NotFound."""
    ref = reach.asked(tx, region)
    found = gather(tx, live, ref.level, [ref.id], ref.id)
    pressing = found.pressing.get(ref.id)
    scope = reach.scope(tx, ref, live)
    facts = [*_alarms(tx, ref, found), *_signs(tx, live, ref, found), *_incidents(tx, ref, found.told)]
    facts.sort(key=_worst_first)
    chain = [one for one in territory.ancestors(tx, ref.id) if reach.reads(tx, one)]
    refs = territory.regions(tx, chain)
    return RiskWhy(
        _rows(tx, found)[0], [refs[one] for one in reversed(chain)], _BELOW.get(ref.level), list(BOUNDS[ref.level]),
        DROP[ref.level], live.fresh, scope.beat, territory.schematic(tx),
        len(found.alarms) + len(found.signs) + (pressing.total if pressing else 0), facts[:MOST_FACTS],
        _by_thing(tx, found.alarms),
    )  # fmt: skip


def _rows(tx: Tx, found: Gathered) -> list[RiskRegion]:
    refs, risks = territory.regions(tx, found.ids.tolist()), found.risks
    columns = zip(
        found.ids.tolist(), risks.level.tolist(), risks.score.tolist(), risks.single.tolist(), risks.summed.tolist(),
        found.counts, strict=True,
    )  # fmt: skip
    return [RiskRegion(refs[region], *rest) for region, *rest in columns]


def _worst_first(one: RiskFact) -> tuple[int, float, float]:
    return -one.seen, -one.points, -(one.since.timestamp() if one.since else 0.0)


def _seen(ref: RegionRef, region: int, weight: Weight) -> int:
    """What a fact that stands in `region` can colour here by itself."""
    return int(weight.level) if region == ref.id else max(int(weight.level) - DROP[ref.level], 0)


def _alarms(tx: Tx, ref: RegionRef, found: Gathered) -> list[RiskFact]:
    def order(one: Alarmed) -> tuple[int, float, float]:
        return -_seen(ref, one.row.region_id, one.weight), -one.weight.points, -one.row.began.timestamp()

    worst = {one.row.id: one for one in sorted(found.alarms, key=order)[:MOST_FACTS]}
    rows = tx.execute(sa.select(alarm).where(alarm.c.id.in_(worst))).all() if worst else []
    return [_alarm_fact(tx, ref, one, worst[one.id]) for one in reading.alarms(tx, rows)]


def _alarm_fact(tx: Tx, ref: RegionRef, one: Alarm, weighed: Alarmed) -> RiskFact:
    return RiskFact(
        kind=RiskKind.ALARM, id=one.id, code=one.sign, title=one.sign_name, region=one.region, place=_place(tx, one.region),
        level=one.level, seen=_seen(ref, one.region, weighed.weight), points=weighed.weight.points, since=one.began,
        thing=one.thing, thing_name=one.thing_name, incident=one.incident, acknowledged=weighed.row.acknowledged_at is not None,
        shelved=weighed.shelved, overdue=False, simulated=one.simulated,
    )  # fmt: skip


def _signs(tx: Tx, live: Live, ref: RegionRef, found: Gathered) -> Iterable[RiskFact]:
    if live.board is None:
        return
    codes, known = live.board.layout.signs, finding.by_code(tx)
    columns = zip(*(getattr(found.signs, name).tolist() for name in ("region", "sign", "level", "since")), strict=True)  # fmt: skip
    rows = sorted(columns, key=lambda row: (-_seen(ref, row[0], of_sign(row[2])), -row[2], -row[3]))
    for region, number, level, since in rows[:MOST_FACTS]:
        sign = known.get(codes[number])
        weight = of_sign(level)
        yield RiskFact(
            kind=RiskKind.SIGN, title=finding.brief(tx, sign).name if sign else codes[number], region=region,
            place=_place(tx, region), level=level, seen=_seen(ref, region, weight), points=weight.points, since=moment(since),
            code=codes[number],
        )  # fmt: skip


def _incidents(tx: Tx, ref: RegionRef, told: list[int]) -> Iterable[RiskFact]:
    """The worst pressing ones; of those that an alarm tells of only that they are overdue."""
    if not tx.actor.may("incident.read"):
        return
    wanted = (
        incidents.Filters(region=ref.id, open=True, level=(Urgency.RED, Urgency.ORANGE)),
        incidents.Filters(region=ref.id, open=True, lamp=Lamp.RED),
    )
    every = {one.id: one for by in wanted for one in incidents.placed(tx, by, MOST_FACTS + len(told))[1]}
    known = set(told)
    for one in every.values():
        overdue = one.lamp is Lamp.RED
        weight = of_incident("" if one.id in known else one.level.value, overdue)
        if weight.points:
            yield RiskFact(
                kind=RiskKind.INCIDENT, title=one.title, region=one.region, place=_place(tx, one.region),
                level=int(weight.level), seen=_seen(ref, one.region, weight), points=weight.points, since=one.reported_at,
                id=one.id, incident=one.id, overdue=overdue, simulated=one.simulated,
            )  # fmt: skip


def _place(tx: Tx, region: int) -> str:
    return territory.chain_of(tx, region).label


def _by_thing(tx: Tx, alarms: Iterable[Alarmed]) -> list[RiskThingCount]:
    held: defaultdict[int, list[int]] = defaultdict(list)
    for one in alarms:
        if one.row.thing_id is not None and not one.shelved:
            held[one.row.thing_id].append(one.row.level)
    worst = sorted(held, key=lambda thing: (-max(held[thing]), -len(held[thing]), thing))[:MOST_THINGS]
    names = sensing.things_by_ids(tx, worst)
    return [
        RiskThingCount(thing, names[thing].name, len(held[thing]), max(held[thing]))
        for thing in worst
        if thing in names
    ]

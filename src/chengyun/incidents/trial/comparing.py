"""What another rulebook would have done with the last incidents: routed and timed again, side by side. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import tables
from chengyun.incidents.contracts import Stage
from chengyun.incidents.deadlines import Book
from chengyun.incidents.dispatch import opening
from chengyun.incidents.dispatch.opening import Ground
from chengyun.incidents.dispatch.places import Units
from chengyun.incidents.life import Incident
from chengyun.incidents.moving import store
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

SAMPLE = 1_000
EXAMPLES = 20
_LEVELS = ("city", "district", "town", "village", "grid")


@dataclass(frozen=True, slots=True)
class IncidentFate:
    """What one rulebook makes of an incident: centre, units by role, the end of handling from the report on."""

    centre: str
    units: tuple[tuple[str, str], ...]  # role, name of the unit
    rule: str
    due: datetime


@dataclass(frozen=True, slots=True)
class IncidentDifference:
    """An incident that would have fared differently; its number for those who may read incidents, else empty."""

    number: str
    category: str
    before: IncidentFate
    after: IncidentFate | None  # None: its category is no longer there


@dataclass(frozen=True, slots=True)
class RulesComparison:
    """Of the last `sample` incidents: how many would have gone elsewhere, or had another deadline, or no category."""

    sample: int
    elsewhere: int
    deadline: int
    uncategorised: int
    examples: list[IncidentDifference]


def compare(tx: Tx, before: Book, after: Book, sample: int = SAMPLE) -> RulesComparison:
    """Route and time the last incidents within the caller's jurisdiction under both books, each as it was reported."""
    incidents = _last(tx, sample)
    weigh = _Scales(tx, before, after)
    changed = [found for found in map(weigh.one, incidents) if found is not None]
    return RulesComparison(
        sample=len(incidents),
        elsewhere=sum(1 for one in changed if one.after and _route(one.after) != _route(one.before)),
        deadline=sum(1 for one in changed if one.after and one.after.due != one.before.due),
        uncategorised=sum(1 for one in changed if one.after is None),
        examples=changed[:EXAMPLES],
    )


def _last(tx: Tx, sample: int) -> list[Incident]:
    table = tables.incident
    query = (
        sa.select(*store.columns(table))
        .where(identity.readable_by(tx.actor, table.c.readers), table.c.category.is_not(None))
        .order_by(table.c.id.desc())
        .limit(sample)
    )
    return [store.incident_of(row) for row in tx.execute(query)]


def _route(fate: IncidentFate) -> tuple[object, ...]:
    return fate.centre, fate.units


class _Scales:
    """Both books with the units and names of one sample."""

    def __init__(self, tx: Tx, before: Book, after: Book) -> None:
        self.tx, self.before, self.after = tx, before, after
        self.named = tx.actor.may("incident.read")
        self.names: dict[int, str] = {}
        self.find = Units(tx).find

    def one(self, incident: Incident) -> IncidentDifference | None:
        """The difference for one incident, if there is any."""
        was = self.fate(incident, self.before, incident.level)
        if was is None:
            return None
        now = self.fate(incident, self.after, self._level(incident))
        if now is not None and (_route(now), now.due) == (_route(was), was.due):
            return None
        return IncidentDifference(incident.number if self.named else "", incident.category or "", was, now)

    def _level(self, incident: Incident) -> str:
        """An incident as urgent as its category was is as urgent as its category becomes."""
        codes = [book.categories.get(incident.category or "") for book in (self.before, self.after)]
        if codes[0] and codes[1] and incident.level == codes[0].level:
            return str(codes[1].level)
        return incident.level

    def fate(self, incident: Incident, book: Book, level: str) -> IncidentFate | None:
        category = book.categories.get(incident.category or "")
        if category is None:
            return None
        levels = dict(zip(_LEVELS, incident.chain(), strict=False))
        ground = Ground(
            levels, self.name(incident.town_id), "", incident.territory_version, incident.border_m
        )
        centre = opening.owner_of(levels, category)
        fresh = replace(incident, centre_id=centre, event="reported", returns=0, level=level)
        decision = opening.route(fresh, ground, book, self.find, incident.reported_at)
        limit = book.limit(incident.category, level, Stage.HANDLE).limit
        units = tuple((str(one.role), one.unit.name) for one in decision.units)
        due = book.calendar.due(incident.reported_at, limit)
        return IncidentFate(self.name(centre), units, decision.rule, due)

    def name(self, region: int) -> str:
        if region not in self.names:
            known = territory.regions(self.tx, [region]).get(region)
            self.names[region] = known.name if known else ""  # a region that has ended is nobody's any more
        return self.names[region]

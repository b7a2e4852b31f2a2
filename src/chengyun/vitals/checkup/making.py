"""A checkup is made in one go and kept for good; whoever wants newer numbers makes another version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH

from chengyun.kernel import audit
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.errors import FieldError, Invalid, NotFound
from chengyun.kernel.jobs import defer
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import RegionRef
from chengyun.vitals.checkup import rules
from chengyun.vitals.checkup.contracts import CheckupPeriod
from chengyun.vitals.checkup.periods import Asked
from chengyun.vitals.checkup.reading import POLICY
from chengyun.vitals.checkup.scoring import Ask, RegionScore, score
from chengyun.vitals.checkup.writing import EVALUATED, Around, Json, content, number, words
from chengyun.vitals.tables import checkup, trend

MAKES = "evaluation.export"  # whoever may take figures out as a file may make the report
LEVELS = ("city", "district", "town")
TOWNS, DISTRICTS = "vitals.checkup-towns", "vitals.checkup-districts"
c = checkup.c


@dataclass(frozen=True, slots=True)
class Summary:
    """What others are told of a region: its score by domain ("" the whole), its grade, and its score before."""

    scores: Mapping[str, float | None]
    grade: str | None
    before: float | None

    @classmethod
    def of(cls, one: RegionScore) -> Summary:
        total, before = one.overall, one.overall_before
        domains = {code: number(each.told) for code, each in one.domains.items()}
        return cls(
            {"": number(total.told if total else None), **domains},
            rules.grade(total),
            number(before.told if before else None),
        )


def make(tx: Tx, region: int, asked: Asked) -> int:
    """A new version of a region's checkup; its id. Needs evaluation.export; audited. Raises NotFound, Invalid."""
    tx.actor.require(MAKES)
    tx.actor.require("sign.read")
    ref = readable_region(tx, region)
    if ref.level not in LEVELS:
        raise Invalid([FieldError("region", "checkup.level")])
    ask = Ask.of(tx, asked)
    if ask.span.since >= tx.now:
        raise Invalid([FieldError("day", "checkup.future")])
    others = {*_peers(tx, region), *_below(tx, region)} - {region}
    kept = {} if ask.span.running else kept_scores(tx, asked, others)
    scored = score(tx, ask, sorted({region, *others} - kept.keys()))
    known = {**kept, **{one: Summary.of(held) for one, held in scored.items()}}
    with tx.under(POLICY):
        insert = sa.insert(checkup).values(_row(tx, ask, scored[region], known)).returning(c.id)
        made = int(tx.execute(insert).scalar_one())
    told = {"region": region, "period": asked.period.value, "first": str(ask.span.first)}
    audit.record(tx, "checkup.made", ("checkup", made), told)
    return made


def readable_region(tx: Tx, region: int) -> RegionRef:
    """Raises NotFound outside the caller's jurisdiction, whether the region exists or not."""
    found = territory.regions(tx, [region]).get(region)
    if found is None or not reads(tx, region):
        raise NotFound("checkup.region_outside")
    return found


def reads(tx: Tx, region: int) -> bool:
    """Whether the caller's jurisdiction holds the whole region."""
    held = set(tx.actor.scopes)
    return tx.actor.kind == "system" or any(one in held for one in territory.ancestors(tx, region))


def _peers(tx: Tx, region: int) -> list[int]:
    """The regions of the same centre, itself included; the city is alone."""
    above = territory.centre_above(tx, region)
    return [region] if above is None else [ref.id for ref in territory.children(tx, above)]


def _below(tx: Tx, region: int) -> list[int]:
    """What the region is made of, down to towns."""
    level = territory.region(tx, region).level
    return [] if level == "town" else [ref.id for ref in territory.children(tx, region)]


# keeping


def _row(tx: Tx, ask: Ask, one: RegionScore, known: Mapping[int, Summary]) -> dict[str, Any]:
    """A version. `known`: all that the region is compared with."""
    person = tx.actor if tx.actor.kind != "system" else None
    around = Around(
        {peer: known[peer].scores for peer in _peers(tx, one.region) if peer in known},
        _areas(tx, ask, one.region, known),
    )
    return {
        "region_id": one.region,
        "period": ask.asked.period.value,
        "since": ask.span.since,
        "until": ask.span.until,
        "ends": ask.span.ends,
        "readers": list(territory.ancestors(tx, one.region)),
        "method": rules.METHOD,
        "content": content(tx, ask, one, around),
        "computed_at": tx.now,
        "by_id": person.id if person else None,
        "by_name": person.name if person else None,
    }


def _areas(tx: Tx, ask: Ask, region: int, known: Mapping[int, Summary]) -> list[Json]:
    """Areas right below, the weakest first."""
    below = {one: known[one] for one in _below(tx, region) if one in known}
    values = [value for held in below.values() if (value := held.scores[""]) is not None]
    mean = sum(values) / len(values) if values else None
    names = {each.code: each for each in [*ask.held.domains, EVALUATED]}
    found = []
    for one, held in below.items():
        value = held.scores[""]
        domains = {code: each for code, each in held.scores.items() if code in names and each is not None}
        weakest = names[min(domains, key=lambda code: (domains[code], code))] if domains else None
        found.append(
            {
                "region": one,
                "name": territory.region(tx, one).name,
                "score": value,
                "grade": held.grade,
                "before": held.before,
                "pull": number(mean - value) if mean is not None and value is not None else None,
                "weakest": words(weakest.name_zh, weakest.name_en) if weakest else "",
            }
        )
    return sorted(found, key=lambda area: (area["score"] is None, area["score"] or 0.0, area["region"]))


# as scheduled


def due(tx: Tx) -> Asked:
    """The month that ended last."""
    today = tx.now.astimezone(SHANGHAI).date()
    return Asked(CheckupPeriod.MONTH, today.replace(day=1) - timedelta(days=1))


def plan(tx: Tx) -> int:
    """Defer what is missing of last month's checkups: towns by district first, then districts and the city, which are
    compared by them. Nothing where nothing was recorded in that month. Returns how many jobs were deferred.
    """
    asked = due(tx)
    span = asked.span(tx.now)
    with tx.under(POLICY):
        recorded = sa.select(sa.exists().where(trend.c.at >= span.since, trend.c.at < span.until))
        if not tx.execute(recorded).scalar_one():
            return 0
        made = scheduled(tx, asked, span.since)
    districts = [ref.id for ref in territory.find_regions(tx, "district")]
    open_ones = [one for one in districts if not made.issuperset(_below(tx, one))]
    for district in open_ones:
        defer(tx, TOWNS, district=district, day=str(asked.day))
    if not open_ones and not made.issuperset([*districts, territory.city(tx)]):
        defer(tx, DISTRICTS, day=str(asked.day))
        return 1
    return len(open_ones)


def scheduled(tx: Tx, asked: Asked, since: datetime) -> set[int]:
    """Regions that have their checkup as scheduled."""
    query = sa.select(c.region_id).where(
        c.period == asked.period.value, c.since == since, c.by_id.is_(None), c.method == rules.METHOD
    )
    with tx.under(POLICY):
        return set(tx.execute(query).scalars())


def make_towns(tx: Tx, district: int, asked: Asked) -> int:
    """Those of a district's towns that are missing, in one go; how many were made. After the last towns the districts are
    due."""
    made = _make_missing(tx, asked, _below(tx, district), {})
    towns = (ref.id for ref in territory.find_regions(tx, "town"))
    if made and scheduled(tx, asked, asked.span(tx.now).since).issuperset(towns):
        defer(tx, DISTRICTS, day=str(asked.day))
    return made


def make_districts(tx: Tx, asked: Asked) -> int:
    """Those of the districts and the city that are missing; towns are told from their own checkups."""
    regions = [*(ref.id for ref in territory.find_regions(tx, "district")), territory.city(tx)]
    towns = [ref.id for ref in territory.find_regions(tx, "town")]
    return _make_missing(tx, asked, regions, kept_scores(tx, asked, towns))


def _make_missing(tx: Tx, asked: Asked, regions: Sequence[int], known: Mapping[int, Summary]) -> int:
    ask = Ask.of(tx, asked)
    missing = set(regions) - scheduled(tx, asked, ask.span.since)
    if not missing:
        return 0
    scored = score(tx, ask, regions)
    every = {**known, **{one: Summary.of(held) for one, held in scored.items()}}
    rows = [_row(tx, ask, scored[one], every) for one in regions if one in missing]
    with tx.under(POLICY):
        tx.execute(sa.insert(checkup), rows)
    return len(rows)


def kept_scores(tx: Tx, asked: Asked, regions: Collection[int]) -> dict[int, Summary]:
    """Of those that have their checkup as scheduled."""
    total = c.content["overall"]
    query = (
        sa.select(
            c.region_id,
            total["score"].label("score"),
            total["grade"].label("grade"),
            total["before"].label("before"),
            _each("$.domains[*].code").label("codes"),
            _each("$.domains[*].score.score").label("scores"),
        )
        .where(c.period == asked.period.value, c.since == asked.span(tx.now).since, c.by_id.is_(None))
        .where(c.method == rules.METHOD, c.region_id == sa.any_(sa.cast(list(regions), ARRAY(sa.BigInteger))))
        .order_by(c.id)
    )
    with tx.under(POLICY):
        rows = tx.execute(query).all()
    found: dict[int, Summary] = {}
    for row in rows:
        domains: dict[str, float | None] = dict(zip(row.codes, row.scores, strict=True))
        found[row.region_id] = Summary({"": row.score, **domains}, row.grade, row.before)
    return found


def _each(path: str) -> sa.ColumnElement[list[Any]]:
    return sa.func.jsonb_path_query_array(c.content, sa.cast(path, JSONPATH), type_=JSONB)

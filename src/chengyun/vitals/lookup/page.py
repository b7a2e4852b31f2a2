"""One sign in one region: its value and why, what lies below it, its past, and thresholds tried on that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.contracts import Quantity
from chengyun.sensing.feeding import feeding
from chengyun.sensing.units import value_text
from chengyun.territory import service as territory
from chengyun.territory.contracts import LEVELS, RegionRef
from chengyun.vitals.contracts import Input, Level, Sign, Threshold, selection
from chengyun.vitals.lookup import finding, judging, reach, thresholds, trend, values
from chengyun.vitals.lookup.contracts import (
    SignBelow,
    SignChild,
    SignInput,
    SignPage,
    SignReading,
    SignRing,
    SignStream,
    SignThreshold,
    SignTrend,
    SignTrendPoint,
    SignTryOut,
    SignWhy,
)
from chengyun.vitals.lookup.values import Live
from chengyun.vitals.tables import alarm

DAYS = 366
_POINTS = 600  # of a line on a screen
_STREAMS, _RINGS = 200, 50
_MONTH = timedelta(days=30)


def page(tx: Tx, live: Live, code: str, region: int | None) -> SignPage:
    """Everything about a sign in a region but what lies below and its past. Raises NotFound."""
    ref, sign = reach.asked(tx, region), finding.sign(tx, code)
    [[now]] = values.readings(tx, live, [code], [ref.id])
    return SignPage(
        finding.brief(tx, sign),
        reach.scope(tx, ref, live),
        now,
        values.ranks(live, [sign], ref.id, reach.siblings(tx, ref.id))[0],
        thresholds.in_force(tx, sign, ref),
        _why(tx, live, sign, ref),
        tx.actor.may("sign.edit") and sign.bad is not None,
    )


def below(
    tx: Tx, live: Live, latest: sensing.Latest | None, code: str, region: int | None, level: str | None
) -> SignBelow:
    """The regions right below, or those of a level; of a grid its datastreams. Raises NotFound."""
    ref, sign = reach.asked(tx, region), finding.sign(tx, code)
    refs = territory.children(tx, ref.id, level)
    held = values.readings(tx, live, [code], [one.id for one in refs])
    children = [SignChild(one, line[0], _grids(tx, one)) for one, line in zip(refs, held, strict=True)]
    children.sort(key=lambda child: worst_first(sign.bad, child.reading))
    total, streams = _streams(tx, sign, ref, latest)
    lower = level or (refs[0].level if refs else None)
    return SignBelow(reach.scope(tx, ref, live), lower, children, streams, total)


def worst_first(bad: str | None, one: SignReading) -> tuple[bool, int, float]:
    """Sorting key: those with a value first, then by level and value."""
    value = one.value if one.value is not None else 0.0
    return one.value is None, -(one.level or 0), value if bad == "low" else -value


def past(tx: Tx, code: str, region: int | None, since: datetime | None, until: datetime | None) -> SignTrend:
    """What a sign was, in as many points as a screen shows; by default a day. Raises NotFound, Invalid."""
    ref, sign = reach.asked(tx, region), finding.sign(tx, code)
    start, end = _span(tx, since, until, timedelta(days=1))
    held = trend.series(tx, ref.id, [sign.code], start, end)
    return SignTrend(start, end, _points(held))


def try_out(
    tx: Tx, code: str, region: int | None, given: Sequence[SignThreshold], for_s: int, hold_s: int, days: int
) -> SignTryOut:
    """How often thresholds would have rung in the last days, beside those in force. Raises NotFound, Invalid."""
    ref, sign = reach.asked(tx, region), finding.sign(tx, code)
    wanted = thresholds.parsed(sign, given)
    since, until = tx.now - timedelta(days=days), tx.now
    held = trend.series(tx, ref.id, [sign.code], since, until)
    line = [float(one) for one in held.values[:, 0]]
    rings = judging.judge(judging.Rule.of(wanted, sign.bad or "high", for_s, hold_s), held.at, line)
    force = [
        Threshold(Level(one.level), one.on, one.off) for one in thresholds.in_force(tx, sign, ref).thresholds
    ]
    today = judging.judge(judging.Rule.of(force, sign.bad or "high", sign.for_s, sign.hold_s), held.at, line)
    by_level = [sum(int(ring.peak) == level for ring in rings) for level in range(len(Level))]
    listed = [SignRing(ring.began, ring.ended, int(ring.peak), ring.top) for ring in rings[::-1][:_RINGS]]
    return SignTryOut(
        since, until, len(line), _step(held.at), float(np.isfinite(line).mean()) if line else 0.0, len(rings), len(today),
        by_level, listed,
    )  # fmt: skip


def _why(tx: Tx, live: Live, sign: Sign, region: RegionRef) -> SignWhy:
    opened, incidents = _alarms(tx, sign.code, region.id)
    of, limit = _made_of(tx, sign)
    return SignWhy(
        of, sign.which_en if tx.actor.language == "en" else sign.which_zh, sign.statistic.value, limit, sign.window_s, sign.lateness_s, sign.expression,
        _inputs(tx, live, sign, region.id), sign.source, reach.responsible(tx, region.id, sign.owner), sign.low, sign.high, sign.for_s, sign.hold_s,
        sign.no_data, sign.template, opened, incidents,
    )  # fmt: skip


def _measured(tx: Tx, sign: Sign) -> Quantity | None:
    every = (one for kind in sensing.kinds(tx) for one in kind.quantities)
    return (
        next((one for one in every if one.code == sign.of), None) if sign.input is Input.DATASTREAMS else None
    )


def _made_of(tx: Tx, sign: Sign) -> tuple[str, str | None]:
    """What it is made of, by its name where that is a quantity of things, none where the sign's own says it; and the limit
    beyond which things are counted.
    """
    one, language = _measured(tx, sign), tx.actor.language
    if one is None:
        return "" if sign.input is Input.INCIDENTS else sign.of, None
    name = f"{one.name_en if language == 'en' else one.name_zh} {one.code}"
    return name, None if sign.limit is None else value_text(sign.limit, None, one.unit, language)


def _inputs(tx: Tx, live: Live, sign: Sign, region: int) -> list[SignInput]:
    known = finding.by_code(tx)
    named = [(name, known[code]) for name, code in sign.inputs.items() if code in known]
    [line] = values.readings(tx, live, [one.code for _, one in named], [region])
    return [
        SignInput(name, finding.brief(tx, one), now) for (name, one), now in zip(named, line, strict=True)
    ]


def _alarms(tx: Tx, code: str, region: int) -> tuple[int, int]:
    """Open ones in the region and below, and how many incidents they opened in thirty days."""
    a = alarm.c
    opened = sa.func.count().filter(a.cleared_at.is_(None)).label("opened")
    led = sa.func.count(a.incident_id.distinct()).filter(a.began >= tx.now - _MONTH).label("led")
    where = (identity.readable_by(tx.actor, a.readers), a.readers.contains([region]), a.sign == code)
    row = tx.execute(sa.select(opened, led).where(*where)).one()
    return int(row.opened), int(row.led)


def _streams(
    tx: Tx, sign: Sign, region: RegionRef, latest: sensing.Latest | None
) -> tuple[int, list[SignStream]]:
    if region.level != LEVELS[-1] or sign.input is not Input.DATASTREAMS:
        return 0, []
    total, found = feeding(tx, sign.of, region.id, *selection(sign.where.items()), _STREAMS, latest)
    return total, [SignStream(**asdict(one)) for one in found]


def _grids(tx: Tx, region: RegionRef) -> list[int]:
    return [] if region.level == "district" else territory.descendants(tx, region.id, LEVELS[-1])


def _span(
    tx: Tx, since: datetime | None, until: datetime | None, usual: timedelta
) -> tuple[datetime, datetime]:
    end = until or tx.now
    start = since or end - usual
    if not timedelta(0) < end - start <= timedelta(days=DAYS):
        raise Invalid([FieldError("since", "vitals.span", {"days": DAYS})])
    return start, end


def _points(held: trend.Series) -> list[SignTrendPoint]:
    """Neighbours are merged until the line fits a screen; what they reached is kept."""
    line = held.values[:, 0].astype(np.float64)
    each = -(-len(line) // _POINTS) if len(line) else 1
    return [_point(held.at[at], line[at : at + each]) for at in range(0, len(line), each)]


def _point(at: datetime, part: values.Floats) -> SignTrendPoint:
    there = part[np.isfinite(part)]
    if not len(there):
        return SignTrendPoint(at, None, None, None)
    return SignTrendPoint(at, float(there.mean()), float(there.min()), float(there.max()))


def _step(moments: Sequence[datetime]) -> int:
    """Seconds that usually lie between two values."""
    gaps = [(late - early).total_seconds() for early, late in pairwise(moments)]
    return int(np.median(gaps)) if gaps else 0

"""What is near in space and time, looked up by the index, scored, with reasons.

The squares around a place and the days before it narrow the rows down (`incidents_incident_near`); place, time and
class sort them; words are compared for the best of them only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from math import ceil, cos, floor, radians
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents.contracts import Category
from chengyun.incidents.duplicates import rules
from chengyun.incidents.duplicates.rules import Score, Telling
from chengyun.incidents.reading.filters import WALK, readable
from chengyun.incidents.reading.rows import categories, rows_of
from chengyun.incidents.tables import DONE, incident
from chengyun.incidents.views import IncidentRow
from chengyun.kernel.transactions import Tx

CELL = 0.002  # degrees: the side of a square, as in the column `cell`
ROW = 1_000_000  # squares side by side around the earth, and some
REACH_M = 600.0
SINCE = timedelta(days=30)
MOST = 300  # rows that are looked at, the newest first
WORDED = 24  # rows whose words are compared
SHOWN = 10
_COLUMNS = (
    incident.c.id,
    incident.c.lon,
    incident.c.lat,
    incident.c.reported_at,
    incident.c.category,
    incident.c.title,
    incident.c.text,
    incident.c.address,
)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason in words: metres, time apart, class, shared words, address, still open."""

    feature: str
    text: str
    speaks_for: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An open incident that may be the same matter. `share`: of such pairs that are the same, 0…1."""

    row: IncidentRow
    share: float
    likely: bool
    metres: float
    reasons: list[Why]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is being reported, as far as it is known, and which incident it is already (0: none yet)."""

    lon: float
    lat: float
    at: datetime
    category: str | None = None
    text: str = ""
    address: str = ""
    id: int = 0


def wanted_of(row: Any) -> Wanted:
    """An incident (a row of its table) as others are compared with it."""
    return Wanted(
        row.lon, row.lat, row.reported_at, row.category, f"{row.title} {row.text}", row.address, row.id
    )


def matches(tx: Tx, wanted: Wanted) -> list[Match]:
    """Open incidents that the caller may see and that may be the same matter, the likeliest first."""
    found = scored(tx, wanted, readable(tx))
    kept = [(row, score) for row, score in found if score.log_odds >= rules.THRESHOLDS["shown"]][:SHOWN]
    rows = {row.id: row for row in _whole(tx, [row.id for row, _ in kept])}
    language = tx.actor.language
    return [
        Match(
            rows[row.id],
            score.share,
            score.likely,
            score.metres or 0.0,
            reasons(score, shared(tx, wanted, row), language),
        )
        for row, score in kept
        if row.id in rows
    ]


def shared(tx: Tx, wanted: Wanted, row: Any) -> tuple[str, ...]:
    """Words that both have, of what the caller may read: half a phone number has no form to be masked by."""
    if not wanted.text:
        return ()
    mine, theirs = (identity.shown(tx.actor, text) for text in (wanted.text, f"{row.title} {row.text}"))
    return rules.shared_words(mine, theirs)


def _whole(tx: Tx, ids: Sequence[int]) -> list[IncidentRow]:
    if not ids:
        return []
    return rows_of(tx, tx.execute(sa.select(incident).where(incident.c.id.in_(ids))).all())


def scored(tx: Tx, wanted: Wanted, which: sa.ColumnElement[bool]) -> list[tuple[Any, Score]]:
    """Rows of `which` around it with their scores, best first; words are compared for `WORDED` of them."""
    names = categories(tx)
    mine = _telling(names, wanted.lon, wanted.lat, wanted.at, wanted.category, wanted.text, wanted.address)
    kinds: dict[str | None, str] = {}
    near: list[tuple[float, int, Any]] = []
    tx.execute(WALK)  # the squares are the way, whatever the planner thinks of jurisdiction
    found: Sequence[Any] = tx.execute(_around(wanted, which)).all()  # at once: one by one costs a millisecond
    for row in found:
        id_, lon, lat, at, category = row[:5]
        metres = rules.metres_apart(wanted.lon, wanted.lat, lon, lat)
        if metres <= REACH_M:
            if category not in kinds:
                kinds[category] = rules.relation(mine, _classed(names, category, at))
            hours = abs((wanted.at - at).total_seconds()) / 3600
            near.append((rules.quick(metres, hours, kinds[category]), id_, row))
    best = [
        (row, rules.score(mine, _told(names, row)))
        for _, _, row in nlargest(WORDED, near, key=lambda one: one[:2])
    ]
    return sorted(best, key=lambda pair: (-pair[1].log_odds, pair[0].id))


def _around(wanted: Wanted, which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    c = incident.c
    squares = sa.literal(
        cells(wanted.lon, wanted.lat), sa.ARRAY(sa.BigInteger)
    )  # one parameter, one statement
    return (
        sa.select(*_COLUMNS)
        .where(which, c.state.not_in(DONE), c.cell == sa.any_(squares), c.id != wanted.id)
        .where(c.reported_at.between(wanted.at - SINCE, wanted.at + SINCE))
        .order_by(c.reported_at.desc())
        .limit(MOST)
    )


def cells(lon: float, lat: float, metres: float = REACH_M) -> list[int]:
    """The squares that a circle around a point touches."""
    high = metres / rules.METRES_PER_DEGREE
    wide = high / max(0.01, cos(radians(lat)))
    rows = range(floor((lat - high) / CELL), ceil((lat + high) / CELL))
    columns = range(floor((lon - wide) / CELL), ceil((lon + wide) / CELL))
    return [row * ROW + column for row in rows for column in columns]


def _told(names: Mapping[str, Category], row: Any) -> Telling:
    text = f"{row.title} {row.text}"
    return _telling(names, row.lon, row.lat, row.reported_at, row.category, text, row.address)


def _classed(names: Mapping[str, Category], category: str | None, at: datetime) -> Telling:
    return _telling(names, None, None, at, category, "", "")


def _telling(
    names: Mapping[str, Category],
    lon: float | None,
    lat: float | None,
    at: datetime,
    category: str | None,
    text: str,
    address: str,
) -> Telling:
    known = names.get(category or "")
    return Telling(
        lon=lon,
        lat=lat,
        at=at,
        category=category,
        group=known.group_zh if known else None,
        name=known.name_zh if known else None,
        text=text,
        address=address,
        open=True,
    )


# reasons

_KINDS = {
    "same": ("类别相同", "same class"),
    "group": ("同一大类", "a class of the same group"),
    "related": ("类别名称相近", "a class with a similar name"),
    "different": ("类别不同", "another class"),
    "other": ("类别不同", "another class"),
    "unknown": ("类别未定", "class not decided"),
}


def reasons(score: Score, shared: tuple[str, ...], language: str) -> list[Why]:
    """The reasons of a score in the reader's language, what speaks for it first."""
    place = 1 if language == "en" else 0
    found = [
        Why(ground.feature, text, ground.weight > 0 or ground.value == "same")
        for ground in score.grounds
        if (text := _words(ground.feature, ground.value, shared)[place])
    ]
    return sorted(found, key=lambda why: not why.speaks_for)


def _words(feature: str, value: float | str, shared: tuple[str, ...]) -> tuple[str, str]:
    """zh, en; empty where there is nothing to say."""
    if feature == "category":
        return _KINDS[str(value)]
    if feature == "open":
        return ("前一件尚未办结", "the earlier one is still open")
    if isinstance(value, str):
        return ("位置不详", "no exact position")
    if feature == "metres":
        return (f"相距 {value:.0f} 米", f"{value:.0f} m apart")
    if feature == "hours":
        return _apart(value)
    if feature == "address":
        return ("地址相同", "same address") if value == 1 else ("", "")
    return (
        ("都提到" + "、".join(f"“{word}”" for word in shared), "both say " + ", ".join(shared))
        if shared
        else ("", "")
    )


def _apart(hours: float) -> tuple[str, str]:
    if hours < 1:
        return (f"相隔 {hours * 60:.0f} 分钟", f"{hours * 60:.0f} minutes apart")
    if hours < 48:
        return (f"相隔 {hours:.0f} 小时", f"{hours:.0f} hours apart")
    return (f"相隔 {hours / 24:.0f} 天", f"{hours / 24:.0f} days apart")

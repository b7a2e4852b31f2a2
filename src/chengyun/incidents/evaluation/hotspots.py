"""Hot spots and hot topics of a period: what was reported where, about what, more than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents.evaluation import cells, clusters
from chengyun.incidents.evaluation.contracts import (
    HotCell,
    HotSpots,
    HotTopic,
    HotTopics,
    PeriodSpan,
    Question,
    TopicTelling,
)
from chengyun.incidents.evaluation.paging import page_of
from chengyun.incidents.evaluation.rules import span_of
from chengyun.incidents.evaluation.scoping import conditions_of, scope_of
from chengyun.incidents.reading.rows import categories
from chengyun.incidents.tables import incident
from chengyun.incidents.views import IncidentPage
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

i = incident.c
Box = tuple[float, float, float, float]  # west, south, east, north in degrees
CELL_M: dict[str | None, float] = {"city": 2000, "district": 500, "town": 250, "village": 100, "grid": 50}
METRES = 111_320.0  # per degree of latitude
LATITUDE = 29.5  # of the city: where a degree of longitude is measured
MOST_CELLS = 400
SAMPLE = 1_500  # tellings of a period that are compared with each other
LEAST, MOST_TOPICS, LISTED = 3, 30, 50


def hot_spots(tx: Tx, question: Question) -> HotSpots:
    """Squares of the map with what was reported there in the period and in the one before, hottest first."""
    tx.actor.require("evaluation.read")
    scope = scope_of(tx, question)
    metres = CELL_M.get(scope.level, CELL_M["district"])
    step = (metres / (METRES * cos(radians(LATITUDE))), metres / METRES)
    span, before = span_of(question, tx.now), span_of(question, tx.now, 1)
    where = conditions_of(tx, question, scope)
    now, then = _grid(tx, where, span, step), _grid(tx, where, before, step)
    counts = {cell: count for cell, (count, _) in now.items()}
    z = cells.gi_star(counts, then)
    hottest = sorted(counts, key=lambda cell: (-z[cell], -counts[cell], cell))[:MOST_CELLS]
    names = _names(tx)
    found = [
        HotCell(
            box=_box(cell, step),
            count=counts[cell],
            before=then[cell][0] if cell in then else 0,
            z=round(z[cell], 2),
            hot=cells.heat(z[cell], counts[cell]),
            category=now[cell][1],
            category_name=names.get(now[cell][1] or ""),
        )
        for cell in hottest
    ]
    return HotSpots(span, scope, metres, sum(counts.values()), found)


def _grid(
    tx: Tx, where: Sequence[sa.ColumnElement[bool]], span: PeriodSpan, step: tuple[float, float]
) -> dict[cells.Cell, tuple[int, str | None]]:
    """Cell → how many were reported in it and the most frequent category."""
    x = sa.cast(sa.func.floor(i.lon / step[0]), sa.Integer).label("x")
    y = sa.cast(sa.func.floor(i.lat / step[1]), sa.Integer).label("y")
    most = sa.func.mode().within_group(i.category).label("most")
    query = sa.select(x, y, sa.func.count().label("n"), most).where(*where, *_reported(span))
    rows = tx.execute(query.group_by(sa.literal_column("1"), sa.literal_column("2")))
    return {(row.x, row.y): (row.n, row.most) for row in rows}


def _reported(span: PeriodSpan) -> tuple[sa.ColumnElement[bool], ...]:
    return i.reported_at >= span.since, i.reported_at < span.until


def _box(cell: cells.Cell, step: tuple[float, float]) -> Box:
    x, y = cell
    return (x * step[0], y * step[1], (x + 1) * step[0], (y + 1) * step[1])


def reported(tx: Tx, question: Question, box: Box, after: int | None, limit: int) -> IncidentPage:
    """The incidents behind a square: reported in the period within the box, newest first."""
    tx.actor.require("evaluation.read")
    where = [*conditions_of(tx, question, scope_of(tx, question)), *_reported(span_of(question, tx.now))]
    west, south, east, north = box
    where += [i.lon >= west, i.lon < east, i.lat >= south, i.lat < north]
    return page_of(tx, sa.select(i.id).where(*where), after, limit)


def _names(tx: Tx) -> Mapping[str, str]:
    english = tx.actor.language == "en"
    return {code: one.name_en if english else one.name_zh for code, one in categories(tx).items()}


# topics


def hot_topics(tx: Tx, question: Question) -> HotTopics:
    """What many told of at about the same place, largest first; the period before says whether it grows."""
    tx.actor.require("evaluation.read")
    scope = scope_of(tx, question)
    where = conditions_of(tx, question, scope)
    span, before = span_of(question, tx.now), span_of(question, tx.now, 1)
    total, now = _tellings(tx, where, span)
    _, then = _tellings(tx, where, before)
    rows = [*now, *then]
    found = _clustered(rows)
    members = [[n for n in group if n < len(now)] for group in found]
    largest = sorted(range(len(found)), key=lambda k: (-len(members[k]), found[k][0]))
    names = _names(tx)
    topics = [
        _topic(tx, rows, found[k], members[k], names)
        for k in largest[:MOST_TOPICS]
        if len(members[k]) >= LEAST
    ]
    return HotTopics(span, scope, total, len(now), topics)


def _tellings(tx: Tx, where: Sequence[sa.ColumnElement[bool]], span: PeriodSpan) -> tuple[int, list[Any]]:
    """How many incidents were reported, and the newest of them."""
    columns = (
        i.id, i.number, i.title, i.text, i.category, i.town_id, i.village_id, i.grid_id, i.reported_at,
        sa.func.count().over().label("total"),
    )  # fmt: skip
    query = sa.select(*columns).where(*where, *_reported(span)).order_by(i.reported_at.desc(), i.id.desc())
    rows = list(tx.execute(query.limit(SAMPLE)))
    return (rows[0].total if rows else 0), rows


def _clustered(rows: Sequence[Any]) -> list[list[int]]:
    """Members of each cluster. Both periods are clustered together: so a topic is the same in both.

    Only what shares a category is compared: another class is another topic.
    """
    if not rows:
        return []
    by_category: dict[str | None, list[int]] = {}
    for n, row in enumerate(rows):
        by_category.setdefault(row.category, []).append(n)
    texts = clusters.vectors([clusters.gist(row.title, row.text) for row in rows])
    found: list[list[int]] = []
    for members in by_category.values():
        kept = [rows[n] for n in members]
        similar = clusters.alike(
            texts[members], [row.town_id for row in kept], [row.village_id for row in kept]
        )
        groups: dict[int, list[int]] = {}
        for n, label in zip(members, clusters.clusters(similar), strict=True):
            groups.setdefault(label, []).append(n)
        found += groups.values()
    return found


def _topic(
    tx: Tx, rows: Sequence[Any], every: Sequence[int], members: Sequence[int], names: Mapping[str, str]
) -> HotTopic:
    """One topic: `every` with the period before, `members` of this one."""
    kept = [rows[n] for n in members]
    texts = clusters.vectors([clusters.gist(row.title, row.text) for row in kept])
    similar = clusters.alike(texts, [row.town_id for row in kept], [row.village_id for row in kept])
    centre = kept[clusters.middle(similar, range(len(kept)))]
    return HotTopic(
        title=identity.shown(tx.actor, centre.title),
        incident=centre.id,
        number=centre.number,
        place=territory.chain_of(tx, centre.grid_id or centre.village_id or centre.town_id).label,
        count=len(members),
        before=len(every) - len(members),
        first=min(row.reported_at for row in kept),
        last=max(row.reported_at for row in kept),
        category=centre.category,
        category_name=names.get(centre.category or ""),
        tellings=[
            TopicTelling(row.id, row.number, identity.shown(tx.actor, row.title), row.reported_at)
            for row in kept[:LISTED]
        ],
    )

"""The demo city: official names and codes, generated borders (示意), offices at invented positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import shapely
import sqlalchemy as sa

from chengyun.kernel import bulk
from chengyun.kernel.transactions import Tx
from chengyun.territory import pinyin, shapes
from chengyun.territory.contracts import Draft
from chengyun.territory.partition import generate
from chengyun.territory.seed import Source, load
from chengyun.territory.shapes import Polygons

DEMO = Source(
    label="重庆市 2023 (示意)",
    valid_from=date(2023, 6, 30),
    source="official division names and codes of 2023-06-30; borders below district level generated",
    attribution="区划名称与代码: 国家统计局 2023; 区县轮廓: Apache ECharts; 镇街以下边界为示意",
    schematic=True,
)


def seed_demo(tx: Tx) -> int:
    """Load the shipped city with its generated partition (示意); returns the number of regions.

    Raises Conflict("territory.not_empty") when a territory is loaded already.
    """
    city = generate()
    ids = load(tx, city.regions, city.rings, DEMO)
    columns = (
        "id",
        "name",
        "kind",
        "detail",
        "pinyin",
        "initials",
        "lon",
        "lat",
        "region_id",
        "schematic",
        "source",
    )
    bulk.insert(tx, "territory_place", columns, _demo_places(city.regions, city.rings, ids))
    tx.execute(sa.text("ANALYZE territory_place"))
    return len(ids)


def _demo_places(
    drafts: Sequence[Draft], outlines: Mapping[str, Polygons], ids: Mapping[str, int]
) -> Iterator[tuple[object, ...]]:
    """A town hall per town and a committee per village, each inside a grid of it; positions are invented."""
    chosen: dict[str, str] = {}
    parents = {d.key: d.parent or "" for d in drafts}
    for draft in drafts:
        if draft.level == "grid":
            village = parents[draft.key]
            chosen.setdefault(village, draft.key)
            chosen.setdefault(parents[village], draft.key)
    wanted = [d for d in drafts if d.key in chosen]
    spots = shapely.get_coordinates(
        shapely.point_on_surface([shapely.Polygon(outlines[chosen[d.key]][0][0]) for d in wanted])
    )
    for number, (draft, (x, y)) in enumerate(zip(wanted, spots / shapes.SCALE, strict=True), start=1):
        kind, name = _office(draft)
        yield (number, name, kind, "", *pinyin.keys(name), x, y, ids[draft.key], True, "demo")


def _office(draft: Draft) -> tuple[str, str]:
    if draft.level == "town":
        ending = "办事处" if draft.name.endswith("街道") else "人民政府"
        return "government", draft.name + ending
    return "committee", draft.name + ("居委会" if draft.name.endswith("社区") else "委会")

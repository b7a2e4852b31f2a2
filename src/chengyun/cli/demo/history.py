"""Three months of simulated history: drawn, lived in memory by the product's own rules, loaded by COPY."""

from __future__ import annotations

import os

import numpy as np

from chengyun.cli.demo.authors import Stretch, split
from chengyun.cli.demo.cast import Cast, cast_of, seed_chiefs
from chengyun.cli.demo.courses import Stage
from chengyun.cli.demo.happenings import draw
from chengyun.cli.demo.loading import take_time, write
from chengyun.cli.demo.shape import Shape, shape
from chengyun.cli.demo.sharing import in_parallel
from chengyun.cli.demo.spots import spots_of
from chengyun.identity import service as identity
from chengyun.incidents import rulebook
from chengyun.incidents.contracts import UnitBrief
from chengyun.incidents.history_bulk import World, first_ids
from chengyun.kernel import audit
from chengyun.kernel.clock import current_calendar
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

COUNT = 100_200
SPOTS = 26_000
SEED = 20_250_623
MOST = 6  # processes at most
ROOM = 1.3  # reserved ids per incident: further reports and staged lives need some, too


def load_history(
    tx: Tx,
    count: int = COUNT,
    *,
    processes: int | None = None,
    spots: int = SPOTS,
    plan: Shape | None = None,
) -> int:
    """Make `count` simulated incidents of the three months before now, and a few staged ones; how many there are.

    With several processes each commits on its own when all have finished; with one everything is part of `tx`.
    """
    take_time(tx)
    seed_chiefs(tx)
    worlds = processes or max(1, min(os.cpu_count() or 1, MOST))
    stretches = split(
        prepared(tx, count, spots, plan or shape()),
        [world_of(tx, count // worlds + 100) for _ in range(worlds)],
    )
    if worlds == 1:
        made = write(tx, stretches[0].lives())
    else:
        made = in_parallel(tx.conn.engine.url.render_as_string(hide_password=False), stretches)
    audit.record(tx, "demo.history", ("demo", "history"), {"incidents": made, "seed": SEED})
    return made


def prepared(tx: Tx, count: int, spots: int, plan: Shape) -> Stretch:
    """Everything that will be reported, where and when; still without ids."""
    source = np.random.default_rng(SEED)
    places = spots_of(tx, plan, source, spots)
    happenings = draw(source, plan, places, current_calendar(tx), tx.now, count)
    return Stretch(
        world_of(tx, 0), stage_of(tx, plan, cast_of(tx)), places.every, happenings, SEED, plan.staged
    )


def stage_of(tx: Tx, plan: Shape, cast: Cast) -> Stage:
    """The people, and which centres lie beside each other."""
    siblings: dict[int, tuple[int, ...]] = {}
    districts = [ref.id for ref in territory.find_regions(tx, "district")]
    for district in districts:
        siblings[district] = tuple(other for other in districts if other != district)
        towns = [ref.id for ref in territory.children(tx, district, "town")]
        siblings |= {town: tuple(other for other in towns if other != town) for town in towns}
    kinds = {unit.id: unit.kind for unit in identity.find_units(tx)}
    return Stage(plan, cast, siblings, kinds, tx.now)


def world_of(tx: Tx, count: int) -> World:
    """The city as lives need it, with ids reserved for `count` of them."""
    units = identity.find_units(tx)
    centres = [ref for level in ("city", "district", "town") for ref in territory.find_regions(tx, level)]
    return World(
        book=rulebook.book(tx, rulebook.current(tx)[0]),
        units={
            (unit.kind, unit.region_id): UnitBrief(unit.id, unit.name, unit.kind, unit.level)
            for unit in units
        },
        unit_names={unit.id: unit.name for unit in units},
        region_names={ref.id: ref.name for ref in centres},
        lines={ref.id: territory.ancestors(tx, ref.id) for ref in centres},
        first=first_ids(tx, int(count * ROOM)) if count else {},
    )

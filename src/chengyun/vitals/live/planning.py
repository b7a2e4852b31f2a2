"""From the database to a plan: definitions, thresholds of regions, the tree of governance, datastreams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.territory import service as territory
from chengyun.vitals.alarms.signs import known
from chengyun.vitals.catalogue import store as catalogue
from chengyun.vitals.contracts import LEVELS, Sign
from chengyun.vitals.engine.plan import Plan, build, wanted
from chengyun.vitals.engine.tree import Regions
from chengyun.vitals.live.watching import Watched, watched

WATCHED = ("territory", "things", "signs")  # the revisions that a plan is made of


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the revisions it is of, the signs by code, and the datastreams whose anomalies are watched."""

    plan: Plan
    tokens: tuple[int, ...]
    signs: Mapping[str, Sign]  # that alarms may be of
    watched: Watched


def tokens_of(tx: Tx) -> tuple[int, ...]:
    """The revisions in force."""
    return tuple(tx.revisions[name] for name in WATCHED)


def planned(tx: Tx) -> Planned:
    """The plan of what is in force. The caller may see every thing (system policy)."""
    signs, streams = catalogue.signs(tx), sensing.streams(tx)
    plan = build(
        signs,
        catalogue.overrides(tx),
        regions_of(tx),
        streams,
        sensing.things_having(tx, sorted(wanted(signs))),
    )
    return Planned(plan, tokens_of(tx), known(tx), watched(streams, sensing.kinds(tx)))


def regions_of(tx: Tx) -> Regions:
    """Every region in force as columns, by governance."""
    rows = [
        (region, number, above or -1)
        for number, level in enumerate(LEVELS)
        for region, above in territory.governance(tx, level)
    ]
    ids, levels, parents = zip(*rows, strict=True)
    return Regions(np.array(ids, np.int64), np.array(levels, np.int8), np.array(parents, np.int64))

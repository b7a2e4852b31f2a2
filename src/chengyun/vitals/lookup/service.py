"""The door of lookup: questions in words, the catalogue, and the board of a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chengyun.kernel.transactions import Tx
from chengyun.territory.contracts import RegionRef
from chengyun.vitals.contracts import Domain, Input, Level, Sign
from chengyun.vitals.lookup import finding, messages, reach, trend, values  # noqa: F401  registers the texts
from chengyun.vitals.lookup.contracts import (
    Freshness,
    SignBoard,
    SignCatalogue,
    SignCatalogueRow,
    SignDomain,
    SignField,
    SignHit,
    SignLookup,
    SignReading,
)
from chengyun.vitals.lookup.matching import fold
from chengyun.vitals.lookup.page import below, page, past, try_out, worst_first
from chengyun.vitals.lookup.thinning import thin_trend
from chengyun.vitals.lookup.thresholds import change
from chengyun.vitals.lookup.trend import record_trend
from chengyun.vitals.lookup.values import Live

__all__ = [
    "Live", "Narrowed", "below", "board", "catalogue", "change", "look_up", "page", "past", "record_trend", "thin_trend",
    "try_out", "warm",
]  # fmt: skip
_DAY = timedelta(days=1)
_SPARK = 48  # points of a small line


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of the catalogue is wanted; empty means not narrowed. `has_data`: with a value in the region, or without."""

    q: str = ""
    domain: str | None = None
    section: str | None = None
    input: Input | None = None
    has_data: bool | None = None


def warm(tx: Tx) -> int:
    """Make the index of signs, so that nobody waits for it; how many signs it holds."""
    return len(finding.index(tx).signs)


def look_up(tx: Tx, live: Live, q: str, region: int | None, limit: int) -> SignLookup:
    """The signs that a few words mean, best first; without words the worst ones of the region. Raises NotFound."""
    usual = reach.asked(tx, region)
    meant = finding.meant(tx, q)
    ref = meant.named or usual
    signs = _best(tx, live, ref, meant.words) if meant.words else _worst(tx, live, ref)
    return SignLookup(
        reach.scope(tx, ref, live), meant.named is not None, meant.outside, len(signs), _hits(tx, live, ref, signs[:limit])
    )  # fmt: skip


def catalogue(tx: Tx, live: Live, region: int | None, by: Narrowed, start: int, limit: int) -> SignCatalogue:
    """The definitions, narrowed, with their values in a region. Raises NotFound."""
    ref, every = reach.asked(tx, region), finding.index(tx).signs
    fitting = [one for one in _matching(tx, by.q) if _fits(tx, one, by)]
    [line] = values.readings(tx, live, [one.code for one in fitting], [ref.id])
    both = list(zip(fitting, line, strict=True))
    if by.has_data is not None:
        both = [(one, now) for one, now in both if (now.value is not None) == by.has_data]
    rows = [SignCatalogueRow(finding.brief(tx, one), now) for one, now in both[start : start + limit]]
    counted = Counter(one.domain for one in every)
    return SignCatalogue(
        reach.scope(tx, ref, live), len(every), len(both), sum(now.value is not None for _, now in both),
        sum(one.template is not None for one, _ in both),
        [_domain(tx, one, counted[one.code]) for one in finding.domains(tx).values()], rows,
    )  # fmt: skip


def board(tx: Tx, live: Live, region: int, each: int) -> SignBoard:
    """A region by domain: how many signs at which level, the worst of each; the worst domain first. Raises NotFound."""
    ref = reach.asked(tx, region)
    every = finding.index(tx).signs
    [line] = values.readings(tx, live, [one.code for one in every], [ref.id])
    parts: dict[str, list[tuple[Sign, SignReading]]] = {}
    for one, now in zip(every, line, strict=True):
        if now.value is not None or now.level:
            parts.setdefault(one.domain, []).append((one, now))
    known = finding.domains(tx)
    fields = [_field(tx, known[code], part, each) for code, part in parts.items() if code in known]
    fields.sort(key=lambda one: [-n for n in reversed(one.levels[1:])])
    return SignBoard(reach.scope(tx, ref, live), fields)


def _best(tx: Tx, live: Live, region: RegionRef, words: Sequence[str]) -> list[Sign]:
    """By how well the words fit; among equals those that have a value here, those written by hand, short names."""
    known = finding.index(tx)
    found = known.find(words)
    held = values.levels(tx, live, [known.signs[number].code for number in found], region.id)

    def order(number: int) -> tuple[int, bool, bool, int, int]:
        one = known.signs[number]
        return found[number], one.code not in held, one.template is not None, len(one.name_zh), number

    return [known.signs[number] for number in sorted(found, key=order)]


def _worst(tx: Tx, live: Live, region: RegionRef) -> list[Sign]:
    every = finding.index(tx).signs
    held = values.levels(tx, live, [one.code for one in every], region.id)
    return sorted(
        (one for one in every if one.code in held),
        key=lambda one: (-held[one.code], one.template is not None),
    )


def _hits(tx: Tx, live: Live, region: RegionRef, signs: Sequence[Sign]) -> list[SignHit]:
    codes = [one.code for one in signs]
    [line] = values.readings(tx, live, codes, [region.id])
    places = values.ranks(live, signs, region.id, reach.siblings(tx, region.id))
    held = trend.series(tx, region.id, codes, tx.now - _DAY, tx.now)
    each = max(1, -(-len(held.at) // _SPARK))
    sparks = [[trend.known(one) for one in held.values[::each, at].tolist()] for at in range(len(codes))]
    return [
        SignHit(finding.brief(tx, one), now, place, spark)
        for one, now, place, spark in zip(signs, line, places, sparks, strict=True)
    ]


def _matching(tx: Tx, q: str) -> list[Sign]:
    known = finding.index(tx)
    words = [fold(word) for word in q.split()]
    if not words:
        return list(known.signs)
    found = known.find(words)
    return [known.signs[number] for number in sorted(found, key=lambda number: (found[number], number))]


def _fits(tx: Tx, one: Sign, by: Narrowed) -> bool:
    domain = finding.domains(tx).get(one.domain)
    return (
        by.domain in (None, one.domain)
        and by.input in (None, one.input)
        and (by.section is None or (domain is not None and domain.section == by.section))
    )


def _domain(tx: Tx, one: Domain, signs: int) -> SignDomain:
    return SignDomain(one.code, one.name_en if tx.actor.language == "en" else one.name_zh, one.section, signs)


def _field(tx: Tx, domain: Domain, part: list[tuple[Sign, SignReading]], each: int) -> SignField:
    part.sort(key=lambda pair: (worst_first(pair[0].bad, pair[1])[:2], pair[0].template is not None))
    levels = [sum(now.level == level for _, now in part) for level in range(len(Level))]
    stale = sum(now.state is Freshness.STALE for _, now in part)
    rows = [SignCatalogueRow(finding.brief(tx, one), now) for one, now in part[:each]]
    return SignField(_domain(tx, domain, len(part)), levels, stale, rows)

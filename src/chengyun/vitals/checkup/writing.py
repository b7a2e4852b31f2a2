"""What was scored becomes the content of a checkup: JSON of `contracts.Findings`, every text as {zh, en}. Pure but for names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengyun.incidents.evaluation import service as evaluation
from chengyun.kernel.transactions import Tx
from chengyun.sensing.units import unit_text
from chengyun.vitals.checkup import proposals, rules
from chengyun.vitals.checkup.contracts import EVALUATION
from chengyun.vitals.checkup.periods import looks, parts
from chengyun.vitals.checkup.reading import Rung
from chengyun.vitals.checkup.rules import Floats, Scored
from chengyun.vitals.checkup.scoring import COUNTED, Ask, RegionScore, figure_points, moment
from chengyun.vitals.contracts import Domain
from chengyun.vitals.lookup import reach

WORST = 5  # signs listed per domain, of those that cost anything
PROBLEMS = 12
PROBLEM = 75.0  # a sign that earns less is a problem
EVALUATED = Domain(EVALUATION, "事件办理", "Handling of incidents", "governance")
Words = dict[str, str]
Json = dict[str, Any]
Owners = Callable[[str], str]  # kind of unit → the unit's name


@dataclass(frozen=True, slots=True)
class Around:
    """What a region is compared with: the regions of the same centre, itself included, and those right below it."""

    peers: Mapping[int, Mapping[str, float | None]]  # region → domain ("" the whole) → score
    below: Sequence[Json]  # areas, the weakest first


def content(tx: Tx, ask: Ask, one: RegionScore, around: Around) -> Json:
    """Everything that a version keeps of a region."""
    total = one.overall
    owners = cache(lambda kind: reach.responsible(tx, one.region, kind))
    domains = [_domain(ask, one, each, around, owners) for each in [*ask.held.domains, EVALUATED]]
    kept = [each for each in domains if each is not None]
    problems = sorted(
        (sign for each in kept for sign in each["worst"] if sign["score"] < PROBLEM or sign["alarms_open"]),
        key=lambda sign: (-sign["lost"], sign["code"]),
    )[:PROBLEMS]
    figures = _handling(one)
    late = next((each for each in figures if each["key"] == "handled_on_time"), None)
    found = {
        "overall": _score(one.region, total, one.overall_before, around, ""),
        "parts": _parts(ask, one),
        "domains": kept,
        "handling": figures,
        "handling_missed": late["denominator"] - late["numerator"] if late else 0,
        "problems": problems,
        "areas": list(around.below),
        "alarms": [sum(rung.by_peak[n] for rung in one.rung.values()) for n in range(4)],
        "signs": len(ask.held.signs),
        "without_source": int((one.weight == 0).sum()),
        "recorded": one.now.recorded,
        "sampled": len(looks(ask.asked.period, ask.span)),
        "simulated": one.simulated,
    }
    return {**found, "proposals": proposals.propose(found, owners("centre"))}


def words(zh: str, en: str) -> Words:
    """A text in both languages."""
    return {"zh": zh, "en": en}


def number(value: float | None, digits: int = 2) -> float | None:
    """JSON has no NaN."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def _score(region: int, now: Scored | None, before: Scored | None, around: Around, key: str) -> Json:
    median, rank, of = rules.standing(region, {one: held.get(key) for one, held in around.peers.items()})
    return {
        "score": number(now.told if now else None),
        "known": number(now.known if now else None),
        "grade": rules.grade(now),
        "coverage": number(now.coverage if now else 0.0, 4),
        "before": number(before.told if before else None),
        "median": number(median),
        "rank": rank,
        "of": of,
    }


def _parts(ask: Ask, one: RegionScore) -> list[Json]:
    """The whole by parts: of signs alone."""
    found = []
    for n, (first, last) in enumerate(parts(ask.asked.period, ask.span)):
        pairs = [
            (one.domains[code].weight, score)
            for code, scores in one.parts.items()
            if (score := scores[n]) is not None
        ]
        weight = sum(weight for weight, _ in pairs)
        score = sum(weight * score for weight, score in pairs) / weight if weight else None
        found.append({"first": str(first), "last": str(last), "score": number(score)})
    return found


def _domain(ask: Ask, one: RegionScore, domain: Domain, around: Around, owners: Owners) -> Json | None:
    scored = one.domains.get(domain.code)
    if scored is None:
        return None
    members = ask.held.members.get(domain.code, np.zeros(0, np.int64))
    counts = members[one.weight[members] > 0]
    codes = [ask.held.signs[n].code for n in counts.tolist()]
    rung = [one.rung[code] for code in codes if code in one.rung]
    lost = _lost(one, counts, scored)
    costs = [n for n in np.argsort(-lost, kind="stable").tolist() if lost[n] > 0 or codes[n] in one.rung]
    return {
        "code": domain.code,
        "name": words(domain.name_zh, domain.name_en),
        "section": domain.section,
        "weight": number(scored.weight),
        "score": _score(one.region, scored, one.before.get(domain.code), around, domain.code),
        "parts": [number(score) for score in one.parts.get(domain.code, [])],
        "expected": len(codes),
        "valued": int((one.now.column.coverage[counts] > 0).sum()),
        "alarms": [sum(each.by_peak[n] for each in rung) for n in range(4)],
        "deducted": number(one.deducted.get(domain.code, 0.0)),
        "worst": [_sign(ask, one, owners, int(counts[n]), float(lost[n])) for n in costs[:WORST]],
    }


def _lost(one: RegionScore, counts: NDArray[np.int64], domain: Scored) -> Floats:
    """Points of the whole that each sign of a domain costs."""
    weight = one.weight[counts]
    share = domain.weight / sum(scored.weight for scored in one.domains.values())
    return np.asarray(weight / weight.sum() * share * (100 - one.now.column.earned[counts]), np.float64)


def _sign(ask: Ask, one: RegionScore, owners: Owners, n: int, lost: float) -> Json:
    sign, past = ask.held.signs[n], one.now
    earned, value = float(past.column.earned[n]), number(float(past.value[n]), sign.decimals + 2)
    rung = one.rung.get(sign.code, Rung())
    fresh = moment(int(past.fresh[n]))
    return {
        "code": sign.code,
        "name": words(sign.name_zh, sign.name_en),
        "unit": words(unit_text(sign.unit, "zh"), unit_text(sign.unit, "en")),
        "decimals": sign.decimals,
        "domain": sign.domain,
        "owner": owners(sign.owner),
        "value": value,
        "before": number(float(one.value_before[n]), sign.decimals + 2),
        "score": number(earned),
        "level": int(rules.level_of(sign, value)),
        "coverage": number(float(past.column.coverage[n]), 4),
        "fresh": fresh.isoformat() if fresh else None,
        "lost": number(lost, 3),
        "alarms": sum(rung.by_peak),
        "alarms_open": rung.still,
        "incidents": rung.incidents,
    }


def _handling(one: RegionScore) -> list[Json]:
    found = []
    for key in COUNTED:
        figure, row = one.figures.get(key), evaluation.INDICATORS[key]
        if figure is None or not figure.denominator:
            continue
        then = one.figures_before.get(key)
        found.append(
            {
                "key": key,
                "name": words(row.zh, row.en),
                "numerator": figure.numerator,
                "denominator": figure.denominator,
                "rate": number(figure.rate, 4),
                "before": number(then.rate, 4) if then else None,
                "score": number(figure_points(key, figure)),
            }
        )
    return found

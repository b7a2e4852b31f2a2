"""Proposals: every line of data/proposals.csv that a finding meets becomes a sentence. Openly by rule, and pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chengyun.vitals.checkup.contracts import EVALUATION, Target
from chengyun.vitals.checkup.rules import table

MOST = 12
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence for findings of a kind that measure at least so much."""

    rule: str
    finding: str
    at_least: float
    texts: Mapping[str, str]


RULES = [
    Rule(line["rule"], line["finding"], float(line["at_least"]), {"zh": line["zh"], "en": line["en"]})
    for line in table("proposals.csv")
]


@dataclass(frozen=True, slots=True)
class Finding:
    """`measure` is compared with a rule's limit; `lost` orders them: points of the whole. `said` fills the sentence, `name`
    in both languages."""

    kind: str
    measure: float
    lost: float
    target: Target
    code: str
    owner: str
    name: Mapping[str, str]
    said: Mapping[str, Any]


def propose(found: Json, centre: str) -> list[dict[str, Any]]:
    """One sentence per finding, by the strictest rule that it meets; those that cost most first."""
    made = []
    for finding in sorted(_findings(found, centre), key=lambda one: (-one.lost, one.code)):
        met = [one for one in RULES if one.finding == finding.kind and finding.measure >= one.at_least]
        if met:
            made.append(_sentence(max(met, key=lambda one: one.at_least), finding))
    return made[:MOST]


def _sentence(rule: Rule, finding: Finding) -> dict[str, Any]:
    said = {language: _filled(text, language, finding) for language, text in rule.texts.items()}
    return {
        "rule": rule.rule,
        "text": said,
        "owner": finding.owner,
        "target": finding.target.value,
        "code": finding.code,
    }


def _filled(text: str, language: str, finding: Finding) -> str:
    """Texts of people are arguments, never a pattern."""
    said = {
        key: value[language] if isinstance(value, Mapping) else value for key, value in finding.said.items()
    }
    return text.format(name=finding.name[language], owner=finding.owner, **said)


def _findings(found: Json, centre: str) -> Iterator[Finding]:
    for sign in found["problems"]:
        yield _of_sign(sign)
        if sign["alarms_open"]:
            yield _finding(
                "alarms", sign["alarms_open"], sign["lost"], Target.SIGN, sign, {"value": sign["alarms_open"]}
            )
    for domain in found["domains"]:
        yield from _of_domain(domain, centre)
    for figure in found["handling"]:
        yield from _of_figure(figure, found["handling_missed"], centre)
    for area in found["areas"]:
        if area["pull"] is not None:
            said = {
                "score": points(area["score"]),
                "value": points(area["pull"]),
                "weakest": area["weakest"] or {"zh": "各领域", "en": "all domains"},
            }
            name = {"zh": area["name"], "en": area["name"]}
            code = str(area["region"])
            yield Finding("area", area["pull"], area["pull"] / 100, Target.REGION, code, centre, name, said)


def _of_sign(sign: Json) -> Finding:
    """What it lost is either its value or that nobody knows it."""
    silent = 100 * (1 - sign["coverage"])
    said = {"score": points(sign["score"]), "lost": points(sign["lost"])}
    if sign["coverage"] < 0.5:
        return _finding(
            "silent", silent, sign["lost"], Target.SIGN, sign, {**said, "value": f"{silent:.0f}%"}
        )
    value = f"{sign['value']:.{sign['decimals']}f} {shown_unit(sign['unit'])}".strip()
    return _finding("sign", 100 - sign["score"], sign["lost"], Target.SIGN, sign, {**said, "value": value})


def _finding(
    kind: str, measure: float, lost: float, target: Target, sign: Json, said: Mapping[str, Any]
) -> Finding:
    return Finding(kind, measure, lost, target, sign["code"], sign["owner"], sign["name"], said)


def _of_domain(domain: Json, centre: str) -> Iterator[Finding]:
    score, code = domain["score"], domain["code"]
    if score["score"] is None or code == EVALUATION:
        return
    owner = domain["worst"][0]["owner"] if domain["worst"] else centre
    for kind, other in (("drop", score["before"]), ("behind", score["median"])):
        if other is not None:
            gap = other - score["score"]
            said = {"score": points(score["score"]), "value": points(gap)}
            yield Finding(kind, gap, gap / 100, Target.DOMAIN, code, owner, domain["name"], said)


def _of_figure(figure: Json, missed: int, centre: str) -> Iterator[Finding]:
    if figure["rate"] is None or figure["score"] is None:
        return
    rate = f"{100 * figure['rate']:.1f}%"
    lost = (100 - figure["score"]) / 100
    if figure["key"] == "handled_on_time":
        said = {"score": rate, "value": missed}
        yield Finding("late", missed, lost, Target.FIGURE, figure["key"], centre, figure["name"], said)
    if figure["key"] == "rework":
        said = {"score": rate, "value": figure["numerator"]}
        yield Finding(
            "rework", 100 * figure["rate"], lost, Target.FIGURE, figure["key"], centre, figure["name"], said
        )


def points(value: float) -> str:
    """A score in a sentence."""
    return f"{value:.1f}"


def shown_unit(unit: str) -> str:
    """UCUM as people read it: no braces, nothing for plain numbers."""
    return "" if unit == "1" else unit.replace("{", "").replace("}", "")

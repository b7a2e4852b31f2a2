"""A checkup as PDF: A4, selectable text. Typst lays out what it is given as data; fonts and template are our own files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from chengyun.kernel import audit
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.transactions import Tx
from chengyun.sensing.units import number_text
from chengyun.vitals.checkup import showing
from chengyun.vitals.checkup.contracts import (
    Checkup,
    CheckupArea,
    CheckupDomain,
    CheckupFigure,
    CheckupIncident,
    CheckupSign,
)
from chengyun.vitals.checkup.proposals import points
from chengyun.vitals.checkup.rules import table

HERE = Path(__file__).parent
FONTS = HERE / "fonts"  # filled by tools/build_console.py, in the wheel
FAMILY = "Noto Sans SC"
NOTHING = "—"
_LABELS = {
    language: {line["key"]: line[language] for line in table("labels.csv")} for language in ("zh", "en")
}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """What the template is filled with; `at` stamps the file."""

    name: str
    data: Json
    at: datetime

    def render(self) -> bytes:
        """The PDF. Needs no transaction. Raises Unavailable where the font is missing."""
        typesetter = typst.Compiler(
            (HERE / "report.typ").read_bytes(),
            root=FONTS,  # holds nothing but fonts: a template that asked for files would find none of ours
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(self.data, ensure_ascii=False)},
            package_path=FONTS,
            package_cache_path=FONTS,
        )
        found = typesetter.compile(format="pdf", timestamp=int(self.at.timestamp()))
        if not isinstance(found, bytes):
            raise TypeError("one document was set, not several")
        return found


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    if FAMILY not in found.families():
        raise Unavailable("checkup.no_font")
    return found


def paper(tx: Tx, checkup_id: int) -> Paper:
    """A version for printing; audited. Raises NotFound."""
    found = showing.one(tx, checkup_id)
    line = found.line
    told = {"region": line.region, "period": line.period.value, "first": str(line.first)}
    audit.record(tx, "checkup.printed", ("checkup", checkup_id), told)
    name = f"checkup-{line.region}-{line.first}-{line.last}-v{line.id}.pdf"
    return Paper(name, data_of(found, tx.actor.language, tx.actor.name, tx.now), line.computed_at)


def data_of(found: Checkup, language: str, taker: str, now: datetime) -> Json:
    """What the template takes: texts only, numbers as they are shown, and shares for bars."""
    language = "en" if language == "en" else "zh"
    say = _LABELS[language]
    kept = found.findings
    titles = {one.id: f"{one.number} {one.title}" for one in found.incidents}
    return {
        **_head(found, language, say),
        "mark": _mark(found, say, taker, now),
        "trend": [
            {"name": f"{part.first:%m-%d}", "score": part.score, "said": score(part.score)}
            for part in kept.parts
        ],
        "domains": [_domain(one) for one in kept.domains],
        "problems": [_problem(one, say, titles) for one in kept.problems],
        "handling": [_figure(one) for one in kept.handling],
        "missed": _missed(kept.handling_missed, found.missed, say),
        "areas": [_area(one) for one in kept.areas],
        "proposals": [{"text": one.text, "rule": one.rule} for one in kept.proposals],
        "method": say["about"].format(
            method=found.line.method,
            signs=kept.signs,
            without=kept.without_source,
            sampled=kept.sampled,
            recorded=percent(kept.recorded),
        ),
    }


def _head(found: Checkup, language: str, say: Mapping[str, str]) -> Json:
    """What it is, of where and when, and the whole."""
    overall = found.findings.overall
    return {
        "language": language,
        "labels": say,
        "title": f"{found.line.region_name}{say['title']}" if language == "zh" else say["title"],
        "author": found.line.by or say["scheduled"],
        "scope": found.label,
        "period": f"{found.line.first} – {found.line.last}",
        "running": _running(found, say),
        "simulated": found.findings.simulated,
        "overall": {
            "score": score(overall.score),
            "grade": found.grades.get(overall.grade or "", say["no_grade"]),
            "facts": _facts(found, say),
        },
    }


def _figure(one: CheckupFigure) -> Json:
    return {
        "name": one.name,
        "counted": f"{one.numerator} / {one.denominator}",
        "rate": percent(one.rate),
        "before": percent(one.before),
        "score": score(one.score),
    }


def _area(one: CheckupArea) -> Json:
    return {
        "name": one.name,
        "score": score(one.score),
        "before": score(one.before),
        "pull": signed(None if one.pull is None else -one.pull),
        "weakest": one.weakest,
    }


def _running(found: Checkup, say: Mapping[str, str]) -> str:
    line = found.line
    return say["running"].format(until=moment(line.until)) if line.until < line.ends else ""


def _mark(found: Checkup, say: Mapping[str, str], taker: str, now: datetime) -> str:
    """Which version of what this is, and who took it when."""
    line = found.line
    return say["mark"].format(
        region=line.region_name,
        id=line.id,
        at=moment(line.computed_at),
        by=line.by or say["scheduled"],
        taker=taker,
        now=moment(now),
    )


def _facts(found: Checkup, say: Mapping[str, str]) -> list[str]:
    overall = found.findings.overall
    facts = [say["covered"].format(value=percent(overall.coverage))]
    if overall.known is not None:
        facts.append(say["known"].format(value=score(overall.known)))
    if overall.score is not None and overall.before is not None:
        facts.append(say["delta"].format(value=signed(overall.score - overall.before)))
    if overall.rank is not None:
        facts.append(say["ranked"].format(rank=overall.rank, of=overall.of, median=score(overall.median)))
    blue, yellow, orange, red = found.findings.alarms
    return [*facts, say["alarm_facts"].format(blue=blue, yellow=yellow, orange=orange, red=red)]


def _domain(one: CheckupDomain) -> Json:
    held = one.score
    return {
        "name": one.name,
        "share": (held.score or 0.0) / 100,
        "level": level(held.score),
        "score": score(held.score),
        "before": score(held.before),
        "median": score(held.median),
        "rank": NOTHING if held.rank is None else f"{held.rank} / {held.of}",
        "coverage": percent(held.coverage),
        "alarms": str(sum(one.alarms)),
    }


def _problem(one: CheckupSign, say: Mapping[str, str], titles: Mapping[int, str]) -> Json:
    source = "no_source" if one.fresh is None else "source"
    known = "；".join(titles[incident] for incident in one.incidents if incident in titles)
    return {
        "name": one.name,
        "level": one.level,
        "word": say[f"level{one.level}"],
        "source": say[source].format(code=one.code, fresh=moment(one.fresh)),
        "value": value(one, one.value),
        "before": say["before_value"].format(value=value(one, one.before)),
        "score": score(one.score),
        "lost": f"{one.lost:.2f}",
        "alarms": str(one.alarms),
        "owner": one.owner,
        "incidents": say["incidents"].format(titles=known) if known else "",
    }


def _missed(count: int, some: list[CheckupIncident], say: Mapping[str, str]) -> str:
    if not count:
        return ""
    titles = "".join(f"；{one.number} {one.title}" for one in some[:5])
    return say["missed"].format(count=count, titles=titles)


def level(of: float | None) -> int:
    """The colour of a score: as a sign that earns so much, 0 for none."""
    return 0 if of is None else sum(of < limit for limit in (85, 70, 50, 25))


def score(of: float | None) -> str:
    """A score, or a dash: no data is no zero."""
    return NOTHING if of is None else points(of)


def value(sign: CheckupSign, of: float | None) -> str:
    """With its unit."""
    return NOTHING if of is None else f"{number_text(of, sign.decimals)} {sign.unit}".strip()


def percent(of: float | None) -> str:
    """A share."""
    return NOTHING if of is None else f"{100 * of:.1f}%"


def signed(of: float | None) -> str:
    """A difference."""
    return NOTHING if of is None else f"{of:+.1f}"


def moment(of: datetime | None) -> str:
    """In the city's time."""
    return NOTHING if of is None else f"{of.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

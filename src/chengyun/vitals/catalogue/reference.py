"""docs/reference/vital-signs.md: what the catalogue holds, counted from the catalogue itself. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from chengyun.sensing.units import unit_text
from chengyun.vitals.catalogue.contracts import SECTIONS, Catalogue
from chengyun.vitals.contracts import LEVELS, Input, Sign

LIVE, DATED, NONE = "live", "dated", "none"
_LEVEL = {"grid": "网格", "village": "村社区", "town": "镇街", "district": "区县", "city": "市"}
_INPUT = {
    Input.DATASTREAMS: "things' readings 设备读数",
    Input.INCIDENTS: "incidents 事件",
    Input.REGISTER: "registers 定期报送",
    Input.SIGNS: "other signs 其他体征",
}
_HEAD = """\
# Vital signs: the catalogue in numbers

Written from `scenarios/city-vitals` by `chengyun.vitals.catalogue.reference`; a test keeps it current. **No public catalogue has 4,700 indicators. This one is
generated**: {made:,} of {all:,} signs by {templates} templates (domain × measure × statistic × place), {hand:,} written or refined by hand. Codes,
limits and ranges are ours; a city replaces any of them by a scenario of its own ([how](../howto/write-a-scenario.md#things-and-signs)).

| | signs |
|---|---|
| all | {all:,} |
| compute live in the demonstration: from simulated things, from incidents, or from signs that do | {live:,} |
| dated numbers in the demonstration (simulated, 示意), or made with such | {dated:,} |
| 无数据源: nothing feeds them in the demonstration | {none:,} |
| have thresholds | {thresholds:,} |
| open an incident | {opens:,} |
| kinds of things / quantities / things that the demonstration simulates | {kinds} / {quantities} / {things:,} |
"""


def states(catalogue: Catalogue) -> dict[str, str]:
    """What feeds each sign in the demonstration: live, dated or none. Of several inputs the worst counts."""
    signs = {sign.code: sign for sign in catalogue.signs}
    found: dict[str, str] = {}
    for code in signs:
        _state(code, signs, catalogue, found)
    return found


def _state(code: str, signs: Mapping[str, Sign], catalogue: Catalogue, found: dict[str, str]) -> str:
    if code not in found:
        sign = signs[code]
        if sign.input is Input.SIGNS:
            below = {_state(one, signs, catalogue, found) for one in sign.inputs.values()}
            found[code] = NONE if NONE in below else DATED if DATED in below else LIVE
        else:
            found[code] = _fed(sign, catalogue)
    return found[code]


def _fed(sign: Sign, catalogue: Catalogue) -> str:
    if sign.input is Input.INCIDENTS:
        return LIVE
    if sign.input is Input.REGISTER:
        return DATED if sign.of in catalogue.demo_numbers else NONE
    return LIVE if catalogue.demo_things.get(sign.of.partition(".")[0]) else NONE


def page(catalogue: Catalogue) -> str:
    """The whole page."""
    signs = catalogue.signs
    fed = states(catalogue)
    made = [sign for sign in signs if sign.template is not None]
    count = Counter(fed.values())
    head = _HEAD.format(
        all=len(signs),
        made=len(made),
        hand=len(signs) - len(made),
        templates=len({sign.template for sign in made}),
        live=count[LIVE],
        dated=count[DATED],
        none=count[NONE],
        thresholds=sum(bool(sign.thresholds) for sign in signs),
        opens=sum(sign.opens is not None for sign in signs),
        kinds=len(catalogue.kinds),
        quantities=sum(len(kind.quantities) for kind in catalogue.kinds),
        things=sum(catalogue.demo_things.values()),
    )
    return head + "\n".join(
        ["", *_inputs(catalogue, fed), "", *_domains(catalogue, fed), "", *_kinds(catalogue), ""]
    )


def _inputs(catalogue: Catalogue, fed: Mapping[str, str]) -> Iterable[str]:
    yield "## By input and lowest level"
    yield ""
    yield (
        "| made of | signs | live | dated | 无数据源 | "
        + " | ".join(_LEVEL[level] for level in LEVELS)
        + " |"
    )
    yield "|---|---|---|---|---|" + "---|" * len(LEVELS)
    for source in Input:
        of = [sign for sign in catalogue.signs if sign.input is source]
        lowest = Counter(sign.lowest for sign in of)
        levels = " | ".join(f"{lowest[level]:,}" for level in LEVELS)
        yield f"| {_INPUT[source]} | {len(of):,} | {_counts(of, fed)} | {levels} |"


def _domains(catalogue: Catalogue, fed: Mapping[str, str]) -> Iterable[str]:
    yield "## By domain"
    yield ""
    yield "| section 板块 | domain 领域 | code | signs | by hand | live | dated | 无数据源 | with thresholds |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for domain in sorted(catalogue.domains, key=lambda one: list(SECTIONS).index(one.section)):
        of = [sign for sign in catalogue.signs if sign.domain == domain.code]
        hand = sum(sign.template is None for sign in of)
        ring = sum(bool(sign.thresholds) for sign in of)
        name = f"{domain.name_zh} {domain.name_en}"
        section = SECTIONS[domain.section][0]
        yield f"| {section} | {name} | `{domain.code}` | {len(of):,} | {hand} | {_counts(of, fed)} | {ring} |"


def _counts(of: Iterable[Sign], fed: Mapping[str, str]) -> str:
    count = Counter(fed[sign.code] for sign in of)
    return " | ".join(f"{count[state]:,}" for state in (LIVE, DATED, NONE))


def _kinds(catalogue: Catalogue) -> Iterable[str]:
    yield "## Kinds of things"
    yield ""
    yield "| kind | code | quantities (unit, valid range) | in the demonstration |"
    yield "|---|---|---|---|"
    for kind in catalogue.kinds:
        said = "; ".join(
            f"{one.name_zh} `{one.code}` ({unit_text(one.unit, 'en') or one.unit}, {one.low:g}…{one.high:g})"
            for one in kind.quantities
        )
        name = f"{kind.name_zh} {kind.name_en}"
        yield f"| {name} | `{kind.code}` | {said} | {catalogue.demo_things.get(kind.code, 0):,} |"

"""The catalogue: every mistake is told with file, line and remedy; the shipped one is right, quick, and says how it was made."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from chengyun.scenarios.catalogue import catalogue_of
from chengyun.scenarios.checking import check, examine
from chengyun.scenarios.service import catalogue_of_paths, check_command
from chengyun.sensing import units
from chengyun.vitals.catalogue.contracts import SECTIONS, Catalogue
from chengyun.vitals.catalogue.reference import page, states
from chengyun.vitals.catalogue.serial import from_json, to_json
from chengyun.vitals.contracts import Level, Sign, Statistic
from tests.scenarios.support import SHIPPED, SMALL, write

REPO = SHIPPED.parent
THINGS = """\
kinds:
  - code: gas
    name: { zh: 探测器, en: Detector }
    domain: gas
    interval: 60 s
    properties: { place: { school: { zh: 学校, en: schools } } }
    quantities:
      - { code: methane, name: { zh: 甲烷, en: Methane }, unit: "%{LEL}", range: [0, 100], sentinels: [-1, -200] }
      - { code: pressure, name: { zh: 压力, en: Pressure }, unit: kPa, range: [-5, 50] }
"""
SIGNS = """\
domains:
  - { code: gas, name: { zh: 燃气, en: Gas }, section: facilities, owner: gas-water }
lists:
  - id: two
    values:
      - { code: now, zh: 当前, en: now, set: { statistic: latest_max } }
      - { code: hour, zh: 小时, en: in an hour, set: { statistic: max, window: 1 h } }
templates:
  - id: levels
    axes:
      q: { quantities: { gas.methane: {}, gas.pressure: {} } }
      s: two
    sign: { code: "{q.code}.{s.code}", name: { zh: "{q.zh}{s.zh}", en: "{q.en} {s.en}" }, domain: gas, datastreams: "{q.code}" }
signs:
  - code: gas.alarm
    name: { zh: 报警, en: Alarm }
    domain: gas
    datastreams: gas.methane
    statistic: above
    limit: 20
    lowest: grid
    bad: high
    thresholds: { yellow: [1, 0], red: [5, 3] }
    opens: { level: red, category: s.bin, title: 泄漏 }
  - { code: gas.late, name: { zh: 超期, en: Overdue }, domain: gas, incidents: "overdue:s.", lowest: town }
  - { code: gas.users, name: { zh: 用户, en: Users }, domain: gas, register: gas.users, unit: "{household}", period: year }
  - code: gas.share
    name: { zh: 比例, en: Share }
    domain: gas
    signs: { n: gas.late, d: gas.users }
    expression: n / d
    unit: "1"
"""
FOLDER = {**SMALL, "things.yaml": THINGS, "signs.yaml": SIGNS}

# what is changed, into what, the finding's code, words in the line that it points to
MISTAKES: list[tuple[str, str, str, str]] = [
    ("section: facilities", "section: facility", "domain.section", "section"),
    ("owner: gas-water", "owner: gasmen", "unit.unknown", "owner"),
    ("domain: gas\n    datastreams: gas.methane", "domain: gass\n    datastreams: gas.methane", "domain.unknown", "gass"),
    ("      s: two", "      s: three", "template.list", "three"),
    ("{ gas.methane: {}, gas", "{ gas.methan: {}, gas", "quantity.unknown", "gas.methan:"),
    ("q: { quantities: { gas.methane: {}, gas.pressure: {} } }", "q: { groups: [x] }", "template.nothing", "[x]"),
    ('datastreams: "{q.code}" }', 'datastreams: "{q.cod}" }', "template.place", "{q.cod}"),
    ('code: "{q.code}.{s.code}"', 'code: "{q.code}"', "sign.twice", '"{q.code}"'),
    ('sign: { code', "sign: { lowest: moon, code", "sign.value", "moon"),
    ("datastreams: gas.methane", "datastreams: gas.methan", "quantity.unknown", "gas.methan"),
    ('incidents: "overdue:s."', 'incidents: "overdo:s."', "sign.measure", "overdo"),
    ('incidents: "overdue:s."', 'incidents: "overdue:x."', "category.unknown", "overdue:x."),
    ("lowest: town }", "open: 1 }", "schema.unknown", "open: 1"),
    ("lowest: town }", "register: y }", "sign.input", "register: y"),
    ("category: s.bin", "category: s.bim", "category.unknown", "s.bim"),
    ("{ level: red,", "{ level: orange,", "sign.opens_level", "orange"),
    ("n: gas.late", "n: gas.lat", "sign.unknown", "gas.lat,"),
    ("expression: n / d", "expression: n / m", "sign.expression", "n / m"),
    ("expression: n / d", "expression: n ** d", "sign.expression", "n ** d"),
    ("expression: n / d", "expression: n + 1", "sign.unused", "n + 1"),
    ('unit: "1"', "unit: kPa", "sign.unit", "kPa"),
    ('unit: "1"', "unit: furlong", "sign.unit_unknown", "furlong"),
    ("n: gas.late, d: gas.users", "n: gas.pressure.now, d: gas.late", "sign.unit", 'unit: "1"'),
    ("n: gas.late, d: gas.users }\n    expression: n / d", "n: gas.pressure.now, d: gas.late }\n    expression: n - d", "sign.mixed", "n - d"),
    ("d: gas.users }", "d: gas.share }", "sign.cycle", "gas.share }"),
    ("[5, 3]", "[0.5, 0.2]", "sign.monotone", "0.5"),
    ("[5, 3]", "[5, 6]", "sign.on_off", "[5, 6]"),
    ("[1, 0]", "[-1, -2]", "sign.unreachable", "-1"),
    ("bad: high\n    thresholds", "thresholds", "sign.direction", "code: gas.alarm"),
    ("    thresholds: { yellow: [1, 0], red: [5, 3] }\n", "", "sign.opens_nothing", "opens"),
    ("limit: 20", "limit: 200", "sign.limit_range", "limit: 200"),
    ("    limit: 20\n", "", "sign.limit", "code: gas.alarm"),
    ("    limit: 20\n", "    limit: 20\n    where: { place: church }\n", "sign.where", "church"),
    ("    limit: 20\n", "    limit: 20\n    window: 1 h\n", "sign.window", "window"),
    ("statistic: above\n    limit: 20", "statistic: max\n    window: 10 s", "sign.window_short", "10 s"),
    ("statistic: above\n    limit: 20", "statistic: gauge", "sign.statistic", "gauge"),
    ("    lowest: grid\n", "    lowest: town\n    alarm_at: [grid]\n", "sign.alarm_level", "alarm_at"),
    ('    unit: "1"', '    unit: "1"\n    lowest: grid', "sign.lowest", "lowest: grid"),
    ("period: year }", "period: year, demo: { per: gas.homes, range: [0, 1] } }", "sign.demo", "gas.homes"),
    ("period: year }", "period: year, demo: { rest: gas.users, without: [gas.users] } }", "sign.demo", "gas.users, without"),
    (", period: year }", " }", "sign.period", "gas.users, unit"),
    ('unit: "{household}", ', "", "sign.missing", "register: gas.users"),
    ("zh: 超期, en: Overdue", "zh: 报警, en: Overdue", "sign.same_name", "报警"),
    ('incidents: "overdue:s."', "datastreams: gas.pressure, statistic: max, window: 1 h", "sign.twin", "gas.pressure, statistic"),
    ("range: [0, 100]", "range: [100, 0]", "sign.range", "[100, 0]"),
    ("unit: kPa, range", "unit: kPascal, range", "sign.unit_unknown", "kPascal"),
    ("interval: 60 s", "interval: 60", "schema.value", "interval: 60"),
("owner: gas-water }", "owner: gas-water }\n  - { code: gas, name: { zh: 气, en: Gas }, section: facilities, owner: power }", "duplicate", "owner: power"),
]  # fmt: skip


def test_the_small_catalogue_is_right(tmp_path: Path) -> None:
    seen = examine([write(tmp_path / "small", FOLDER)])
    assert [str(one) for one in seen.findings] == []
    found = catalogue_of(seen.folders).catalogue
    signs = {sign.code: sign for sign in found.signs}
    assert [(sign.code, sign.template) for sign in found.signs] == [
        ("gas.alarm", None), ("gas.late", None), ("gas.users", None), ("gas.share", None),
        ("gas.methane.now", "levels"), ("gas.methane.hour", "levels"), ("gas.pressure.now", "levels"),
        ("gas.pressure.hour", "levels"),
    ]  # fmt: skip
    methane = signs["gas.methane.hour"]
    assert (methane.name_zh, methane.unit, methane.low, methane.high) == ("甲烷小时", "%{LEL}", 0, 100)
    assert (methane.owner, methane.statistic, methane.window_s) == ("gas-water", Statistic.MAX, 3600)
    assert found.kinds[0].quantities[0].sentinels == (-1.0, -200.0)
    assert found.kinds[0].quantities[1].low == -5


@pytest.mark.parametrize(("old", "new", "code", "words"), MISTAKES)
def test_a_mistake_is_found_where_it_stands(
    tmp_path: Path, old: str, new: str, code: str, words: str
) -> None:
    file = "things.yaml" if old in THINGS else "signs.yaml"
    text = FOLDER[file].replace(old, new, 1)
    assert text != FOLDER[file]
    folder = write(tmp_path / "small", {**FOLDER, file: text})
    every = check([folder])
    found = [one for one in every if one.code == code and Path(one.file).name == file]
    assert found, [str(one) for one in every]
    lines = [at for at, line in enumerate(text.splitlines(), 1) if words in line]
    assert found[0].line in lines, str(found[0])
    assert found[0].zh
    assert found[0].en
    assert found[0].remedy
    assert found[0].remedy_en
    assert len(found) <= 2, "a template's mistake is told once"


CITY = {
    "scenario.yaml": SMALL["scenario.yaml"].replace("id: small", "id: our-city")
    + "needs: { scenarios: [small] }\n",
    "README.md": "# 本市\n",
    "signs.yaml": """\
signs:
  - { code: gas.methane.now, name: { zh: 最高甲烷, en: Highest methane }, bad: high, thresholds: { red: [40, 30] } }
  - { code: gas.late, name: { zh: 超期, en: Overdue }, drop: true }
  - { code: gas.share, name: { zh: 比例, en: Share }, incidents: open }
""",
}


def test_a_later_scenario_wins_and_the_check_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [write(tmp_path / "our-city", CITY), write(tmp_path / "small", FOLDER)]
    found = catalogue_of_paths(paths)
    signs = {sign.code: sign for sign in found.signs}
    changed = signs["gas.methane.now"]
    assert (changed.name_en, changed.thresholds[0].level, changed.of) == (
        "Highest methane",
        Level.RED,
        "gas.methane",
    )
    assert changed.template is None
    assert (signs["gas.share"].of, signs["gas.share"].inputs) == ("open", {})
    assert "gas.late" not in signs
    assert found.scenario["gas.share"] == "our-city"
    assert found.scenario["gas.users"] == "small"
    assert check_command(paths) == 0
    assert "our-city replaces 2 signs of small: gas.methane.now, gas.share" in capsys.readouterr().out


def test_an_overlay_changes_a_generated_sign_and_drops_one(tmp_path: Path) -> None:
    over = {
        "scenario.yaml": "id: here\noverlay: small\nversion: 1.0.0\n",
        "signs.yaml": "signs:\n  - { code: gas.methane.hour, lowest: village }\n  - { code: gas.pressure.now, drop: true }\n",
    }
    seen = examine([write(tmp_path / "small", FOLDER), write(tmp_path / "here", over)])
    assert [str(one) for one in seen.findings] == []
    signs = {sign.code: sign for sign in catalogue_of(seen.folders).catalogue.signs}
    assert signs["gas.methane.hour"].lowest == "village"
    assert "gas.pressure.now" not in signs
    wrong = over | {"signs.yaml": "signs:\n  - { code: gas.nothing, drop: true }\n"}
    found = check([tmp_path / "small", write(tmp_path / "here", wrong)])
    assert [(one.code, Path(one.file).parent.name, one.line) for one in found] == [
        ("overlay.drop", "here", 2)
    ]


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return catalogue_of_paths([SHIPPED])


def test_the_shipped_catalogue_is_right_and_quick() -> None:
    began = time.process_time()
    seen = examine([SHIPPED])
    found = catalogue_of(seen.folders).catalogue
    assert time.process_time() - began < 3
    assert [str(one) for one in seen.findings] == []
    assert len(found.signs) >= 4700
    assert {domain.section for domain in found.domains} == set(SECTIONS)
    assert sum(found.demo_things.values()) >= 20_000


def test_no_two_signs_differ_in_name_only(shipped: Catalogue) -> None:
    """Told independently of the check: what is left of a sign without code and names is there once."""
    bare = [repr(replace(sign, code="", name_zh="", name_en="", template=None)) for sign in shipped.signs]
    assert len(set(bare)) == len(bare)
    assert len({sign.name_zh for sign in shipped.signs}) == len(bare)
    assert all(sign.lowest in ("grid", "village", "town", "district", "city") for sign in shipped.signs)


def test_what_the_report_names_is_there_and_rings(shipped: Catalogue) -> None:
    signs = {sign.code: sign for sign in shipped.signs}
    for code in (
        "gas.methane.now-max", "smoke.obscuration.now-max", "bridge-strain.strain.hour-change", "slope-displacement.speed.now-max",
        "muck-site.overload.hour-sum", "water-level.over-warning.now-max", "crowd.density.now-max",
    ):  # fmt: skip
        assert signs[code].thresholds, code
        assert signs[code].opens is not None, code
    for code in (
        "premises.eatery.hazards",
        "grassroots.workers",
        "population.resident",
        "metro.3.passengers",
        "pipes.gas.old",
        "checkup.city.air",
    ):
        assert signs[code].period in ("month", "year"), code
    fed = states(shipped)
    assert fed["care-button.still.now-max"] == "none"
    assert fed["incident.01.open.per-head"] == "dated"


def test_what_one_thing_feels_is_one_alarm_and_one_incident(shipped: Catalogue) -> None:
    """Of a quantity's extremes one sign rings, wherever the thing stands; none is left out."""
    by_quantity: dict[tuple[str, Statistic], list[Sign]] = {}
    for sign in shipped.signs:
        if sign.thresholds and sign.statistic in (Statistic.LATEST_MAX, Statistic.LATEST_MIN):
            by_quantity.setdefault((sign.of, sign.statistic), []).append(sign)
    assert len(by_quantity[("gas.methane", Statistic.LATEST_MAX)]) == 2
    for key, signs in by_quantity.items():
        places = [{name: value.removeprefix("not ")} for one in signs for name, value in one.where.items()]
        for thing in [{}, {"place": "elsewhere"}, *places]:
            assert [one.code for one in signs if fits(one, thing)][1:] == [], (key, thing)
            assert any(fits(one, thing) for one in signs), (key, thing)


def fits(sign: Sign, thing: dict[str, str]) -> bool:
    """Whether a thing with these properties is in a sign."""
    return all(
        thing.get(name) != value.removeprefix("not ")
        if value.startswith("not ")
        else thing.get(name) == value
        for name, value in sign.where.items()
    )


def test_the_page_of_numbers_is_current(shipped: Catalogue) -> None:
    known = (REPO / "docs" / "reference" / "vital-signs.md").read_text(encoding="utf-8")
    assert known == page(shipped), (
        "write it again: python -m chengyun.scenarios.vital_signs > docs/reference/vital-signs.md"
    )


def test_a_sign_survives_json(shipped: Catalogue) -> None:
    assert [from_json(to_json(sign)) for sign in shipped.signs] == list(shipped.signs)
    plain = Sign("a", "甲", "A", "gas", "1", "", "power", shipped.signs[0].input)
    assert set(to_json(plain)) == {"code", "name_zh", "name_en", "domain", "unit", "source", "owner", "input"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("kPa", "N/m2"), ("km/h", "mm/s"), ("m3/h", "L/s"), ("kW.h", "J"), ("um/m", "%{LEL}"), ("ug/m3", "10*-6.g/(m.m2)"), ("har", "m2/{person}")],
)  # fmt: skip
def test_units_of_one_dimension(one: str, other: str) -> None:
    assert units.dimension(one) == units.dimension(other)
    assert units.dimension(one) != units.dimension("A")
    with pytest.raises(units.UnknownUnit):
        units.dimension(f"{one}.furlong")


def test_a_template_speaks_of_the_categories_that_its_scenario_needs(tmp_path: Path) -> None:
    """A scenario that brings categories of its own does not disturb a catalogue that knows nothing of it."""
    lone = SMALL["categories.yaml"].replace("[垃圾桶]", "[小桶]").replace("[路灯]", "[小灯]")
    seen = examine([SHIPPED, write(tmp_path / "small", categories=lone, messages=None)])
    assert [str(one) for one in seen.findings] == []
    assert len(catalogue_of(seen.folders).catalogue.signs) == len(catalogue_of_paths([SHIPPED]).signs)

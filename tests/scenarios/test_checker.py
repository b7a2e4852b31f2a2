"""What the checker finds, told by file, line and code; and that it finds nothing in what ships."""

from __future__ import annotations

import time
from pathlib import Path
from shutil import copytree

import pytest

from chengyun.scenarios.checking import check, examine
from chengyun.scenarios.contracts import TownKind
from chengyun.scenarios.findings import CODES
from tests.scenarios.support import SHIPPED, SMALL, write
from tests.vitals.test_catalogue import MISTAKES as SIGN_MISTAKES

# file, what is changed, into what, code, words in the changed file's line that the finding points to
MISTAKES: list[tuple[str, str, str, str, str]] = [
    ("scenario.yaml", "id: small\n", "id: small\nid: other\n", "yaml.duplicate_key", "id: other"),
    ("scenario.yaml", "name: { zh", "name: [ zh", "yaml.syntax", "name: ["),
    ("scenario.yaml", "family: society", "family: &f society\nsections: [*f]", "yaml.alias", "society"),
    ("scenario.yaml", "version: 1.0.0", "version: 1", "schema.value", "version: 1"),
    ("scenario.yaml", "family: society\n", "", "schema.missing", "id: small"),
    ("scenario.yaml", "family: society", "family: society\nfamliy: x", "schema.unknown", "famliy"),
    ("scenario.yaml", ", en: Small scenario", "", "text.untranslated", "小场景"),
    ("scenario.yaml", "en: Small scenario", "en: 小场景", "text.untranslated", "小场景"),
    ("scenario.yaml", "family:", "needs: { scenarios: [nobody] }\nfamily:", "needs.unknown", "nobody"),
    ("categories.yaml", "s.lamp", "s.bin", "duplicate", "s.bin"),
    ("categories.yaml", "hints: [路灯]", "hints: [路灯, 垃圾桶]", "hint.shared", "路灯, 垃圾桶"),
    ("categories.yaml", "evidence: [after]", "evidence: [before]", "evidence.unknown", "before"),
    ("categories.yaml", "level: blue", "level: pink", "schema.value", "pink"),
    ("categories.yaml", "code: s.lamp", "code: 1404", "schema.value", "1404"),
    ("limits.yaml", "category: s.lamp", "category: s.lampe", "category.unknown", "s.lampe"),
    ("limits.yaml", "limit: 2 工作日", "limit: 2 个工作日", "schema.value", "个工作日"),
    ("limits.yaml", "2 工作日 }", "2 工作日, escalate: [2, 1.5] }", "limit.escalate", "escalate"),
    ("limits.yaml", "id: handle-lamp, category: s.lamp", "id: all", "limit.unreachable", "id: handle,"),
    ("duties.yaml", "lead: sanitation", "lead: dustmen", "unit.unknown", "dustmen"),
    ("duties.yaml", "lead: sanitation", "lead: housing", "unit.level", "housing"),
    ("duties.yaml", "assist: [safety-office]", "assist: [construction-office]", "unit.twice", "assist"),
    ("duties.yaml", "category: s.bin", 'category: "*"', "rule.default_bucket", '"*"'),
    ("routing.yaml", "hours:", "colour: red, hours:", "fact.unknown", "colour"),
    ("routing.yaml", '"20:00-06:00"', '"20:00-26:00"', "schema.value", "26:00"),
    ("routing.yaml", "category: s.bin", "category: s.bim", "category.unknown", "s.bim"),
    (
        "routing.yaml",
        "{ unit: safety-office, level: town }",
        "{ unit: safety-office, level: city }",
        "unit.level",
        "city",
    ),
    ("routing.yaml", "- id: bin-first", "- id: night-lamp", "duplicate", "- id: night-lamp"),
    (
        "routing.yaml",
        "  auto: true",
        "  assign_down: { unit: sanitation, level: town }",
        "route.loop",
        "assign_down",
    ),
    (
        "messages.yaml",
        "audience: reporter",
        "audience: reporter, category: s.bim",
        "category.unknown",
        "s.bim",
    ),
    (
        "messages.yaml",
        "audience: reporter",
        "audience: reporter, categroy: s.bin",
        "schema.unknown",
        "categroy",
    ),
    ("messages.yaml", "audience: reporter", "audience: reporter, category: 7", "schema.value", "category: 7"),
    ("messages.yaml", "step: accept", "step: embrace", "step.unknown", "embrace"),
    ("messages.yaml", '"{number} 已受理"', '"{nummer} 已受理"', "message.field", "nummer"),
    ("messages.yaml", '"{number} 已受理"', '"{number 已受理"', "message.braces", "number 已受理"),
]


def line_of(text: str, words: str) -> list[int]:
    return [at for at, line in enumerate(text.splitlines(), 1) if words in line]


def test_the_small_scenario_is_right(tmp_path: Path) -> None:
    assert check([write(tmp_path / "small")]) == []


@pytest.mark.parametrize(("file", "old", "new", "code", "words"), MISTAKES)
def test_a_mistake_is_found_where_it_stands(
    tmp_path: Path, file: str, old: str, new: str, code: str, words: str
) -> None:
    text = SMALL[file].replace(old, new, 1)
    assert text != SMALL[file]
    folder = write(tmp_path / "small", {**SMALL, file: text})
    found = [one for one in check([folder]) if one.code == code]
    assert found, [str(one) for one in check([folder])]
    assert found[0].file == f"{folder.as_posix()}/{file}"
    assert found[0].line in line_of(text, words)
    assert found[0].zh
    assert found[0].en
    assert found[0].remedy
    assert found[0].remedy_en


def test_a_rule_behind_one_that_takes_its_cases_is_unreachable(tmp_path: Path) -> None:
    wide = """\
- id: wide
  why: { zh: 全部, en: All }
  when: { category: s.*, any: [{ level: [red, orange] }, { not: { level: [red, orange] } }], owner: town }
  lead: { unit: sanitation, level: town }
"""
    found = check([write(tmp_path / "small", routing=wide + SMALL["routing.yaml"])])
    assert [(one.code, one.line) for one in found] == [("rule.unreachable", 5), ("rule.unreachable", 9)]
    assert "wide" in found[0].en


def test_nobody_changes_the_words_of_another_scenario(tmp_path: Path) -> None:
    own = (SHIPPED / "muck-trucks" / "messages.yaml").read_text(encoding="utf-8")
    found = {}
    for category in ('"*"', "0102"):
        trucks = copytree(SHIPPED / "muck-trucks", tmp_path / str(len(found)) / "muck-trucks")
        copytree(SHIPPED / "city-management", trucks.parent / "city-management")
        text = own.replace("category: muck-truck.*", f"category: {category}")
        (trucks / "messages.yaml").write_text(text, encoding="utf-8")
        found[category] = [(one.code, Path(one.file).name, one.line) for one in check([trucks])]
    assert set(map(tuple, found.values())) == {(("message.foreign", "messages.yaml", 5),)}


def test_two_rules_together_may_shadow_a_third(tmp_path: Path) -> None:
    rules = """\
- id: day
  why: { zh: 白天, en: By day }
  when: { category: s.lamp, hours: "06:00-20:00", owner: town }
  lead: { unit: construction-office, level: town }
- id: night
  why: { zh: 夜里, en: By night }
  when: { category: s.lamp, hours: "20:00-06:00", owner: town }
  lead: { unit: safety-office, level: town }
- id: never
  why: { zh: 轮不到, en: Never }
  when: { category: s.lamp, returns: 0, owner: town }
  lead: { unit: sanitation, level: town }
"""
    found = check([write(tmp_path / "small", routing=rules)])
    assert [(one.code, one.line) for one in found] == [("rule.unreachable", 9)]
    assert "day, night" in found[0].en


def test_a_rule_whose_lead_never_exists_and_one_that_contradicts_itself(tmp_path: Path) -> None:
    rules = """\
- id: impossible
  why: { zh: 不可能, en: Impossible }
  when: { category: s.lamp, all: [{ returns: "< 1" }, { returns: "> 3" }] }
  lead: { unit: sanitation, level: town }
"""
    found = check([write(tmp_path / "small", routing=rules)])
    assert [one.code for one in found] == ["rule.never"]


def test_a_level_without_a_duty_line_is_a_gap(tmp_path: Path) -> None:
    duties = SMALL["duties.yaml"].replace("    town: { lead: sanitation }\n", "")
    found = check([write(tmp_path / "small", duties=duties)])
    assert [(one.code, one.line) for one in found] == [("duty.missing", 7)]


def test_a_category_that_reaches_nobody_is_counted_out_of_the_proof(tmp_path: Path) -> None:
    duties = SMALL["duties.yaml"].split("  - category: s.lamp")[0]
    towns = [TownKind("urban", True, 3), TownKind("rural", False, 4)]
    seen = examine([write(tmp_path / "small", duties=duties)], towns)
    assert seen.proof is not None
    assert (seen.proof.pairs, seen.proof.reached) == (14, 7)
    lost = [one for one in seen.findings if one.code == "route.nobody"]
    assert len(lost) == 1
    assert "7" in lost[0].en


def test_a_town_without_villages_falls_through_to_the_matrix(tmp_path: Path) -> None:
    towns = [TownKind("rural", False, 1)]
    duties = SMALL["duties.yaml"].replace("town: { lead: sanitation }", "town: { lead: enforcement-team }")
    seen = examine([write(tmp_path / "small", duties=duties)], towns)
    assert seen.proof is not None
    assert seen.proof.reached == seen.proof.pairs == 2
    assert [one.code for one in seen.findings] == ["rule.never"]  # no community to lead in any of them


def test_a_stage_without_a_limit_is_a_gap_for_each_level(tmp_path: Path) -> None:
    limits = SMALL["limits.yaml"].replace("stage: check,", "level: [red, orange], stage: check,")
    found = check([write(tmp_path / "small", limits=limits)])
    assert [one.code for one in found] == ["limit.missing"] * 2  # once for each category
    assert "yellow, blue" in found[0].en


def test_scenarios_that_need_each_other_are_a_loop(tmp_path: Path) -> None:
    def named(name: str, need: str) -> dict[str, str]:
        swap = {
            "small": name,
            "s.": f"{name}.",
            "code: s\n": f"code: {name}\n",
            "night-": f"{name}-",
            "bin-f": f"{name}f",
        }
        texts = dict(SMALL)
        for old, new in swap.items():
            texts = {file: text.replace(old, new) for file, text in texts.items()}
        texts["scenario.yaml"] += f"needs: {{ scenarios: [{need}] }}\n"
        texts["categories.yaml"] = (
            texts["categories.yaml"].replace("垃圾桶]", f"桶{name}]").replace("路灯]", f"灯{name}]")
        )
        texts["messages.yaml"] = texts["messages.yaml"].replace(
            "accept", "verify" if name == "one" else "accept"
        )
        return texts

    one = write(tmp_path / "one", named("one", "two"))
    two = write(tmp_path / "two", named("two", "one"))
    codes = {found.code for found in check([one, two])}
    assert "needs.loop" in codes


def test_what_a_scenario_needs_is_found_beside_it(tmp_path: Path) -> None:
    alone = examine([SHIPPED / "muck-trucks"])
    assert [folder.id for folder in alone.folders] == ["muck-trucks", "city-management"]
    assert alone.findings == []
    names = [path.name for path in (SHIPPED / "muck-trucks").glob("*.*")]
    texts = {name: (SHIPPED / "muck-trucks" / name).read_text(encoding="utf-8") for name in names}
    elsewhere = examine([write(tmp_path / "elsewhere", texts)])
    assert [one.code for one in elsewhere.findings] == ["needs.unknown"]


def test_a_scenario_may_not_route_what_it_does_not_need(tmp_path: Path) -> None:
    other = write(tmp_path / "small")
    rules = """\
- id: taken
  why: { zh: 别人的, en: Somebody else's }
  when: { category: "0102", returns: "> 8" }
  lead: { unit: sanitation, level: town }
"""
    (other / "routing.yaml").write_text(rules, encoding="utf-8")
    found = check([other, SHIPPED / "city-management"])
    assert "rule.foreign" in {one.code for one in found}


def test_a_missing_file_and_one_that_does_not_belong(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", duties=None)
    (folder / "rooting.yaml").write_text("[]", encoding="utf-8")
    codes = [(one.code, Path(one.file).name) for one in check([folder])]
    assert codes == [("file.unknown", "rooting.yaml"), ("file.missing", "duties.yaml")]


def test_every_case_that_can_be_told_apart_is_tried(tmp_path: Path) -> None:
    """Bounds are tried on both sides: a rule that only holds above 100 m does not count as reached below."""
    rules = """\
- id: far
  why: { zh: 远, en: Far }
  when: { category: s.lamp, border_m: ">= 100" }
  lead: { unit: sanitation, level: town }
- id: near
  why: { zh: 近, en: Near }
  when: { category: s.lamp, border_m: "< 100" }
  lead: { unit: safety-office, level: town }
- id: none-left
  why: { zh: 没有了, en: None left }
  when: { category: s.lamp }
  lead: { unit: enforcement-team, level: town }
"""
    found = check([write(tmp_path / "small", routing=rules)])
    assert [(one.code, one.line) for one in found if one.code == "rule.unreachable"] == [
        ("rule.unreachable", 9)
    ]


def test_what_ships_is_right_and_covers_every_town() -> None:
    started = time.process_time()
    seen = examine([SHIPPED])
    assert [str(one) for one in seen.findings] == []
    assert seen.proof is not None
    assert seen.proof.towns == 1031
    assert seen.proof.reached == seen.proof.pairs == seen.proof.categories * 1031
    assert time.process_time() - started < 3


def test_every_finding_has_its_words_in_both_languages() -> None:
    tested = {code for _, _, _, code, _ in MISTAKES}
    elsewhere = {
        "duty.missing", "route.nobody", "limit.missing", "needs.loop", "rule.foreign", "message.foreign",
            "file.missing",        "file.unknown", "rule.unreachable", "rule.never", "overlay.base", "overlay.drop",
    }  # fmt: skip
    signs = {code for _, _, code, _ in SIGN_MISTAKES}
    assert CODES - tested - elsewhere - signs == set()

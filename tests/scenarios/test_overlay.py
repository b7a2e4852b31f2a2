"""A local overlay is a folder that holds only what differs; the rest comes from the scenario below it."""

from __future__ import annotations

from pathlib import Path

from chengyun.incidents.contracts import Stage
from chengyun.kernel.clock import Clock
from chengyun.scenarios.checking import check, examine
from chengyun.scenarios.compiling import compile_folders
from tests.scenarios.support import write

OVER = {
    "scenario.yaml": "id: small-here\noverlay: small\nversion: 1.0.0\n",
    "limits.yaml": "limits:\n  - { id: handle-lamp, limit: 8 工作时 }\n",
    "routing.yaml": """\
- id: bin-first
  drop: true
- id: lamp-by-the-river
  why: { zh: 江边先派社区, en: "By the river the community goes first" }
  when: { category: s.lamp, border_m: "< 30", owner: town }
  lead: { unit: community, level: village }
""",
    "messages.yaml": 'messages:\n  - { step: accept, audience: reporter, zh: "收到啦，{number}" }\n',
}


def test_what_differs_is_changed_and_the_rest_stays(tmp_path: Path) -> None:
    seen = examine([write(tmp_path / "small"), write(tmp_path / "here", OVER)])
    assert [str(one) for one in seen.findings] == []
    book = compile_folders(seen.folders)
    lamp = next(rule for rule in book.limits if rule.id == "small/handle-lamp")
    assert (lamp.category, lamp.stage, lamp.limit.amount, lamp.limit.clock) == (
        "s.lamp",
        Stage.HANDLE,
        8.0,
        Clock.WORKING_HOURS,
    )
    assert [rule.id for rule in book.routing] == ["lamp-by-the-river", "night-lamp"]
    assert [(one.zh, one.en) for one in book.messages] == [("收到啦，{number}", "{number} has been accepted")]
    assert set(book.versions) == {"small"}


def test_the_digest_tells_the_overlay_apart(tmp_path: Path) -> None:
    base, here = write(tmp_path / "small"), write(tmp_path / "here", OVER)
    plain, over = (compile_folders(examine(paths).folders).digest for paths in ([base], [base, here]))
    assert plain != over
    assert plain == compile_folders(examine([base]).folders).digest


def test_an_overlay_without_its_scenario_and_one_that_drops_nothing(tmp_path: Path) -> None:
    assert [one.code for one in check([write(tmp_path / "here", OVER)])] == ["overlay.base"]
    wrong = OVER | {"routing.yaml": "- id: nowhere\n  drop: true\n- { id: half, auto: true }\n"}
    found = check([write(tmp_path / "small"), write(tmp_path / "wrong", wrong)])
    assert [(one.code, one.line) for one in found if one.code == "overlay.drop"] == [("overlay.drop", 1)]
    assert {one.line for one in found if one.code == "schema.missing"} == {3}

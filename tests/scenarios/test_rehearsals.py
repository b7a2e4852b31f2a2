"""The rehearsals that ship are played as they are written, on a small city, with each post's own permissions."""

from __future__ import annotations

import dataclasses

import pytest

from chengyun.kernel.transactions import Database
from chengyun.scenarios.folders import load
from chengyun.scenarios.rehearsing import rehearse
from tests.scenarios.support import SHIPPED


@pytest.mark.parametrize("scenario", ["city-management", "city-vitals", "muck-trucks"])
def test_the_rehearsals_go_as_written(staged: Database, scenario: str) -> None:
    folder, _ = load(SHIPPED / scenario)
    assert folder is not None
    played = rehearse(staged, folder)
    assert len(played) == len(list((SHIPPED / scenario / "rehearsals").glob("*.yaml")))
    assert [failure for one in played for failure in one.failures] == []


STORY = """\
name: { zh: 错的期望, en: A wrong expectation }
start: monday 09:00
cast:
  resident: { role: resident }
  town: { role: town-duty, at: 九龙坡区/石桥铺街道 }
steps:
  - who: resident
    do: report
    with: { text: 路灯不亮, category: c0103, at: 九龙坡区/石桥铺街道 }
    expect: { state: reported }
  - { who: town, do: accept, expect: { state: verified } }
  - { who: nobody-gets-here, do: verify }
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("", "", 11, "state is 'accepted', expected 'verified'"),
        ("expect: { state: verified }", "expect: { refused: incidents.none }", 11, "was not refused"),
        ("who: town, do: accept", "who: resident, do: accept", 11, "refused with"),
        ("monday 09:00", "someday", 2, "schema.value"),
    ],
)
def test_what_does_not_go_as_written_is_told_with_its_line(
    staged: Database, old: str, new: str, line: int, words: str
) -> None:
    folder, _ = load(SHIPPED / "city-management")
    assert folder is not None
    told = rehearse(staged, dataclasses.replace(folder, files={"rehearsals/x.yaml": STORY.replace(old, new)}))
    assert len(told) == 1
    assert len(told[0].failures) == 1
    assert f"rehearsals/x.yaml:{line}: " in told[0].failures[0]
    assert words in told[0].failures[0]

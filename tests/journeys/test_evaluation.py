"""A district officer reads the evaluation: from the table to the incidents behind a number, and away with the file."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.journeys.support import Desk, Stage

pytestmark = pytest.mark.browser
WIDTHS = (1440, 1920)


REPORT = """async ([text, key]) => (await fetch('/api/incidents/reports', {
  method: 'POST', headers: { 'X-Chengyun': '1', 'Idempotency-Key': key, 'Content-Type': 'application/json' },
  body: JSON.stringify({ text, lon: 106.48, lat: 29.52, category: '0102' }),
})).status"""


def test_from_the_figure_to_the_incidents_behind_it(stage: Stage) -> None:
    desk = stage.desk("jiulongpo-duty")
    for number in range(3):
        assert desk.page.evaluate(REPORT, [f"路边暴露垃圾，第 {number} 处", f"evaluation-{number}"]) == 201
    desk.page.get_by_role("link", name="考核").click()
    expect(desk.by("evaluation-scope")).to_contain_text("九龙坡区")
    desk.by("evaluation-by").get_by_text("单位", exact=True).click()
    expect(desk.page).to_have_url(re.compile("by=unit"))
    desk.by("evaluation-by").get_by_text("区域", exact=True).click()
    desk.by("evaluation-term-filing").first.click()
    expect(desk.page.get_by_role("tooltip")).to_contain_text("有效上报")
    desk.page.keyboard.press("Escape")
    number = desk.page.locator('[data-key] td[data-indicator="filing"] [data-part="denominator"]').first
    count = int(number.inner_text())
    assert count == 3
    number.click()
    expect(desk.by("behind-total")).to_contain_text(str(count))
    expect(desk.by("behind-row")).to_have_count(count)
    desk.page.keyboard.press("Escape")
    expect(desk.by("behind-total")).to_have_count(0)
    wide_enough(desk)
    with desk.page.expect_download() as waiting:
        desk.by("evaluation-export").click()
    rows = CalamineWorkbook.from_path(waiting.value.path()).get_sheet_by_name("明细").to_python()
    assert "九龙坡区" in rows[0][0]
    assert rows[3][:3] == ["合计", desk_total(desk), count]
    for view in ("热点区域", "热点问题"):
        desk.by("evaluation-view").get_by_text(view).click()
        wide_enough(desk)


def desk_total(desk: Desk) -> int:
    """What the screen says was filed."""
    desk.by("evaluation-view").get_by_text("指标").click()
    return int(desk.by("evaluation-filing-numerator").locator("b").inner_text())


def wide_enough(desk: Desk) -> None:
    """Nothing to scroll sideways for."""
    for width in WIDTHS:
        desk.page.set_viewport_size({"width": width, "height": 900})
        page = desk.page.locator(".evaluation")
        over = page.evaluate("page => page.scrollWidth - page.clientWidth")
        assert over <= 0, (width, over)

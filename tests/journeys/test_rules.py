"""Rules on screen: a limit is changed, its difference seen, published, tried out, and taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.support import Desk, Stage
from tests.journeys.test_axe import findings

pytestmark = pytest.mark.browser


def box(desk: Desk, name: str) -> Locator:
    """The input of a field, which may carry the test id itself or inside."""
    return desk.page.locator(f'input[data-testid="{name}"], [data-testid="{name}"] input').first


def due(desk: Desk) -> str:
    """Until when a muck truck spill has to be handled, by the try-out."""
    desk.go("/admin/rules/try-out")
    desk.by("call-place").fill("石桥铺")
    desk.option("石桥铺").click()
    desk.by("trial-text").fill("渣土车沿途撒漏，路面全是泥")
    desk.by("trial-run").click()
    expect(desk.by("trial-place")).to_contain_text("石桥铺街道")
    expect(desk.by("trial-units")).to_contain_text("九龙坡区城市管理局")
    line = desk.by("trial-deadlines").locator('[data-stage="handle"]')
    expect(line).to_contain_text("处置")
    return line.inner_text()


def give_reason(desk: Desk, text: str) -> None:
    desk.by("reason").fill(text)
    desk.by("reason-ok").click()
    expect(desk.by("reason")).to_have_count(0)


def test_a_limit_is_changed_tried_out_and_taken_back(stage: Stage) -> None:
    desk = stage.desk("admin")
    before = due(desk)
    desk.page.get_by_test_id("rules-overview").click()
    desk.by("rules-open-muck-trucks").click()
    desk.by("draft-begin").click()
    expect(desk.by("rules-draft")).to_be_visible()
    box(desk, "rules-filter").fill("handle-spill")
    desk.by("edit-handle-spill").click()
    box(desk, "limit-amount").fill("9")
    desk.by("entry-save").click()
    expect(desk.by("entry-handle-spill")).to_contain_text("9 工作日")
    desk.by("tab-review").click()
    expect(desk.by("changes")).to_contain_text("3 工作日 → 9 工作日")
    expect(desk.by("effects")).to_be_visible()
    assert findings(desk) == []
    desk.by("publish").click()
    give_reason(desk, "试行更长的期限")
    expect(desk.by("rules-version")).to_contain_text("1.0.1")
    expect(desk.by("history")).to_contain_text("试行更长的期限")
    after = due(desk)
    assert after != before
    assert findings(desk) == []
    desk.go("/admin/rules/muck-trucks?tab=history")
    desk.by("rules-undo").click()
    give_reason(desk, "先恢复")
    expect(desk.by("rules-version")).to_contain_text("1.0.0")
    assert due(desk)[:10] == before[:10]
    desk.go("/admin/rules/calendar")
    expect(desk.by("calendar-days")).to_contain_text("国庆节")
    box(desk, "day-date").fill(desk.by("calendar-year").inner_text()[:4] + "-12-30")
    box(desk, "day-name").fill("临时放假")
    desk.by("day-add").click()
    desk.by("calendar-preview").click()
    expect(desk.by("calendar-effect")).to_be_visible()
    assert findings(desk) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

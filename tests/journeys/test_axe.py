"""Every page by axe-core: nothing serious or critical, by day and at night."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.support import ROOT, Actor, Desk, Phone, Stage

pytestmark = pytest.mark.browser

AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """async (part) => {
  const result = await axe.run(part ?? document, { resultTypes: ['violations'] })
  return result.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`)
}"""


def findings(actor: Actor, part: Locator | None = None) -> list[str]:
    """What axe finds on the page as it stands, or in a part of it; its script comes from this side, past the page's
    own policy."""
    if not actor.page.evaluate("'axe' in window"):
        actor.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = part.evaluate(FOUND) if part else actor.page.evaluate(FOUND)
    return found


def sweep(actor: Actor, pages: dict[str, Callable[[], None]]) -> dict[str, list[str]]:
    """Open one page after the other; findings by page, pages without any left out."""
    found: dict[str, list[str]] = {}
    for name, wait in pages.items():
        actor.go(name)
        wait()
        if seen := findings(actor):
            found[name] = seen
    return found


def shows(actor: Actor, selector: str) -> Callable[[], None]:
    """Wait until the page shows something."""
    return lambda: expect(actor.page.locator(selector).first).to_be_visible()


def test_pages_of_the_console(stage: Stage) -> None:
    visitor = stage.desk()
    found = sweep(visitor, {"/login": shows(visitor, '[data-testid="demo-admin"]')})
    desk = stage.desk("shiqiaopu-duty")
    number = take_a_call(desk)
    desk.page.get_by_role("link", name="事件").first.click()
    desk.open_incident(number)
    incident = re.sub(r"^https?://[^/]+", "", desk.page.url)
    row = int(incident.rsplit("/", 1)[1])
    pages = {
        "/incidents": shows(desk, '[data-testid="queue-row"]'),
        f"/incidents?at={row}": shows(desk, '[data-testid="next-step"]'),
        incident: shows(desk, '[data-testid="timeline"] li'),
        "/hotline": shows(desk, '[data-testid="chain"], .call-form'),
        "/supervision?tab=forgotten": shows(desk, '[data-testid="board-row"], [data-testid="board-empty"]'),
        "/hotline/callbacks": shows(desk, '[data-testid="calls-empty"]'),
        "/handover": shows(desk, '[data-testid="handover-sign"]'),
        "/evaluation": shows(desk, '[data-testid="evaluation-line"]'),
        "/evaluation?view=spots": shows(desk, '[data-testid="map"]'),
        "/evaluation?view=topics": shows(desk, ".evaluation-topics"),
        "/settings": shows(desk, '[data-testid="advance-72"]'),
        "/wall": shows(desk, '[data-testid="wall"]'),
    }
    found |= sweep(desk, pages)
    admin = stage.desk("admin")
    interfaces = {"/exchange": shows(admin, '[data-testid="new-subscription"]')}
    found |= sweep(admin, interfaces)
    desk.page.evaluate("localStorage.setItem('chengyun.theme', 'dark')")
    found |= {f"{name} at night": seen for name, seen in sweep(desk, pages).items()}
    chief = stage.desk("jiulongpo-chief")
    empty_desk = {"/supervision/arbitration": shows(chief, '[data-testid="desk-empty"]')}
    found |= sweep(chief, empty_desk)
    assert found == {}


def take_a_call(desk: Desk) -> str:
    """Something to look at."""
    desk.go("/hotline")
    desk.by("call-text").fill("门口路面破损，有坑洼")
    desk.by("call-place").locator("input").fill("石桥铺街道")
    desk.page.locator(".place-option").first.click()
    expect(desk.by("chain")).to_contain_text("石桥铺街道")
    desk.page.keyboard.press("Control+Enter")
    return desk.by("receipt-number").inner_text().strip()


def test_pages_of_the_phone(stage: Stage) -> None:
    resident = stage.phone()
    found = sweep(resident, {"/m/login": shows(resident, '[data-testid="login"]')})
    resident.sign_in_resident("13800000005")
    resident.take_photo("drain")
    resident.by("report-text").fill("楼下下水道堵了")
    resident.place("寨子坪社区", "云枫街道")
    if seen := findings(resident):
        found["/m/ filled in"] = seen
    resident.by("report-submit").click()
    resident.by("see-progress").click()
    expect(resident.by("open-tracking")).to_be_visible()
    if seen := findings(resident):
        found["/m/progress"] = seen
    resident.by("open-tracking").click()
    expect(resident.by("tracking-state")).to_be_visible()
    if seen := findings(resident):
        found["/m/track"] = seen
    found |= sweep(resident, {"/m/me": shows(resident, '[data-testid="sign-out"]')})
    found |= tasks(stage.phone("zhaiziping"))
    assert found == {}


def tasks(worker: Phone) -> dict[str, list[str]]:
    """The list, a task, and a sheet over it."""
    found: dict[str, list[str]] = {}
    expect(worker.by("task-card").first).to_be_visible()
    if seen := findings(worker):
        found["/m/tasks"] = seen
    worker.page.locator(".task-open").first.click()
    worker.by("move-acknowledge").click()
    expect(worker.by("confirm")).to_be_visible()
    if seen := findings(worker):
        found["/m/task with a sheet"] = seen
    return found

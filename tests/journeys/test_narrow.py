"""The console in a window as narrow as a phone: header above, rail below, nothing over each other or to the side."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.support import PHONE, Desk, Stage

pytestmark = pytest.mark.browser
PAGES = {
    "shiqiaopu-duty": ("/incidents", "/supervision", "/evaluation", "/handover", "/settings"),
    "admin": ("/admin/people", "/admin/units", "/admin/rules", "/admin/audit", "/exchange"),
}


@pytest.mark.parametrize("login", PAGES)
def test_pages_of_a_narrow_console(stage: Stage, login: str) -> None:
    desk = stage.desk(login, viewport=PHONE)
    assert {page: found for page in PAGES[login] if (found := misplaced(desk, page))} == {}


def misplaced(desk: Desk, page: str) -> list[str]:
    """What is not where it belongs once the page stands."""
    desk.go(page)
    expect(desk.page.locator("#main h1, #main [data-testid]").first).to_be_visible()
    header, main, rail = (box(desk, which) for which in (".shell-header", "#main", ".rail"))
    holds = {
        "header above": header["y"] == 0 and header["width"] == PHONE["width"],
        "page between": main["y"] >= header["y"] + header["height"] - 1 and main["width"] == PHONE["width"],
        "rail below": rail["y"] >= main["y"] + main["height"] - 1 and rail["width"] == PHONE["width"],
        "rail in sight": rail["y"] + rail["height"] <= PHONE["height"],
        "nothing sideways": desk.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"],
    }
    return [name for name, held in holds.items() if not held]


def box(desk: Desk, selector: str) -> dict[str, float]:
    found = desk.page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return dict(found)

"""Three neighbours and one drain: one follows what the phone offers, one calls, and an officer merges. One outcome each."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import test_blocked_drain as drain
from tests.journeys.support import Desk, Phone, Stage
from tests.journeys.test_axe import findings
from tests.journeys.test_supervision import ZHAIZIPING

pytestmark = pytest.mark.browser

WORDS = "楼下下水道堵了，污水外溢"
DONE = "管道已疏通，三家都说好了"


def test_three_neighbours_report_one_drain(stage: Stage) -> None:
    first = stage.phone()
    first.sign_in_resident("13800000001")
    number = drain.report(first)
    second = stage.phone()
    second.sign_in_resident("13800000002")
    follow_the_offer(second, number)
    link, third = call(stage.desk("hotline"), number)
    centre = stage.desk("yunfeng-duty")
    merge(centre, third, number)
    close(stage, centre, number)
    first.by("open-tracking").first.click()
    told_once(first)
    told_once(second)  # whose page has been open all the time
    caller = stage.phone()
    caller.go(link)
    expect(caller.by("merged-into")).to_contain_text("共 3 人反映")
    told_once(caller)


def told_once(reporter: Phone) -> None:
    """The outcome, one time."""
    expect(reporter.page.locator(".messages li").filter(has_text=f"已办结：{DONE}")).to_have_count(1)


def follow_the_offer(resident: Phone, number: str) -> None:
    """Before sending: it is known; one tap and the report joins it. Nothing about the neighbour is shown."""
    resident.by("report-text").fill(WORDS)
    resident.place("寨子坪社区", "云枫街道")
    offer = resident.by("offer").first
    expect(offer).to_contain_text("1 位邻居已反映")
    expect(offer).to_contain_text("下水道堵塞破损")
    for hidden in (number, "我们楼下", "1380"):
        expect(offer).not_to_contain_text(hidden)
    box = resident.by("offer-follow").first.bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= 390
    resident.shot("1-offer")
    resident.by("offer-follow").first.click()
    resident.by("see-progress").click()
    expect(resident.by("receipt")).to_have_attribute("data-stage", "dispatched")
    resident.by("open-tracking").click()
    expect(resident.page.get_by_text(f"编号 {number}", exact=True)).to_be_visible()


def call(desk: Desk, number: str) -> tuple[str, str]:
    """The operator sees that it is known and why; a new incident is opened all the same → its link and number."""
    desk.go("/hotline")
    desk.by("call-text").fill(WORDS)
    desk.by("call-place").locator("input").fill("云枫 寨子坪")
    desk.page.locator(".place-option").filter(has_text="云枫街道").first.click()
    known = desk.page.locator(f'.similar [data-number="{number}"]')
    expect(known).to_contain_text("很可能是同一件")
    expect(known).to_contain_text("类别相同")
    expect(known).to_contain_text("都提到")
    desk.by("call-send").click()
    link = desk.by("receipt").locator("a[href^='/m/track/']").get_attribute("href")
    assert link
    return link, desk.by("receipt-number").inner_text().strip()


def merge(centre: Desk, third: str, number: str) -> None:
    """Candidates with reasons beside the map; what will happen is said first; the page then leads to the master."""
    centre.open_incident(third)
    match = centre.page.locator(f'[data-testid="match"][data-number="{number}"]')
    expect(match).to_contain_text("米")
    match.get_by_test_id("merge-here").click()
    expect(centre.by("merge-preview")).to_contain_text("共 3 条上报")
    expect(centre.by("merge-preview")).to_contain_text("撤回工单：寨子坪社区居委会")
    centre.shot("2-preview")
    centre.by("confirm").click()
    expect(centre.by("merged-note")).to_contain_text(number)
    expect(centre.by("move-unmerge")).to_be_visible()
    centre.by("merged-note").locator("a").click()
    expect(centre.by("incident-number")).to_have_text(number)
    expect(centre.by("report")).to_have_count(3)
    expect(centre.by("channels")).to_contain_text("12345")
    centre.shot("3-master")


def close(stage: Stage, centre: Desk, number: str) -> None:
    """The community handles it and the street closes it: how that looks is another story."""
    incident = centre.page.url.rsplit("/", 1)[1].split("?")[0]
    community = stage.desk("zhaiziping")
    order = ask(community, f"/api/incidents/{incident}")["orders"][0]["id"]
    moves = [{"move": "acknowledge"}, {"move": "start"}, {"move": "report_back", "outcome": DONE}]
    ask(community, f"/api/incidents/orders/{order}/moves", {"moves": moves})
    ask(
        centre,
        f"/api/incidents/{incident}/moves",
        {"moves": [{"move": "check_pass"}, {"move": "close", "outcome": DONE}]},
    )


def ask(desk: Desk, path: str, body: object = None) -> dict[str, list[dict[str, int]]]:
    """A request with the session of the page."""
    headers = {"X-Chengyun": "1"}
    answer = (
        desk.page.request.get(f"{desk.url}{path}")
        if body is None
        else desk.page.request.post(f"{desk.url}{path}", data=body, headers=headers)
    )
    assert answer.ok, answer.text()
    found: dict[str, list[dict[str, int]]] = answer.json()
    return found


def test_a_report_of_something_else_leaves_for_where_it_lies(stage: Stage) -> None:
    """Two reports under one number, of two places: one becomes an incident of its own, put where it is by the map."""
    hotline, centre = stage.desk("hotline"), stage.desk("yunfeng-duty")
    first = tell(hotline, "寨子坪社区门口路灯不亮")
    tell(hotline, "綦口村村口路灯也不亮", incident=first)
    centre.go(f"/incidents/{first}")
    expect(centre.by("report")).to_have_count(2)
    centre.start("split_off")
    centre.by("split-report").nth(1).click()
    field = centre.by("place-field")
    expect(field.get_by_test_id("chain")).to_contain_text("寨子坪社区")
    expect(field.locator('[data-ready="yes"]')).to_be_visible()
    field.get_by_test_id("call-place").locator("input").fill("云枫 綦口村")
    centre.page.locator(".place-option").filter(has_text="云枫街道").first.click()
    expect(field.get_by_test_id("chain")).to_contain_text("綦口村")
    pin = field.locator(".maplibregl-marker")
    expect(pin).to_have_count(1)
    field.get_by_test_id("place-address").fill("村口第二根灯杆")
    assert findings(centre) == []
    centre.by("move-dialog").locator('[data-need="reason"] textarea').fill("两处路灯")
    centre.by("confirm").click()
    expect(centre.by("report")).to_have_count(1)
    made = re.search(r"\d{8}-\d{6}", centre.steps("split_off").inner_text())
    assert made
    found = ask(centre, f"/api/incidents/?q={made.group()}")["items"][0]
    assert "綦口村" in str(found["place"])
    assert found["address"] == "村口第二根灯杆"


def tell(desk: Desk, text: str, **more: int) -> int:
    """A report by phone at 寨子坪社区 → its incident."""
    report = {"text": text, "category": "0102", "channel": "hotline", **ZHAIZIPING, **more}
    answer = desk.page.request.post(
        f"{desk.url}/api/incidents/reports",
        data=report,
        headers={"X-Chengyun": "1", "Idempotency-Key": f"told-of-{more.get('incident', 0)}"},
    )
    assert answer.ok, answer.text()
    return int(answer.json()["incident"])

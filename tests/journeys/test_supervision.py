"""The district presses for what is late; a resident who is not content has it done again, in large text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.measuring import ELDER, NORMAL, faults
from tests.journeys.support import Actor, Desk, Phone, Stage
from tests.journeys.test_axe import take_a_call

pytestmark = pytest.mark.browser

COMMUNITY, CENTRE = "zhaiziping", "yunfeng-duty"
ZHAIZIPING = {"lon": 108.375, "lat": 31.135}
SHIQIAOPU = {"lon": 106.48, "lat": 29.52}
TEAM = "石桥铺街道综合执法大队"


def call(actor: Actor, path: str, body: dict[str, Any], **headers: str) -> Any:
    """What an earlier chapter of the story has done, without its screens."""
    answer = actor.page.request.post(actor.url + path, data=body, headers={"X-Chengyun": "1", **headers})
    assert answer.ok, answer.text()
    return answer.json() if answer.status != 204 else None


def test_a_late_incident_is_supervised_answered_and_accepted(stage: Stage) -> None:
    town = stage.desk("shiqiaopu-duty")
    number = take_a_call(town)
    call(town, "/api/demo/clock/advance", {"hours": 72})
    district = stage.desk("jiulongpo-duty")
    district.page.get_by_role("link", name="督办").click()
    late = on_board(district, number)
    expect(late.get_by_test_id("because-overdue")).to_contain_text("受理超期")
    expect(district.by("board-tab-overdue")).to_have_attribute("aria-pressed", "true")
    late.get_by_test_id("press-supervise").click()
    district.by("press-dialog").locator('[data-need="note"] textarea').fill("请说明为何无人受理")
    district.by("until-2").click()
    district.by("confirm").click()
    expect(district.by("confirm")).to_have_count(0)
    district.shot("1-supervised")

    town.go("/incidents")
    expect(town.row(number).get_by_test_id("supervision-chip")).to_contain_text("前答复")
    town.open_incident(number)
    expect(town.by("supervised")).to_contain_text("请说明为何无人受理")
    town.by("move-supervise_reply").click()
    town.by("move-dialog").locator('[data-need="note"] textarea').fill("夜班漏接，已派人")
    town.by("confirm").click()
    expect(town.by("supervised")).to_have_attribute("data-state", "answered")

    district.by("board-tab-supervised").click()
    answered = on_board(district, number)
    expect(answered.get_by_test_id("because-supervised")).to_contain_text("待认可：夜班漏接，已派人")
    expect(district.by("board-tab-supervised")).to_contain_text("1")
    district.page.keyboard.press("j")
    expect(answered).to_have_attribute("aria-current", "true")
    answered.get_by_test_id("press-supervise_accept").click()
    district.by("confirm").click()
    expect(district.by("board-empty")).to_be_visible()
    assert "tab=supervised" in district.page.url
    expect(town.by("supervised")).to_have_count(0)


def on_board(desk: Desk, number: str) -> Locator:
    """A row of the board, shown first when it is new; the sweeper needs some seconds to tell what is late."""
    row, pill = desk.page.locator(f'[data-testid="board-row"][data-number="{number}"]'), desk.by("new-pill")
    expect(row.or_(pill).first).to_be_visible()
    if not row.count():
        pill.click()
    expect(row).to_be_visible()
    return row


@contextmanager
def drain_closed(stage: Stage) -> Iterator[tuple[Phone, str]]:
    """A blocked drain, reported without a name and closed: a phone that is not signed in, and the link."""
    resident = stage.phone()
    report = {"text": "楼下下水道堵了", **ZHAIZIPING}
    told = call(resident, "/api/incidents/reports", report, **{"Idempotency-Key": "drain-journey-1"})
    close(stage.desk(COMMUNITY), stage.desk(CENTRE), told["incident"])
    yield resident, str(told["tracking"])


def close(community: Desk, centre: Desk, incident: int) -> None:
    """The community clears the drain, the street checks and closes."""
    detail = community.page.request.get(f"{community.url}/api/incidents/{incident}").json()
    order = detail["orders"][0]["id"]
    for move in ({"move": "acknowledge"}, {"move": "report_back", "outcome": "已疏通"}):
        call(community, f"/api/incidents/orders/{order}/moves", {"moves": [move]})
    closing = {"moves": [{"move": "check_pass"}, {"move": "close"}]}
    call(centre, f"/api/incidents/{incident}/moves", closing)


def test_one_star_reopens_and_every_page_keeps_the_rules_for_elders(stage: Stage) -> None:
    with drain_closed(stage) as (resident, token):
        resident.go(f"/m/track/{token}")
        expect(resident.by("star-1")).to_be_visible()
        broken = {"normal": measure(resident, token, NORMAL)}
        resident.by("elder").click()
        broken["elder"] = measure(resident, token, ELDER)
        resident.go("/m/me")
        resident.by("elder-30").click()
        broken["elder at 30 px"] = measure(resident, token, ELDER)
        assert {mode: found for mode, found in broken.items() if found} == {}
        assert len(faults(resident, (200, 40, 2.5, 22))) > 10  # the measure finds what is wrong

        expect(resident.by("call-12345")).to_have_attribute("href", "tel:12345")
        expect(resident.by("speak-hint").first).to_be_visible()
        resident.by("star-1").click()
        resident.by("unsolved").click()
        resident.by("rating-submit").click()
        expect(resident.by("tracking-state")).to_have_attribute("data-state", "rated")
        expect(resident.by("rated")).to_contain_text("可以修改")
        resident.by("reopen").click()
        resident.by("reopen-reason").fill("第二天又堵上了")
        resident.by("reopen-submit").click()
        expect(resident.by("tracking-state")).to_have_attribute("data-state", "filed")
        expect(resident.by("step-until")).to_contain_text("前")
        expect(resident.by("next")).to_contain_text("正在确定由谁处理")
        expect(resident.by("rated")).to_have_count(0)
        resident.by("urge").click()
        expect(resident.by("urged")).to_contain_text("已催办 1 次")


def measure(resident: Phone, token: str, rules: tuple[float, float, float, float]) -> dict[str, list[str]]:
    """Faults of every page that a resident sees, by page; none left out. Ends on the tracking page."""
    pages: dict[str, Callable[[], Locator]] = {
        "/m/": lambda: resident.by("report-submit"),
        "/m/progress": lambda: resident.page.locator(".calm"),
        "/m/me": lambda: resident.by("sign-in"),
        "/m/login": lambda: resident.by("login-resident"),
        f"/m/track/{token}": lambda: resident.by("rating-submit"),
    }
    found = {}
    for path, shown in pages.items():
        resident.go(path)
        expect(shown()).to_be_visible()
        if path == "/m/login":
            resident.by("login-resident").click()
        if path == "/m/":
            expect(resident.page.locator(".maplibregl-ctrl-attrib-button")).to_be_visible()
        if wrong := faults(resident, rules):
            found[path.replace(token, "…")] = wrong
    return found


def bounced(town: Desk, team: Actor) -> tuple[int, str]:
    """Dispatched to a team that sends it back → its id and number."""
    report = {"text": "夜市摊位占满人行道，满地油污", "category": "0102", **SHIQIAOPU}
    incident = int(
        call(town, "/api/incidents/reports", report, **{"Idempotency-Key": "bounced-1"})["incident"]
    )
    unit = town.page.request.get(f"{town.url}/api/identity/units?q={TEAM}").json()[0]["id"]
    moves = [{"move": name} for name in ("accept", "verify", "file")]
    moves.append({"move": "dispatch", "units": {"lead": unit}})
    detail = call(town, f"/api/incidents/{incident}/moves", {"moves": moves})
    order = detail["orders"][0]["id"]
    sent_back = {"move": "return", "reason": "不属我单位职责"}
    call(team, f"/api/incidents/orders/{order}/moves", {"moves": [sent_back]})
    return incident, detail["row"]["number"]


def test_a_bounced_incident_is_decided_above_and_both_sides_see_it(stage: Stage) -> None:
    town, team = stage.desk("shiqiaopu-duty"), stage.desk("shiqiaopu-enforcement")
    chief = stage.desk("jiulongpo-chief")
    chief.go("/supervision/arbitration")
    expect(chief.by("desk-empty")).to_be_visible()
    incident, number = bounced(town, team)
    town.go(f"/incidents/{incident}")
    town.start("seek_arbitration")
    town.by("move-dialog").locator('[data-need="reason"] textarea').fill("执法大队拒不受理")
    town.by("confirm").click()
    expect(town.steps("seek_arbitration")).to_have_count(1)

    chief.row(number).click()  # it arrived by itself
    sides = chief.by("side")
    expect(sides).to_have_count(2)
    expect(sides.filter(has_text=TEAM)).to_contain_text("不属我单位职责")
    expect(sides.filter(has_not_text=TEAM)).to_contain_text("执法大队拒不受理")
    expect(chief.by("matrix")).to_contain_text("主办")
    chief.by("decide").click()
    chief.by("units").locator(".units-add .ant-select input").fill(TEAM)
    chief.option(TEAM).click()
    expect(chief.by("units").locator(".candidate").filter(has_text=TEAM)).to_contain_text("主办")
    chief.by("move-dialog").locator('[data-need="reason"] textarea').fill("占道垃圾归执法大队")
    chief.by("confirm").click()
    expect(chief.by("desk-empty")).to_be_visible()
    expect(chief.by("binding")).to_be_visible()
    expect(chief.by("decide")).to_have_count(0)

    expect(town.steps("arbitrate")).to_contain_text("占道垃圾归执法大队")
    expect(town.order(TEAM).last).to_contain_text("待签收")
    team.go(f"/incidents/{incident}")
    expect(team.steps("arbitrate")).to_contain_text("占道垃圾归执法大队")
    bound = team.order(TEAM).last
    expect(bound.get_by_test_id("move-acknowledge")).to_be_visible()
    expect(bound.get_by_test_id("move-return")).to_have_count(0)  # it is binding


def test_a_caller_who_is_not_content_is_called_back_and_has_it_done_again(stage: Stage) -> None:
    centre, number = closed_by_phone(stage)
    centre.page.get_by_role("link", name="报事").click()
    centre.by("to-callbacks").click()
    due = centre.page.locator(f'[data-testid="callback"][data-number="{number}"]')
    expect(due).to_contain_text("来电反映")
    expect(due).not_to_contain_text("13912345678")
    due.get_by_test_id("record-call").click()
    dialog = centre.by("call-dialog")
    expect(centre.by("confirm")).to_be_disabled()
    centre.by("reveal").click()
    expect(centre.by("contact")).to_contain_text("周女士 13912345678")
    dialog.get_by_role("radio", name="1 星").click()
    dialog.get_by_text("没有解决").click()
    dialog.get_by_text("要求重办").click()
    expect(centre.by("confirm")).to_be_disabled()  # without the caller's words
    dialog.locator("textarea").first.fill("第二天又堵上了")
    centre.by("confirm").click()
    expect(due).to_have_count(0)
    expect(centre.by("call-made").filter(has_text=number)).to_contain_text("第二天又堵上了")
    centre.by("call-made").filter(has_text=number).get_by_role("link").click()
    expect(centre.steps("reopen")).to_contain_text("第二天又堵上了")


def closed_by_phone(stage: Stage) -> tuple[Desk, str]:
    """Told by phone, handled, closed, and a day later: the centre's desk and the number."""
    community, centre, hotline = stage.desk(COMMUNITY), stage.desk(CENTRE), stage.desk("hotline")
    caller = {"phone": "13912345678", "name": "周女士"}
    report = {"text": "小区门口下水道堵了", "reporter": caller, "channel": "hotline", **ZHAIZIPING}
    told = call(hotline, "/api/incidents/reports", report, **{"Idempotency-Key": "call-back-1"})
    close(community, centre, told["incident"])
    call(centre, "/api/demo/clock/advance", {"hours": 25})
    return centre, str(told["number"])

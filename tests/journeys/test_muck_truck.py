"""The first story: a truck loaded above the rim, seen in 巴南, fined in 九龙坡, closed after three days."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.support import Desk, Stage

pytestmark = pytest.mark.browser

BUREAU = "九龙坡区城市管理局"
HOUSING = "九龙坡区住房城乡建委"
STREET = "石桥铺街道综合执法大队"


def test_muck_truck(stage: Stage) -> None:
    jiulongpo = stage.desk("jiulongpo-duty")
    expect(jiulongpo.page.locator(".queue-list")).to_have_attribute("aria-busy", "false")
    banan = stage.desk("banan-duty")

    number = enter_the_call(banan)
    transfer(banan, number)
    take_over(jiulongpo, number)
    dispatch(jiulongpo, number)
    fine_on_the_street(stage, number)
    bureau = bureau_signs(stage, number)
    housing_reports_back(stage, number)
    three_days_pass(jiulongpo)
    bureau_reports_back(bureau)
    check_and_close(jiulongpo, number)
    read_the_whole_story(jiulongpo, banan, number)


def enter_the_call(banan: Desk) -> str:
    """The desk in 巴南: text, guess, place, receipt; all of it by keyboard."""
    page = banan.page
    page.get_by_role("link", name="报事").click()
    banan.by("call-phone").fill("13900001111")
    banan.by("call-text").fill("卡口拍到渣土车冒装，车牌渝DC6XXX，往石桥铺方向行驶")
    expect(page.locator(".call-category")).to_contain_text("渣土车冒装")
    banan.by("call-place").locator("input").fill("花溪街道")
    page.locator(".place-option").filter(has_text="花溪街道").first.click()
    expect(banan.by("chain")).to_contain_text("巴南区 · 花溪街道")
    banan.by("call-address").fill("渝南大道朝前台路方向")
    banan.shot("1-call")
    page.keyboard.press("Control+Enter")
    expect(banan.by("receipt")).to_contain_text("待受理")
    return banan.by("receipt-number").inner_text().strip()


def transfer(banan: Desk, number: str) -> None:
    """Accepted, then passed across the border, with a reason."""
    banan.page.get_by_role("link", name="事件").first.click()
    banan.open_incident(number)
    banan.by("move-accept").click()
    expect(banan.steps("accept")).to_have_count(1)
    banan.by("move-transfer").click()
    banan.choose("to_centre", "九龙坡区")
    banan.by("move-dialog").locator('[data-need="reason"] textarea').fill("车辆已驶入九龙坡区石桥铺街道")
    banan.by("confirm").click()
    expect(banan.steps("transfer")).to_have_count(1)
    banan.shot("2-transferred")


def take_over(jiulongpo: Desk, number: str) -> None:
    """It pops up on the console that was open all the time; nobody reloads."""
    pill = jiulongpo.by("new-pill")
    expect(pill).to_be_visible()
    jiulongpo.shot("3-popped-up")
    pill.click()
    expect(jiulongpo.row(number)).to_be_visible()
    jiulongpo.open_incident(number)
    jiulongpo.by("move-transfer_accept").click()
    expect(jiulongpo.steps("transfer_accept")).to_have_count(1)


def dispatch(jiulongpo: Desk, number: str) -> None:
    """Verified and dispatched: two bureaus as the rule proposes, the street's team added by the officer."""
    page = jiulongpo.page
    jiulongpo.by("move-forward").click()
    units = jiulongpo.by("units")
    expect(units).to_contain_text(BUREAU)
    expect(units).to_contain_text(HOUSING)
    expect(units).to_contain_text("渣土车移入本区")
    units.get_by_text("交办", exact=True).click()
    units.locator(".units-add .ant-select input").fill(STREET)
    jiulongpo.option(STREET).click()
    expect(units.locator(".candidate").filter(has_text=STREET)).to_contain_text("交办")
    jiulongpo.shot("4-dispatch", picture="dispatch")
    jiulongpo.by("confirm").click()
    for unit, role in ((BUREAU, "主办"), (HOUSING, "协办"), (STREET, "交办")):
        expect(jiulongpo.order(unit)).to_contain_text(role)
        expect(jiulongpo.order(unit)).to_contain_text("待签收")
    expect(page.locator(".incident-state")).to_contain_text("待签收")


def fine_on_the_street(stage: Stage, number: str) -> None:
    """The street's enforcement team on the phone: signs, stops the truck, fines, photo."""
    phone = stage.phone("shiqiaopu-enforcement")
    card = phone.page.locator(f'[data-testid="task-card"][data-number="{number}"]')
    expect(card).to_contain_text("渣土车冒装")
    card.locator(".task-open").click()
    phone.move("acknowledge")
    phone.move("start", **{"need-note": "车辆停在石桥铺正街，装载高出栏板"})
    phone.by("move-report_back").click()
    phone.by("need-outcome").fill("责令密闭整改，依法处罚")
    phone.by("fine").fill("2000")
    phone.take_photo("truck")
    phone.shot("5-fine")
    phone.by("confirm").click()
    expect(phone.by("task-gone")).to_be_visible()


def bureau_signs(stage: Stage, number: str) -> Desk:
    """The lead, in the console: signs on the incident's page."""
    bureau = stage.desk("jlp-cg")
    bureau.open_incident(number)
    bureau.order(BUREAU).get_by_test_id("move-acknowledge").click()
    expect(bureau.order(BUREAU)).to_contain_text("已签收")
    return bureau


def bureau_reports_back(bureau: Desk) -> None:
    """After three days: the penalty is served. With the last one back it is the centre's turn."""
    bureau.order(BUREAU).get_by_test_id("move-report_back").click()
    bureau.by("move-dialog").locator('[data-need="outcome"] textarea').fill("已督促整改，处罚决定书送达")
    bureau.by("confirm").click()
    expect(bureau.order(BUREAU)).to_contain_text("已反馈")
    expect(bureau.page.locator(".incident-state")).to_contain_text("待核查")


def housing_reports_back(stage: Stage, number: str) -> None:
    """The assisting bureau, on a phone."""
    phone = stage.phone("jlp-housing")
    phone.page.locator(f'[data-testid="task-card"][data-number="{number}"] .task-open').click()
    phone.move("acknowledge")
    phone.move("report_back", **{"need-outcome": "已约谈装载工地，责令出口冲洗"})
    expect(phone.by("task-gone")).to_be_visible()


def three_days_pass(jiulongpo: Desk) -> None:
    """The demo's clock, moved by its button in the settings."""
    page = jiulongpo.page
    here = page.url
    page.get_by_role("link", name="设置").click()
    clock = page.locator(".looks-row b")
    before = clock.inner_text()
    jiulongpo.by("advance-72").click()
    expect(clock).not_to_have_text(before)
    jiulongpo.shot("6-three-days")
    page.goto(here)


def check_and_close(jiulongpo: Desk, number: str) -> None:
    """The centre checks what others handled, then closes."""
    expect(jiulongpo.by("incident-number")).to_have_text(number)
    jiulongpo.by("move-check_pass").click()
    jiulongpo.by("move-dialog").locator('[data-need="note"] textarea').fill("处罚决定书已核对")
    jiulongpo.by("confirm").click()
    expect(jiulongpo.steps("check_pass")).to_have_count(1)
    jiulongpo.by("move-close").click()
    box = jiulongpo.by("move-dialog").locator('[data-need="outcome"] textarea')
    box.fill("罚款 2000 元，车辆已整改")
    jiulongpo.by("confirm").click()
    expect(jiulongpo.page.locator(".incident-state")).to_contain_text("已结案")


def read_the_whole_story(jiulongpo: Desk, banan: Desk, number: str) -> None:
    """The page tells it all: the fine, the loop, every step, the reasons; 巴南, who passed it on, reads it too."""
    street = jiulongpo.order(STREET)
    expect(street).to_contain_text("罚款 2000 元")
    expect(street).not_to_contain_text("超")
    expect(jiulongpo.by("outcome")).to_contain_text("罚款 2000 元")
    for move in ("report", "accept", "transfer", "transfer_accept", "verify", "file", "dispatch"):
        expect(jiulongpo.steps(move)).to_have_count(1)
    expect(jiulongpo.steps("acknowledge")).to_have_count(3)
    expect(jiulongpo.steps("report_back")).to_have_count(3)
    expect(jiulongpo.steps("close")).to_have_count(1)
    why = jiulongpo.page.locator(".incident-aside")
    expect(why).to_contain_text("人工指定")  # the officer added the street's team
    expect(why).to_contain_text("渣土车移入本区：城市管理局主办")  # to what the rule proposed
    expect(jiulongpo.page.locator(".evidence img")).to_have_count(1)
    jiulongpo.shot("7-closed", picture="incident")
    expect(banan.page.locator(".incident-state")).to_contain_text("已结案")


def test_the_tour_leads_through_the_story_and_ends(stage: Stage) -> None:
    desk = stage.desk("banan-duty")
    tour, step = desk.by("tour"), desk.by("tour-step")
    expect(tour).to_have_count(0)
    desk.by("account").click()
    desk.page.get_by_role("menuitem", name="演示导览").click()
    expect(step).to_contain_text("第 1 步，共 10 步 · 巴南区值班员")
    desk.by("tour-enter").click()
    expect(desk.by("call-text")).to_have_value(re.compile("渣土车冒装 渝DC6XXX"))
    desk.by("tour-next").click()
    desk.by("tour-next").click()
    desk.by("tour-enter").click()  # the third step is another person's
    expect(desk.page.locator(".centre-name")).to_have_text("九龙坡区城市运行治理中心")
    expect(step).to_contain_text("第 3 步")
    desk.by("tour-close").click()
    desk.page.reload()
    expect(desk.by("account")).to_be_visible()
    expect(tour).to_have_count(0)
    desk.by("account").click()
    desk.page.get_by_role("menuitem", name="演示导览").click()
    expect(step).to_contain_text("第 3 步")  # put away, it goes on where it was
    for number in range(4, 11):
        desk.by("tour-next").click()
        expect(step).to_contain_text(f"第 {number} 步")
    desk.by("tour-end").click()
    desk.page.reload()
    expect(desk.by("account")).to_be_visible()
    expect(tour).to_have_count(0)
